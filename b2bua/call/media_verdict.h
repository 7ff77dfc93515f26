// SPDX-License-Identifier: Apache-2.0
// Why is there no audio? What a report knows, turned into one line that says which side, found
// against expected, and where to look. What happens behind our own ports, on the way to a party or
// inside its ear, is not known here. Pure.
#pragma once

#include "b2bua/call/media_report.h"

#include <cstdint>
#include <string>

namespace sallyport::call {

/// The cause in one direction, the most telling one first.
enum class MediaCause : std::uint8_t {
    kFlows,
    kLineRefused,  // port 0 in an SDP
    kNotRelayed,   // the two ends send to each other
    kNoSdp,        // one side has not said anything of the line yet
    kHeld,         // the receiving side wants none
    kDoesNotSend,  // the sending side said that it sends none
    kEarlyClosed,  // early media is not to be heard
    kNothing,      // nothing has arrived at all
    kOnlyRtcp,     // reports arrive, media does not
    kUnmuxedRtcp,  // reports arrive at the RTP port though rtcp-mux was not agreed on
    kAtRtcpPort,   // RTP arrives at the RTCP port
    kWrongSource,  // it arrives from elsewhere
    kPayloadType,  // it is of a type that was not negotiated
    kLate,         // its first packet came too late
    kNoSequence,   // too little of it in sequence to latch
    kFormerCall,   // it is of the call that had the port before
    kOtherDialog,  // it belongs to another early dialog of a forked call
    kBeforeSdp,    // it came before the SDP, and not since
    kIce,          // STUN only
    kDtls,         // DTLS only
    kZrtp,         // ZRTP only
    kTurn,         // TURN channel data only
    kNoRtp,        // octets that are no RTP
    kDamaged,      // wrong UDP checksums
    kSilent,       // it has flowed, and has stopped
    kMoved,        // it has flowed, and now comes from elsewhere
    kNoAddress,    // the receiving side names no address
    kNotLatched,   // where the receiving side is has to be learned from it, and it is silent
    kNoRoom,       // packets without room for new headers
    kNoWayOut,     // no route, or a way out that takes none
};

struct MediaVerdict {
    MediaCause cause{MediaCause::kFlows};
    std::string text;
};

/// What happens to the media that this side sends.
[[nodiscard]] MediaVerdict verdict_of(const MediaLine& line, Side from);

/// Both directions in one line: "m-line 1 audio: flows both ways (...)".
[[nodiscard]] std::string verdict_line(const MediaLine& line);

/// The remote end of a flow, why it is that and since when: "192.0.2.10:4000, first valid packet
/// from the signalling address, 12 s ago".
[[nodiscard]] std::string explain_remote(const dataplane::FlowReading& flow);

}  // namespace sallyport::call
