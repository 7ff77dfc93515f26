// SPDX-License-Identifier: Apache-2.0
// What is known of the media of one call, for whoever asks why there is no audio: per m-line and
// side what its SDP said, where it is heard and why there, and what was refused. Plain values: any
// thread may have a copy. Times are in ms before the report was made.
#pragma once

#include "config/types/ip.h"
#include "config/types/units.h"
#include "dataplane/relay.h"
#include "sdp-rewrite/session.h"

#include <array>
#include <bitset>
#include <cstddef>
#include <string>
#include <vector>

namespace sallyport::call {

using dataplane::Side;

struct MediaSide {
    std::string realm;       // its name
    bool told{false};        // an SDP of this side names the m-line
    bool refused{false};     // its SDP has port 0 there (E5)
    bool names_none{false};  // the address of its SDP is 0.0.0.0 or :: (hold as of RFC 2543, E11)
    std::string said;        // address and port of its SDP as written; empty: it has not said any
    sdp::Direction direction{sdp::Direction::kSendRecv};
    std::bitset<128> payload_types;  // negotiated; none: any
    IpAddr signalling;               // where its signalling comes from
    bool nat{false};                 // its realm has nat = true
    bool through_nat{false};         // its signalling says another address than it comes from
    dataplane::LatchMode latch{dataplane::LatchMode::kOff};  // who is heard, by its realm's options
    dataplane::MediaPorts ours;                              // our ports on this side
    dataplane::FlowReading rtp;  // from this side, and to it; of other media too
    dataplane::FlowReading rtcp;
};

struct MediaLine {
    std::size_t index{0};      // of the m-line in the SDP, from 1
    std::string kind;          // "audio"
    bool relayed{false};       // by our ports; false: refused, or the ends send to each other (F6)
    bool early_closed{false};  // what B sends before its 2xx is not to be heard (E13)
    Millis age{0};             // how long media could have flowed
    std::array<MediaSide, 2> sides;
    std::string verdict;  // one line for an operator (media_verdict.h)
    [[nodiscard]] MediaSide& of(Side s) noexcept { return sides[static_cast<std::size_t>(s)]; }
    [[nodiscard]] const MediaSide& of(Side s) const noexcept {
        return sides[static_cast<std::size_t>(s)];
    }
};

struct MediaReport {
    std::string a_call_id;  // of the caller's leg
    std::string b_call_id;  // of the callee's leg; empty: none yet
    bool answered{false};
    Millis age{0};  // of the call
    std::vector<MediaLine> lines;
};

}  // namespace sallyport::call
