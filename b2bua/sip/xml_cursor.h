// SPDX-License-Identifier: Apache-2.0
// The lexical pieces of a small XML document (W3C XML 1.0), as bodies carry them: enough to replace
// texts and attribute values and to leave every other octet alone. Views into the text, bounded, no
// allocation. A document type, CDATA, another encoding than UTF-8, and whatever is not well formed
// are faults. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport::sip {

struct XmlPiece {
    enum class Kind : std::uint8_t { kStart, kEmpty, kEnd, kText, kComment, kInstruction };
    Kind kind{Kind::kText};
    std::string_view text;        // the whole piece
    std::string_view name;        // of an element, without its prefix
    std::string_view attributes;  // of kStart and kEmpty
};

/// The pieces, which put together are the document.
class XmlCursor {
public:
    static constexpr std::size_t kMaxDepth = 16;

    explicit XmlCursor(std::string_view text) noexcept : rest_(text) {}
    /// Nullopt at the end, or at a fault, which failed() then tells apart.
    std::optional<XmlPiece> next() noexcept;
    [[nodiscard]] bool failed() const noexcept { return failed_; }

private:
    std::optional<XmlPiece> fail() noexcept;
    std::optional<XmlPiece> take(XmlPiece::Kind kind, std::size_t length) noexcept;
    std::optional<XmlPiece> take_text() noexcept;
    std::optional<XmlPiece> take_until(XmlPiece::Kind kind, std::string_view end) noexcept;
    std::optional<XmlPiece> take_tag() noexcept;
    [[nodiscard]] bool open(std::string_view name) noexcept;
    [[nodiscard]] bool close(std::string_view name) noexcept;

    std::string_view rest_;
    std::array<std::string_view, kMaxDepth> open_{};  // with their prefixes
    std::size_t depth_{0};
    bool rooted_{false};  // the document element has come
    bool failed_{false};
};

struct XmlAttribute {
    std::string_view text;   // with the space before it
    std::string_view name;   // as it stands
    std::string_view value;  // between the quotes, as it stands
    char quote{'"'};
};

/// The attributes of a tag that XmlCursor returned.
class XmlAttributeCursor {
public:
    explicit XmlAttributeCursor(std::string_view attributes) noexcept : rest_(attributes) {}
    std::optional<XmlAttribute> next() noexcept;
    /// What is left behind the last one is not an attribute.
    [[nodiscard]] bool failed() const noexcept;

private:
    std::string_view rest_;
};

/// First attribute of that name.
[[nodiscard]] std::optional<XmlAttribute> find_attribute(std::string_view attributes,
                                                         std::string_view name) noexcept;

/// References replaced by what they stand for; one that is not predefined or not ASCII stays.
[[nodiscard]] std::string xml_unescaped(std::string_view text);
/// For a text or a value in either quotes.
[[nodiscard]] std::string xml_escaped(std::string_view text);

}  // namespace sallyport::sip
