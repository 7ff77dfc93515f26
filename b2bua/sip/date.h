// SPDX-License-Identifier: Apache-2.0
// SIP-date (RFC 3261 s.20.17, s.25.1): "Sat, 13 Nov 2010 23:29:00 GMT". Pure.
#pragma once

#include <cstdint>
#include <string>

namespace sallyport::sip {

/// Seconds since 1970 in UTC, from then to the year 9999.
[[nodiscard]] std::string sip_date(std::int64_t unix_seconds);

}  // namespace sallyport::sip
