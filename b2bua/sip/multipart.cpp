// SPDX-License-Identifier: Apache-2.0
#include "b2bua/sip/multipart.h"

#include "b2bua/sip/media_type.h"
#include "b2bua/sip/params.h"
#include "b2bua/sip/quoted_string.h"
#include "b2bua/sip/scan.h"

#include <optional>

namespace sallyport::sip {
namespace {

constexpr auto kNone = std::string_view::npos;
constexpr std::size_t kMaxBoundary = 70;  // RFC 2046 s.5.1.1

/// Empty: not a multipart, or one that nobody can take apart, which passes like any other body.
/// Nullopt: two boundaries, of which the far end might take the other one.
std::optional<std::string_view> boundary_of(std::string_view content_type) noexcept {
    const auto type = MediaType::parse(content_type);
    if (!type.ok() || !iequals(type->type, "multipart")) {
        return std::string_view{};
    }
    std::string_view boundary;
    ParamCursor params(type->params);
    while (const auto param = params.next()) {
        if (!iequals(param->name, "boundary")) {
            continue;
        }
        if (boundary.data() != nullptr) {
            return std::nullopt;
        }
        boundary = unquoted(param->value.value_or(param->name.substr(0, 0)));
    }
    return boundary.size() <= kMaxBoundary ? boundary : std::string_view{};
}

/// What may stand behind the boundary of a delimiter line: blanks, the line end, or the "--" of the
/// last one. Anything else makes it another, longer boundary (RFC 2046 s.5.1.1).
bool ends_delimiter(std::string_view rest) noexcept {
    return rest.empty() || rest.substr(0, 2) == "--" || scan::is(rest.front(), scan::kLws);
}

/// Position of the next "--boundary" at the start of a line, at or after `from`.
std::size_t next_delimiter(std::string_view body, std::string_view boundary,
                           std::size_t from) noexcept {
    for (auto at = body.find(boundary, from); at != kNone; at = body.find(boundary, at + 1)) {
        const bool dashed = at >= from + 2 && body.substr(at - 2, 2) == "--";
        if (dashed && (at == 2 || body[at - 3] == '\n') &&
            ends_delimiter(body.substr(at + boundary.size()))) {
            return at - 2;
        }
    }
    return kNone;
}

/// Takes the first header line off the text, with the lines that continue it (A3).
std::string_view take_line(std::string_view& text) noexcept {
    const std::string_view whole = text;
    std::size_t end = 0;
    do {
        const auto feed = whole.find('\n', end);
        end = feed == kNone ? whole.size() : feed + 1;
    } while (end > 2 && end < whole.size() && scan::is(whole[end], scan::kBlank));
    text.remove_prefix(end);
    return scan::trim(whole.data(), whole.data() + end);
}

/// Where a header that matters here is kept; nullptr for any other.
std::string_view* place_of(BodyPart& part, HeaderId id) noexcept {
    if (id == HeaderId::kContentType) {
        return &part.type;
    }
    if (id == HeaderId::kContentEncoding) {
        return &part.encoding;
    }
    if (id == HeaderId::kContentDisposition) {
        return &part.disposition;
    }
    return id == HeaderId::kContentLength ? &part.content_length : nullptr;
}

/// Reads one part: its headers up to the blank line, then its content without the line end that
/// belongs to the next delimiter (RFC 2046 s.5.1.1). False: a header twice.
bool read_part(std::string_view text, BodyPart& part) noexcept {
    while (!text.empty()) {
        const std::string_view line = take_line(text);
        if (line.empty()) {
            break;
        }
        const auto colon = line.find(':');
        if (colon == kNone) {
            continue;
        }
        const char* const begin = line.data();
        std::string_view* const place = place_of(part, header_id(scan::trim(begin, begin + colon)));
        if (place != nullptr && place->data() != nullptr) {
            return false;
        }
        if (place != nullptr) {
            *place = scan::trim(begin + colon + 1, begin + line.size());
        }
    }
    if (text.size() >= 2 && text.substr(text.size() - 2) == "\r\n") {
        text.remove_suffix(2);
    } else if (!text.empty() && text.back() == '\n') {
        text.remove_suffix(1);
    }
    part.content = text;
    return true;
}

}  // namespace

class MultipartWalk {
public:
    MultipartWalk(const BodyPart& whole, std::size_t max_parts, std::size_t max_nesting) noexcept
        : begin_(whole.content.data()),
          max_parts_(std::min(max_parts, BodyParts::kMaxParts)),
          max_nesting_(std::min(max_nesting, BodyParts::kMaxNesting)) {
        found_.parts_[0] = whole;
        found_.parts_[0].parent = 0;
        found_.parts_[0].depth = 0;
        found_.count_ = 1;
    }

    Result<BodyParts, ParseError> run() noexcept {
        open(0);
        if (fault_) {
            return Failure{*fault_};
        }
        return found_;
    }

private:
    bool fail(ParseFault fault, std::string_view at) noexcept {
        fault_ = ParseError{fault, scan::distance(begin_, at.data())};
        return false;
    }

    /// Reads the parts inside one part, if it is a multipart. At most max_nesting_ calls deep.
    bool open(std::size_t around) noexcept {
        const std::string_view body = found_.parts_[around].content;
        const auto found = boundary_of(found_.parts_[around].type);
        if (!found) {
            return fail(ParseFault::kDuplicateParameter, body);
        }
        const std::string_view boundary = *found;
        if (boundary.empty() || body.empty()) {
            return true;
        }
        if (found_.parts_[around].depth == max_nesting_) {
            return fail(ParseFault::kPartsTooDeep, body);
        }
        auto at = next_delimiter(body, boundary, 0);
        while (at != kNone && body.substr(at + 2 + boundary.size(), 2) != "--") {
            const auto begin = body.find('\n', at);
            if (begin == kNone) {
                return true;
            }
            const auto end = next_delimiter(body, boundary, begin + 1);
            // Without a closing delimiter the last part runs to the end of the body: that is how a
            // tolerant far end reads it.
            if (!add(body.substr(begin + 1, end == kNone ? kNone : end - begin - 1), around)) {
                return false;
            }
            at = end;
        }
        return true;
    }

    bool add(std::string_view text, std::size_t around) noexcept {
        if (found_.count_ == max_parts_ + 1) {
            return fail(ParseFault::kTooManyParts, text);
        }
        const std::size_t index = found_.count_++;
        BodyPart& part = found_.parts_[index];
        part.parent = static_cast<std::uint8_t>(around);
        part.depth = static_cast<std::uint8_t>(found_.parts_[around].depth + 1);
        return read_part(text, part) ? open(index) : fail(ParseFault::kDuplicatePartHeader, text);
    }

    const char* begin_;
    std::size_t max_parts_;
    std::size_t max_nesting_;
    BodyParts found_;
    std::optional<ParseError> fault_;
};

Result<BodyParts, ParseError> BodyParts::parse(const BodyPart& whole, std::size_t max_parts,
                                               std::size_t max_nesting) noexcept {
    return MultipartWalk(whole, max_parts, max_nesting).run();
}

Result<BodyParts, ParseError> BodyParts::parse(const Message& message) noexcept {
    BodyPart whole;
    whole.type = message.value_of(HeaderId::kContentType);
    whole.disposition = message.value_of(HeaderId::kContentDisposition);
    whole.content = message.body();
    ValueCursor codings(message, HeaderId::kContentEncoding);
    while (const auto coding = codings.next()) {
        if (whole.encoding.empty() || iequals(whole.encoding, "identity")) {
            whole.encoding = *coding;  // of several the one that has to be undone
        }
    }
    return parse(whole, message.max_body_parts(), message.max_body_nesting());
}

}  // namespace sallyport::sip
