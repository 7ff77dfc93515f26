// SPDX-License-Identifier: Apache-2.0
// How much may be sent to a party in a second (spec G9, docs/decisions/0027). Pure.
#pragma once

#include "sdp-rewrite/session.h"

#include <cstdint>

namespace sallyport::call {

/// 0: any number.
struct SendingLimit {
    std::uint16_t packets{0};
    std::uint32_t octets{0};  // of UDP payload
    constexpr bool operator==(const SendingLimit&) const noexcept = default;
};

/// section: of the SDP of whom it is sent to (RFC 3264 s.5.1: b= is what it wants to receive).
[[nodiscard]] SendingLimit sending_limit(const sdp::MediaSection& section) noexcept;

}  // namespace sallyport::call
