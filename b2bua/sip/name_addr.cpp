// SPDX-License-Identifier: Apache-2.0
// name-addr and addr-spec (RFC 3261 s.25.1, s.20). Strict where a lenient reading would differ from
// the far end's: open quotes, display names that are no tokens, spaces in the URI, "?" and ","
// without <> (A13).
#include "b2bua/sip/name_addr.h"

#include "b2bua/sip/scan.h"

namespace sallyport::sip {
namespace {

/// One position in one value; every step returns the fault that it met.
struct Reader {
    NameAddr& out;
    const char* begin;
    const char* p;
    const char* end;

    using Step = std::optional<ParseError>;

    [[nodiscard]] ParseError fault(ParseFault what, const char* at) const noexcept {
        return {what, scan::distance(begin, at)};
    }
    void skip_lws() noexcept { p = scan::skip(p, end, scan::kLws); }

    /// Leaves p at "<", or at the start of an addr-spec.
    Step display() noexcept {
        const char* const start = p;
        if (p != end && *p == '"') {
            p = scan::quoted_end(p, end);
            if (p == nullptr) {
                return fault(ParseFault::kUnterminatedQuote, start);
            }
            out.display = scan::view(start, p);
            skip_lws();
            return p != end && *p == '<' ? Step{} : fault(ParseFault::kBadDisplayName, p);
        }
        const char* const token_end = scan::skip(p, end, scan::kToken);
        if (token_end != end && *token_end == ':') {
            return std::nullopt;  // a scheme: addr-spec
        }
        p = scan::skip(token_end, end, scan::kToken | scan::kLws);
        if (p == end || *p != '<') {
            return fault(ParseFault::kBadDisplayName, p);
        }
        out.display = scan::trim(start, p);
        return std::nullopt;
    }

    [[nodiscard]] Step check_scheme(const char* uri, const char* uri_end) const noexcept {
        const char* const colon = scan::skip(uri, uri_end, scan::kToken);
        const bool sound =
            colon != uri && colon != uri_end && *colon == ':' && colon + 1 != uri_end;
        return sound ? Step{} : fault(ParseFault::kBadUri, colon);
    }

    Step bracketed() noexcept {
        const char* const uri = p + 1;
        p = scan::skip(uri, end, scan::kUri);
        if (p == end) {
            return fault(ParseFault::kUnclosedBracket, uri);
        }
        if (*p != '>') {
            return fault(scan::is(*p, scan::kLws) ? ParseFault::kSpaceInUri : ParseFault::kBadUri,
                         p);
        }
        const char* const uri_end = p++;
        if (const auto error = check_scheme(uri, uri_end)) {
            return error;
        }
        skip_lws();
        if (p != end && *p != ';') {
            return fault(ParseFault::kTrailingText, p);
        }
        out.uri = scan::view(uri, uri_end);
        return std::nullopt;
    }

    Step bare() noexcept {
        const char* const uri = p;
        while (p != end && scan::is(*p, scan::kUri) && *p != ';' && *p != '?' && *p != ',') {
            ++p;
        }
        const char* const uri_end = p;
        if (const auto error = check_scheme(uri, uri_end)) {
            return error;
        }
        skip_lws();
        if (p != end && *p != ';') {
            const bool blank = p != uri_end;
            const bool mark = *p == '?' || *p == ',';
            return fault(blank ? ParseFault::kSpaceInUri
                               : (mark ? ParseFault::kNeedsBrackets : ParseFault::kBadUri),
                         p);
        }
        out.uri = scan::view(uri, uri_end);
        return std::nullopt;
    }

    Step header_params() noexcept {
        out.params = scan::view(p, end);
        ParamCursor cursor(out.params);
        while (const auto param = cursor.next()) {
            if (!iequals(param->name, "tag")) {
                continue;
            }
            if (!param->value || !out.tag.empty()) {
                return fault(
                    param->value ? ParseFault::kDuplicateParameter : ParseFault::kBadParameter,
                    param->name.data());
            }
            out.tag = *param->value;
        }
        return cursor.failed() ? fault(cursor.error().fault, p + cursor.error().offset) : Step{};
    }

    Step run() noexcept {
        skip_lws();
        if (p != end && *p == '*' && scan::skip(p + 1, end, scan::kLws) == end) {
            out.uri = scan::view(p, p + 1);  // RFC 3261 s.10.2.2
            return std::nullopt;
        }
        if (p == end || *p != '<') {
            if (const auto error = display()) {
                return error;
            }
        }
        if (const auto error = *p == '<' ? bracketed() : bare()) {
            return error;
        }
        return p == end ? Step{} : header_params();
    }
};

}  // namespace

Outcome<ParseError> NameAddr::assign(std::string_view value) noexcept {
    *this = NameAddr{};
    text = value;
    Reader reader{*this, value.data(), value.data(), value.data() + value.size()};
    const auto error = reader.run();
    if (error) {
        *this = NameAddr{};
        text = value;
        return Failure{*error};
    }
    return Done{};
}

Result<NameAddr, ParseError> NameAddr::parse(std::string_view text) noexcept {
    NameAddr out;
    const auto outcome = out.assign(text);
    if (!outcome) {
        return Failure{outcome.error()};
    }
    return out;
}

}  // namespace sallyport::sip
