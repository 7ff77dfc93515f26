// SPDX-License-Identifier: Apache-2.0
// Why a message or a header was refused, and with which response (spec section A). Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sallyport::sip {

// Name, response status (0: drop silently), reason phrase / metrics label text. One list makes
// enum, status and text.
enum class ParseFault : std::uint8_t {
#define SALLYPORT_PARSE_FAULT(name, status, text) name,
#include "b2bua/sip/parse_faults.def"
#undef SALLYPORT_PARSE_FAULT
};

/// How many there are.
inline constexpr std::size_t kParseFaults = 0
#define SALLYPORT_PARSE_FAULT(name, status, text) +1
#include "b2bua/sip/parse_faults.def"
#undef SALLYPORT_PARSE_FAULT
    ;

struct ParseError {
    ParseFault fault{};
    std::uint32_t offset{0};  // octets from the start of the text that was parsed
};

/// 400, 413, 414, 416, 501, 505, 513 ...; 0 when nothing may be answered.
[[nodiscard]] int status_for(ParseFault fault) noexcept;
/// Reason phrase for the response, for instance "Missing Call-ID" (A7).
[[nodiscard]] std::string_view reason_for(ParseFault fault) noexcept;
/// Enumerator as a metrics label, for instance "missing_call_id".
[[nodiscard]] std::string_view label_for(ParseFault fault) noexcept;

}  // namespace sallyport::sip
