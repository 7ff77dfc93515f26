// SPDX-License-Identifier: Apache-2.0
#include "b2bua/sip/xml_cursor.h"

#include <charconv>
#include <utility>

namespace sallyport::sip {
namespace {

using Kind = XmlPiece::Kind;

constexpr std::string_view kSpace = " \t\r\n";

constexpr std::pair<std::string_view, char> kEntities[] = {
    {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};

bool starts_with(std::string_view text, std::string_view start) noexcept {
    return text.substr(0, start.size()) == start;
}

bool is_blank(std::string_view text) noexcept {
    return text.find_first_not_of(kSpace) == std::string_view::npos;
}

/// The name at the front of a text, with its prefix.
std::string_view name_in(std::string_view text) noexcept {
    return text.substr(0, text.find_first_of(" \t\r\n=/><\"'&"));
}

std::string_view without_prefix(std::string_view name) noexcept {
    return name.substr(name.find(':') + 1);
}

/// Length of a tag, up to the ">" that stands in no quotes; npos: there is none.
std::size_t tag_length(std::string_view text) noexcept {
    char quote = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quote != 0) {
            quote = c == quote ? '\0' : quote;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '>') {
            return i + 1;
        }
    }
    return std::string_view::npos;
}

bool are_attributes(std::string_view text) noexcept {
    XmlAttributeCursor cursor(text);
    while (cursor.next()) {
    }
    return !cursor.failed();
}

/// The character that a reference stands for; 0: not one that we read.
char character_of(std::string_view reference) noexcept {
    for (const auto& [name, character] : kEntities) {
        if (name == reference) {
            return character;
        }
    }
    if (reference.size() < 2 || reference.front() != '#') {
        return 0;
    }
    const bool hex = reference[1] == 'x';
    const char* begin = reference.data() + (hex ? 2 : 1);
    const char* end = reference.data() + reference.size();
    unsigned int value = 0;
    const auto parsed = std::from_chars(begin, end, value, hex ? 16 : 10);
    const bool ascii = parsed.ec == std::errc{} && parsed.ptr == end && value < 0x80;
    return ascii ? static_cast<char>(value) : '\0';
}

}  // namespace

std::optional<XmlPiece> XmlCursor::fail() noexcept {
    failed_ = true;
    rest_ = {};
    return std::nullopt;
}

std::optional<XmlPiece> XmlCursor::take(Kind kind, std::size_t length) noexcept {
    XmlPiece piece;
    piece.kind = kind;
    piece.text = rest_.substr(0, length);
    rest_.remove_prefix(piece.text.size());
    return piece;
}

std::optional<XmlPiece> XmlCursor::take_until(Kind kind, std::string_view end) noexcept {
    const auto at = rest_.find(end, 2);
    return at == std::string_view::npos ? fail() : take(kind, at + end.size());
}

std::optional<XmlPiece> XmlCursor::take_text() noexcept {
    const auto piece = take(Kind::kText, rest_.find('<'));
    constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
    const bool outside =
        depth_ == 0 && !is_blank(piece->text) && (rooted_ || piece->text != kByteOrderMark);
    return outside || piece->text.find('\0') != std::string_view::npos ? fail() : piece;
}

bool XmlCursor::open(std::string_view name) noexcept {
    const bool second = depth_ == 0 && std::exchange(rooted_, true);
    if (name.empty() || second || depth_ == kMaxDepth) {
        return false;
    }
    open_[depth_++] = name;
    return true;
}

bool XmlCursor::close(std::string_view name) noexcept {
    return depth_ > 0 && open_[--depth_] == name;
}

std::optional<XmlPiece> XmlCursor::take_tag() noexcept {
    const std::size_t length = tag_length(rest_);
    if (length == std::string_view::npos) {
        return fail();
    }
    const bool end = rest_[1] == '/';
    const bool empty = rest_[length - 2] == '/';
    auto piece = take(end ? Kind::kEnd : (empty ? Kind::kEmpty : Kind::kStart), length);
    std::string_view inner = piece->text.substr(1, length - 2);
    inner.remove_prefix(end ? 1 : 0);
    inner.remove_suffix(empty && !inner.empty() ? 1 : 0);
    const std::string_view name = name_in(inner);
    inner.remove_prefix(name.size());
    piece->name = without_prefix(name);
    piece->attributes = inner;
    const bool well_formed =
        end ? is_blank(inner) && !empty && close(name) : are_attributes(inner) && open(name);
    if (empty && well_formed) {
        --depth_;
    }
    return well_formed ? piece : fail();
}

std::optional<XmlPiece> XmlCursor::next() noexcept {
    if (rest_.empty()) {
        return !failed_ && (depth_ != 0 || !rooted_) ? fail() : std::nullopt;
    }
    if (rest_.front() != '<') {
        return take_text();
    }
    if (starts_with(rest_, "<!--")) {
        return take_until(Kind::kComment, "-->");
    }
    if (starts_with(rest_, "<?")) {
        return take_until(Kind::kInstruction, "?>");
    }
    return starts_with(rest_, "<!") ? fail() : take_tag();
}

std::optional<XmlAttribute> XmlAttributeCursor::next() noexcept {
    const std::size_t at = rest_.find_first_not_of(kSpace);
    if (at == std::string_view::npos || at == 0) {
        return std::nullopt;
    }
    XmlAttribute attribute;
    attribute.name = name_in(rest_.substr(at));
    std::size_t next = rest_.find_first_not_of(kSpace, at + attribute.name.size());
    if (attribute.name.empty() || next == std::string_view::npos || rest_[next] != '=') {
        return std::nullopt;
    }
    next = rest_.find_first_not_of(kSpace, next + 1);
    if (next == std::string_view::npos || (rest_[next] != '"' && rest_[next] != '\'')) {
        return std::nullopt;
    }
    attribute.quote = rest_[next];
    const std::size_t end = rest_.find(attribute.quote, next + 1);
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    attribute.value = rest_.substr(next + 1, end - next - 1);
    if (attribute.value.find('<') != std::string_view::npos) {
        return std::nullopt;
    }
    attribute.text = rest_.substr(0, end + 1);
    rest_.remove_prefix(end + 1);
    return attribute;
}

bool XmlAttributeCursor::failed() const noexcept {
    return !is_blank(rest_);
}

std::optional<XmlAttribute> find_attribute(std::string_view attributes,
                                           std::string_view name) noexcept {
    XmlAttributeCursor cursor(attributes);
    while (const auto attribute = cursor.next()) {
        if (attribute->name == name) {
            return attribute;
        }
    }
    return std::nullopt;
}

std::string xml_unescaped(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::size_t end = text[i] == '&' ? text.find(';', i) : std::string_view::npos;
        const char c =
            end == std::string_view::npos ? '\0' : character_of(text.substr(i + 1, end - i - 1));
        plain.push_back(c == 0 ? text[i] : c);
        i = c == 0 ? i : end;
    }
    return plain;
}

std::string xml_escaped(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        std::string_view name;
        for (const auto& [entity, character] : kEntities) {
            name = character == c ? entity : name;
        }
        if (name.empty()) {
            escaped.push_back(c);
        } else {
            escaped.append("&").append(name).append(";");
        }
    }
    return escaped;
}

}  // namespace sallyport::sip
