// SPDX-License-Identifier: Apache-2.0
// 1*DIGIT of a header value, with leading zeros (RFC 3261 s.25.1). Internal to b2bua/sip. Pure.
#pragma once

#include "b2bua/sip/scan.h"

#include <cstdint>

namespace sallyport::sip {

struct Digits {
    std::uint64_t value{0};  // ceiling and no more, however many digits there are
    const char* end;         // first octet behind the digits; where it began when there were none
};

/// ceiling: at most 2^32.
[[nodiscard]] inline Digits read_digits(const char* p, const char* end,
                                        std::uint64_t ceiling) noexcept {
    Digits digits{0, p};
    for (; digits.end != end && scan::is(*digits.end, scan::kDigit); ++digits.end) {
        const std::uint64_t next = digits.value * 10 + static_cast<unsigned>(*digits.end - '0');
        digits.value = next < ceiling ? next : ceiling;
    }
    return digits;
}

}  // namespace sallyport::sip
