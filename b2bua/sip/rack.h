// SPDX-License-Identifier: Apache-2.0
// RAck (RFC 3262 s.7.2): which reliable provisional response a PRACK acknowledges, by its RSeq and
// the CSeq of the request that it answered. Pure.
#pragma once

#include "b2bua/sip/cseq.h"
#include "b2bua/sip/parse_error.h"
#include "config/types/result.h"

#include <cstdint>
#include <string_view>

namespace sallyport::sip {

struct RAck {
    std::uint32_t rseq{0};
    CSeq cseq;

    [[nodiscard]] static Result<RAck, ParseError> parse(std::string_view text) noexcept;
};

}  // namespace sallyport::sip
