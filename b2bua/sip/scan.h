// SPDX-License-Identifier: Apache-2.0
// Character classes of the SIP grammar (RFC 3261 s.25.1) as one table, and the scans that the
// parsers are made of. Every scan takes [p, end) and never reads outside it. Internal to b2bua/sip.
// Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace sallyport::sip::scan {

// One bit per class; a character may be in several.
inline constexpr std::uint8_t kToken = 1;  // RFC 3261 s.25.1 token
inline constexpr std::uint8_t kLws = 2;    // SP, HT, and the CR LF of a fold (A3)
inline constexpr std::uint8_t kUri =
    4;  // all that may stand in a URI of any scheme, telephony's "#" included
inline constexpr std::uint8_t kHost =
    8;  // hostname and IPv4; "_" too, as names inside container networks have it
inline constexpr std::uint8_t kParam = 16;  // unquoted name or value of a parameter
inline constexpr std::uint8_t kDigit = 32;
inline constexpr std::uint8_t kBlank = 64;    // SP, HT
inline constexpr std::uint8_t kCallId = 128;  // visible ASCII

consteval std::array<std::uint8_t, 256> make_classes() {
    constexpr std::string_view kTokenMarks = "-.!%*_+`'~";
    constexpr std::string_view kNotUri = "\"<>";
    constexpr std::string_view kNotParam = "\"<>;,=";
    std::array<std::uint8_t, 256> table{};
    for (unsigned c = 0; c < 256; ++c) {
        const char ch = static_cast<char>(c);
        const bool digit = ch >= '0' && ch <= '9';
        const bool alnum = digit || (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z');
        const bool visible =
            c > 0x20 && c != 0x7f;  // UTF-8 continuation included (RFC 3261 s.25.1)
        const auto in = [ch](std::string_view set) { return set.find(ch) != set.npos; };
        unsigned bits = 0;
        bits |= alnum || in(kTokenMarks) ? kToken : 0U;
        bits |= ch == ' ' || ch == '\t' ? kLws | kBlank : 0U;
        bits |= ch == '\r' || ch == '\n' ? kLws : 0U;
        bits |= visible && !in(kNotUri) ? kUri : 0U;
        bits |= alnum || in("-._") ? kHost : 0U;
        bits |= visible && !in(kNotParam) ? kParam : 0U;
        bits |= digit ? kDigit : 0U;
        bits |= visible && c < 0x7f ? kCallId : 0U;
        table[c] = static_cast<std::uint8_t>(bits);
    }
    return table;
}
inline constexpr std::array<std::uint8_t, 256> kClasses = make_classes();

[[nodiscard]] constexpr bool is(char c, std::uint8_t classes) noexcept {
    return (kClasses[static_cast<unsigned char>(c)] & classes) != 0;
}

/// First character that is in none of the classes.
[[nodiscard]] inline const char* skip(const char* p, const char* end,
                                      std::uint8_t classes) noexcept {
    while (p != end && is(*p, classes)) {
        ++p;
    }
    return p;
}

[[nodiscard]] inline bool all(std::string_view text, std::uint8_t classes) noexcept {
    return skip(text.data(), text.data() + text.size(), classes) == text.data() + text.size();
}

[[nodiscard]] inline std::string_view view(const char* begin, const char* end) noexcept {
    return {begin, static_cast<std::size_t>(end - begin)};
}

[[nodiscard]] inline std::uint32_t distance(const char* begin, const char* end) noexcept {
    return static_cast<std::uint32_t>(end - begin);
}

[[nodiscard]] inline std::string_view trim(const char* begin, const char* end) noexcept {
    begin = skip(begin, end, kLws);
    while (end != begin && is(end[-1], kLws)) {
        --end;
    }
    return view(begin, end);
}

[[nodiscard]] constexpr char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

/// One octet after the closing quote of the quoted-string that opens at p; nullptr when it never
/// closes (A13).
[[nodiscard]] inline const char* quoted_end(const char* p, const char* end) noexcept {
    for (++p; p != end; ++p) {
        if (*p == '"') {
            return p + 1;
        }
        if (*p == '\\' && ++p == end) {
            break;
        }
    }
    return nullptr;
}

/// First of three characters, or end. Sixteen octets at a time where the machine can.
template <char A, char B, char C>
[[nodiscard]] inline const char* find_any(const char* p, const char* end) noexcept {
#if defined(__SSE2__)
    while (end - p >= 16) {
        const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
        __m128i hit = _mm_cmpeq_epi8(block, _mm_set1_epi8(A));
        hit = _mm_or_si128(hit, _mm_cmpeq_epi8(block, _mm_set1_epi8(B)));
        if constexpr (C != B) {
            hit = _mm_or_si128(hit, _mm_cmpeq_epi8(block, _mm_set1_epi8(C)));
        }
        const auto mask = static_cast<unsigned>(_mm_movemask_epi8(hit));
        if (mask != 0) {
            return p + __builtin_ctz(mask);
        }
        p += 16;
    }
#endif
    while (p != end && *p != A && *p != B && *p != C) {
        ++p;
    }
    return p;
}

[[nodiscard]] inline const char* find_line_break(const char* p, const char* end) noexcept {
    return find_any<'\r', '\n', '\n'>(p, end);
}

}  // namespace sallyport::sip::scan
