// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/session_part.h"

#include "b2bua/sip/params.h"

#include <array>
#include <cstddef>

namespace sallyport::call {
namespace {

constexpr std::size_t kMaxParts = 16;  // A19

constexpr std::size_t kMaxNesting = 3;

/// One part of a multipart: views into the body.
struct Part {
    std::string_view type;            // value of its Content-Type
    std::string_view content_length;  // digits of its own Content-Length; empty when it has none
    std::string_view content;
};

/// The session description and the parts around it, outermost first.
struct Found {
    std::string_view session;  // empty when there is none
    std::array<Part, kMaxNesting> around;
    std::size_t depth{0};
};

std::string_view trim(std::string_view text) noexcept {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool is_type(std::string_view content_type, std::string_view wanted) noexcept {
    return sip::iequals(trim(content_type.substr(0, content_type.find(';'))), wanted);
}

bool is_multipart(std::string_view content_type) noexcept {
    constexpr std::string_view kPrefix = "multipart/";
    return content_type.size() > kPrefix.size() &&
           sip::iequals(content_type.substr(0, kPrefix.size()), kPrefix);
}

std::string_view boundary_of(std::string_view content_type) noexcept {
    const auto params = content_type.find(';');
    if (params == std::string_view::npos) {
        return {};
    }
    const auto boundary = sip::find_param(content_type.substr(params), "boundary");
    if (!boundary || !boundary->value) {
        return {};
    }
    std::string_view text = *boundary->value;
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
        text = text.substr(1, text.size() - 2);
    }
    return text.size() <= 70 ? text : std::string_view{};  // RFC 2046 s.5.1.1
}

/// What may stand behind the boundary of a delimiter line: blanks, the line end, or the "--" of the
/// last one. Anything else makes it another, longer boundary (RFC 2046 s.5.1.1).
bool ends_delimiter(std::string_view rest) noexcept {
    return rest.empty() || rest.substr(0, 2) == "--" ||
           std::string_view(" \t\r\n").find(rest.front()) != std::string_view::npos;
}

/// Position of the next "--boundary" at the start of a line, at or after `from`.
std::size_t next_delimiter(std::string_view body, std::string_view boundary,
                           std::size_t from) noexcept {
    for (auto at = body.find(boundary, from); at != std::string_view::npos;
         at = body.find(boundary, at + 1)) {
        const bool dashed = at >= 2 && body.substr(at - 2, 2) == "--";
        if (dashed && (at == 2 || body[at - 3] == '\n') &&
            ends_delimiter(body.substr(at + boundary.size()))) {
            return at - 2;
        }
    }
    return std::string_view::npos;
}

/// Reads one part: its headers up to the blank line, then its content without the line end that
/// belongs to the next delimiter (RFC 2046 s.5.1.1).
Part read_part(std::string_view part) noexcept {
    Part found;
    while (!part.empty()) {
        const auto end = part.find('\n');
        std::string_view line = part.substr(0, end);
        part = end == std::string_view::npos ? std::string_view{} : part.substr(end + 1);
        if (!line.empty() && line.back() == '\r') {
            line.remove_suffix(1);
        }
        if (line.empty()) {
            break;
        }
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) {
            continue;
        }
        const sip::HeaderId id = sip::header_id(trim(line.substr(0, colon)));
        const std::string_view value = trim(line.substr(colon + 1));
        if (id == sip::HeaderId::kContentType) {
            found.type = value;
        } else if (id == sip::HeaderId::kContentLength) {
            found.content_length = value;
        }
    }
    if (part.size() >= 2 && part.substr(part.size() - 2) == "\r\n") {
        part.remove_suffix(2);
    } else if (!part.empty() && part.back() == '\n') {
        part.remove_suffix(1);
    }
    found.content = part;
    return found;
}

/// Calls use(part) for each part in order until it returns true.
template <class Use>
void each_part(std::string_view body, std::string_view boundary, Use use) {
    std::size_t at = next_delimiter(body, boundary, 0);
    for (std::size_t i = 0; i < kMaxParts && at != std::string_view::npos; ++i) {
        const bool last = body.substr(at + 2 + boundary.size(), 2) == "--";
        const auto begin = body.find('\n', at);
        const auto end = last || begin == std::string_view::npos
                             ? std::string_view::npos
                             : next_delimiter(body, boundary, begin);
        if (end == std::string_view::npos ||
            use(read_part(body.substr(begin + 1, end - begin - 1)))) {
            return;
        }
        at = end;
    }
}

/// found.depth says how deep the content lies.
void find_in(std::string_view type, std::string_view content, Found& found) {
    if (is_type(type, "application/sdp")) {
        found.session = content;
        return;
    }
    const std::string_view boundary = is_multipart(type) ? boundary_of(type) : std::string_view{};
    if (boundary.empty() || found.depth == kMaxNesting) {
        return;
    }
    each_part(content, boundary, [&found](const Part& part) {
        found.around[found.depth++] = part;
        find_in(part.type, part.content, found);
        found.depth -= found.session.empty() ? 1U : 0U;
        return !found.session.empty();
    });
}

Found find_session(const sip::Message& message) {
    Found found;
    if (!message.body().empty()) {
        find_in(message.value_of(sip::HeaderId::kContentType), message.body(), found);
    }
    return found;
}

}  // namespace

std::string_view session_description(const sip::Message& message) noexcept {
    return find_session(message).session;
}

std::string with_session_description(const sip::Message& message, std::string_view text) {
    const std::string_view body = message.body();
    const Found found = find_session(message);
    if (found.session.empty()) {
        return std::string(body);
    }
    std::string out;
    out.reserve(body.size() + text.size());
    const char* rest = body.data();
    for (std::size_t i = 0; i < found.depth; ++i) {  // the lengths stand before the text, in order
        const Part& part = found.around[i];
        if (!part.content_length.empty()) {
            out.append(rest, part.content_length.data());
            out.append(std::to_string(part.content.size() - found.session.size() + text.size()));
            rest = part.content_length.data() + part.content_length.size();
        }
    }
    out.append(rest, found.session.data());
    out.append(text);
    rest = found.session.data() + found.session.size();
    out.append(rest, body.data() + body.size());
    return out;
}

}  // namespace sallyport::call
