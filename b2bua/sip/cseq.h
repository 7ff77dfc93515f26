// SPDX-License-Identifier: Apache-2.0
// CSeq (RFC 3261 s.20.16): number below 2^31 (A8) and method. Pure.
#pragma once

#include "b2bua/sip/method.h"
#include "b2bua/sip/parse_error.h"
#include "config/types/result.h"

#include <cstdint>
#include <string_view>

namespace sallyport::sip {

struct CSeq {
    std::uint32_t number{0};
    Method method{Method::kUnknown};
    std::string_view method_name;

    [[nodiscard]] static Result<CSeq, ParseError> parse(std::string_view text) noexcept;
};

}  // namespace sallyport::sip
