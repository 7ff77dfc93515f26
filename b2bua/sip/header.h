// SPDX-License-Identifier: Apache-2.0
// The headers that we know by name: one list (header_table.def) makes the enum, the long and
// compact names and the rule of instance count (A4, A5, A6). Lookup hashes, then compares the whole
// name. Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace sallyport::sip {

enum class HeaderId : std::uint8_t {
    kUnknown,
// HEADER(enumerator, "Long-Name", 'compact' or 0, Arity)
#define SALLYPORT_HEADER(id, long_name, compact, arity) id,
#include "b2bua/sip/header_table.def"
#undef SALLYPORT_HEADER
    kCount,
};

enum class Arity : std::uint8_t {
    kSingle,  // twice: 400 (A6)
    kList,    // comma list equals repeated headers (A5)
    kLines,   // may repeat, must not be split or joined on commas (digest headers, A5)
};

[[nodiscard]] HeaderId header_id(std::string_view name) noexcept;  // long or compact, any case
[[nodiscard]] std::string_view long_name(HeaderId id) noexcept;    // empty for kUnknown
[[nodiscard]] Arity arity(HeaderId id) noexcept;

}  // namespace sallyport::sip
