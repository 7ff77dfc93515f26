// SPDX-License-Identifier: Apache-2.0
// Short wire traces by hand, for the tests of the checker: one line per message between the gateway
// and one peer inside. Tests only.
//
//   "> INVITE 1 first sdp=audio:4000"   it arrives; first: without a To tag; CSeq 1
//   "< 200 INVITE 1 sdp=audio:20000"    the gateway answers it
//
// Also: rseq=N, rack=N, after=N (Retry-After), v=N (version of o=), o=NAME, to=TAG, ms=N (the
// time).
#pragma once

#include "config/types/units.h"

#include <string>
#include <string_view>

namespace sallyport::sim {

struct TraceLine {
    bool sent{false};  // by the gateway
    Moment at{};
    std::string octets;
};

[[nodiscard]] TraceLine read_trace_line(std::string_view line);

}  // namespace sallyport::sim
