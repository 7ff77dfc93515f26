// SPDX-License-Identifier: Apache-2.0
// Why an SDP is refused, by the parser or by the rewriter. The caller answers 488 (RFC 3261
// s.21.4.26) or 400 and counts the name; describe() is the text for `Warning: 399` and the log.
#pragma once

#include <cstdint>

namespace sallyport::sdp {

enum class Fault : std::uint8_t {
    kNotSdp,   // the first line is not v=0
    kTooLong,  // text above kMaxText, or the rewritten text does not fit the caller's buffer
    kTooManySections,  // more than kMaxSections m= lines (A19)
    kBadLine,          // not <letter>=<value>; a NUL, a bare CR, or an empty line before the end
    kBadOrigin,  // o= without its six fields, given twice, below an m=, or with oversized fields
    kBadConnection,  // c= of a live anchored stream that is no IN IP4/IP6 unicast address or name,
                     // or given twice
    kMissingConnection,  // a live anchored stream without any c=
    kBadMedia,      // m= without media, port and proto, or a port that is no number in 0..65535
    kBadRtcp,       // a=rtcp of an anchored stream that does not parse (RFC 3605 s.2.1)
    kMulticast,     // an anchored stream on a multicast address: not relayed
    kPortCount,     // m= with "/n", n > 1, on an anchored stream: not relayed
    kAnchorCount,   // the caller's anchors do not match the sections
    kSectionCount,  // an answer with more m= lines than its offer (E4)
};

/// One clause of plain English, static storage.
[[nodiscard]] const char* describe(Fault fault) noexcept;

struct ParseFault {
    Fault fault{Fault::kNotSdp};
    std::uint32_t offset{0};  // of the line at fault, from the start of the text
};

}  // namespace sallyport::sdp
