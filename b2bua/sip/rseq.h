// SPDX-License-Identifier: Apache-2.0
// RSeq (RFC 3262 s.7.1): the number of a reliable provisional response, 1 .. 2^32-1. Pure.
#pragma once

#include "b2bua/sip/parse_error.h"
#include "config/types/result.h"

#include <cstdint>
#include <string_view>

namespace sallyport::sip {

struct RSeq {
    std::uint32_t number{0};

    [[nodiscard]] static Result<RSeq, ParseError> parse(std::string_view text) noexcept;
};

}  // namespace sallyport::sip
