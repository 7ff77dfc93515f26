// SPDX-License-Identifier: Apache-2.0
// The causes in the order in which they hide one another: what signalling says, then what arrives,
// then what can be sent on.
#include "b2bua/call/media_verdict.h"

#include "b2bua/call/media_words.h"

#include <optional>

namespace sallyport::call {
namespace {

using dataplane::Drop;
using sdp::Direction;

/// A pause of speech with silence suppression is shorter than this.
constexpr Millis kSilence{5'000};

/// One direction: from sends, to receives.
struct Way {
    const MediaLine& line;
    Side side;
    const MediaSide& from;
    const MediaSide& to;
    [[nodiscard]] std::string sender() const { return party(side, from); }
    [[nodiscard]] std::string receiver() const { return party(dataplane::other(side), to); }
    [[nodiscard]] std::uint64_t refused(Drop why) const { return from.rtp.drops.of(why); }
};

using Finding = std::optional<MediaVerdict>;

Finding by_signalling(const Way& way) {
    for (const Side side : {Side::kA, Side::kB}) {
        if (const MediaSide& s = way.line.of(side); s.refused) {
            return MediaVerdict{MediaCause::kLineRefused,
                                "refused by " + party(side, s) + " (port 0 in its SDP)"};
        }
    }
    if (!way.line.relayed) {
        return MediaVerdict{MediaCause::kNotRelayed,
                            "not relayed: the two ends send to each other"};
    }
    for (const Side side : {Side::kA, Side::kB}) {
        if (const MediaSide& s = way.line.of(side); !s.told) {
            return MediaVerdict{MediaCause::kNoSdp,
                                "no SDP of " + party(side, s) + " has named this line yet"};
        }
    }
    return std::nullopt;
}

Finding by_direction(const Way& way) {
    const Direction wanted = way.to.direction;
    if (way.to.names_none) {
        return MediaVerdict{MediaCause::kHeld, "held by " + way.receiver() + " (its SDP says " +
                                                   way.to.said + ")" + not_sent_on(way.from)};
    }
    if (wanted == Direction::kSendOnly || wanted == Direction::kInactive) {
        return MediaVerdict{MediaCause::kHeld, "held by " + way.receiver() + " (a=" +
                                                   word_of(wanted) + ")" + not_sent_on(way.from)};
    }
    const Direction said = way.from.direction;
    if (said == Direction::kRecvOnly || said == Direction::kInactive) {
        return MediaVerdict{MediaCause::kDoesNotSend,
                            way.sender() + " said that it does not send (a=" + word_of(said) + ")"};
    }
    if (way.side == Side::kB && way.line.early_closed) {
        return MediaVerdict{MediaCause::kEarlyClosed,
                            "early media of " + way.sender() +
                                " is not heard before its 2xx: no 1xx with SDP opened it" +
                                not_sent_on(way.from)};
    }
    return std::nullopt;
}

MediaVerdict wrong_source(const Way& way) {
    const auto& flow = way.from.rtp;
    const std::string arrives = "nothing of " + way.sender() + " is accepted: media arrives at " +
                                port_of(way.from.ours.rtp) +
                                from_last_refused(flow, Drop::rtp_wrong_source) + " but ";
    const std::string count =
        ": " + packets(way.refused(Drop::rtp_wrong_source)) + " refused (wrong source)";
    const std::string expected = flow.latched.ip.family() != Family::kNone
                                     ? "the latch holds " + flow.latched.to_string() + count
                                     : expected_of(way.from) + count + "; " + remedy_of(way.from);
    return {MediaCause::kWrongSource, arrives + expected};
}

MediaVerdict payload_type(const Way& way) {
    const auto& last = way.from.rtp.last_refused;
    const std::string type = last.reason == Drop::rtp_payload_type
                                 ? "payload type " + std::to_string(last.payload_type) + " of "
                                 : "a payload type of ";
    return {MediaCause::kPayloadType, type + way.sender() + " was not negotiated" +
                                          list_of(way.from.payload_types) + ": " +
                                          packets(way.refused(Drop::rtp_payload_type)) +
                                          " refused; compare a=rtpmap of both SDPs"};
}

/// What else may have arrived at the RTP port and was refused: the reason, the cause, and the words
/// around the number of packets.
struct RefusalText {
    Drop reason;
    MediaCause cause;
    const char* what;
    const char* look;
};
constexpr std::array kRefusalTexts{
    RefusalText{Drop::media_dtls, MediaCause::kDtls, "only DTLS arrives from ",
                "it wants DTLS-SRTP, its SDP was taken for plain RTP"},
    RefusalText{Drop::media_stun, MediaCause::kIce, "only STUN arrives from ",
                "it checks ICE candidates, and ICE was not negotiated"},
    RefusalText{Drop::media_zrtp, MediaCause::kZrtp, "only ZRTP arrives from ",
                "it sends no RTP that could latch"},
    RefusalText{Drop::media_turn, MediaCause::kTurn, "only TURN channel data arrives from ",
                "it takes our port for its TURN server"},
    RefusalText{Drop::rtp_latch_late, MediaCause::kLate, "the first media came too late from ",
                "more than 30 s after the SDP"},
    RefusalText{Drop::rtp_latch_pending, MediaCause::kNoSequence,
                "too few packets in sequence arrive from ",
                "latch-packets of one SSRC are needed before it is heard"},
    RefusalText{Drop::rtp_former_source, MediaCause::kFormerCall,
                "what arrives is of the call that had the port before, not of ",
                "that party may have missed the end of its call"},
    RefusalText{Drop::rtp_other_branch, MediaCause::kOtherDialog,
                "what arrives is of another early dialog than that of ",
                "a forked call is heard from one callee at a time"},
    RefusalText{Drop::bad_udp_checksum, MediaCause::kDamaged,
                "only packets with wrong UDP checksums arrive from ",
                "look at checksum offload on the way"},
    RefusalText{Drop::rtp_malformed, MediaCause::kNoRtp, "what arrives is no RTP, from ",
                "something else sends there, or the media is encrypted"},
    RefusalText{Drop::rtcp_on_rtp_port, MediaCause::kUnmuxedRtcp,
                "only RTCP arrives at the RTP port from ", "rtcp-mux was not agreed on"},
    RefusalText{Drop::rtp_not_ready, MediaCause::kBeforeSdp,
                "media came before the SDP and not since, from ", "it has stopped sending"},
};

Finding by_refusal(const Way& way) {
    for (const RefusalText& row : kRefusalTexts) {
        if (const std::uint64_t n = way.refused(row.reason); n != 0) {
            return MediaVerdict{row.cause, row.what + way.sender() +
                                               from_last_refused(way.from.rtp, row.reason) + ": " +
                                               packets(n) + " refused; " + row.look};
        }
    }
    return std::nullopt;
}

/// Nothing was ever accepted from this side.
MediaVerdict why_nothing(const Way& way) {
    const auto& rtcp = way.from.rtcp;
    if (way.refused(Drop::rtp_payload_type) != 0) {
        return payload_type(way);  // its source was right
    }
    if (way.refused(Drop::rtp_wrong_source) != 0) {
        return wrong_source(way);
    }
    if (const std::uint64_t n = rtcp.drops.of(Drop::rtp_on_rtcp_port); n != 0) {
        return {MediaCause::kAtRtcpPort,
                way.sender() + " sends RTP to our RTCP port " + port_of(way.from.ours.rtcp) +
                    " in place of " + port_of(way.from.ours.rtp) + ": " + packets(n) + " refused"};
    }
    if (auto found = by_refusal(way)) {
        return *found;
    }
    const std::string nothing = ": its SDP said " + way.from.said + ", nothing arrived at " +
                                port_of(way.from.ours.rtp) + " for " + seconds(way.line.age);
    if (rtcp.packets_in != 0) {
        return {MediaCause::kOnlyRtcp, way.sender() + " sends RTCP but no media" + nothing +
                                           "; it is muted, or takes the call for held"};
    }
    return {MediaCause::kNothing, way.sender() + " sends nothing" + nothing +
                                      "; look at it and at the firewalls between"};
}

/// It was heard, but not lately.
Finding why_silent(const Way& way) {
    const auto& flow = way.from.rtp;
    if (flow.last_seen_ago < kSilence) {
        return std::nullopt;
    }
    const std::string stopped = way.sender() + " has been silent for " +
                                seconds(flow.last_seen_ago) + " after " + packets(flow.packets_in);
    const auto& last = flow.last_refused;
    if (last.reason == Drop::rtp_wrong_source && last.ago >= Millis{0} &&
        last.ago < flow.last_seen_ago) {
        return MediaVerdict{MediaCause::kMoved,
                            stopped + " from " + heard_at(way.from) + "; since then media arrives" +
                                from_last_refused(flow, Drop::rtp_wrong_source) + ": " +
                                packets(way.refused(Drop::rtp_wrong_source)) +
                                " refused (wrong source); it moved without a new SDP"};
    }
    return MediaVerdict{MediaCause::kSilent, stopped + " from " + heard_at(way.from)};
}

constexpr std::array kOnTheWayOut{Drop::no_route, Drop::neighbour_queue_full, Drop::too_big,
                                  Drop::no_mbuf};

/// It arrives, but does not leave.
Finding why_not_sent(const Way& way) {
    if (way.to.rtp.packets_out != 0) {
        return std::nullopt;
    }
    const std::string come = packets(way.from.rtp.packets_in) + " of " + way.sender() + " came, ";
    if (way.refused(Drop::rtp_not_latched) != 0) {
        return MediaVerdict{
            MediaCause::kNotLatched,
            come + "none could be sent on: " + way.receiver() + " said " + way.to.said +
                (way.to.through_nat ? " behind a NAT, signals from " : " but signals from ") +
                way.to.signalling.to_string() +
                ", and has sent nothing from which its address could be learned"};
    }
    if (way.refused(Drop::rtp_no_remote) != 0) {
        return MediaVerdict{MediaCause::kNoAddress,
                            come + "none could be sent on: the SDP of " + way.receiver() +
                                " names no address that we can send to (" + way.to.said + ")"};
    }
    if (way.refused(Drop::rtp_held) != 0) {
        return MediaVerdict{MediaCause::kHeld, come + "none was sent on: " + way.receiver() +
                                                   " was on hold all the time"};
    }
    if (way.refused(Drop::media_no_headroom) != 0) {
        return MediaVerdict{MediaCause::kNoRoom, come + "none had room for the new headers"};
    }
    for (const Drop reason : kOnTheWayOut) {
        if (way.refused(reason) != 0) {
            return MediaVerdict{MediaCause::kNoWayOut,
                                come + "none could leave towards " + way.receiver() + " (" +
                                    std::string(dataplane::name_of(reason)) +
                                    "); look at our routes to " + way.to.said};
        }
    }
    return std::nullopt;
}

std::string flowing(const Way& way) {
    return packets(way.to.rtp.packets_out) + " from " + way.sender();
}

std::string remarks(const MediaLine& line) {
    std::string text;
    for (const Side side : {Side::kA, Side::kB}) {
        const auto& flow = line.of(side).rtp;
        if (flow.dropped != 0) {
            text.append("; on the side of ").append(party(side, line.of(side))).append(" ");
            text.append(packets(flow.dropped)).append(" refused");
            text.append(last_refused(flow));
        }
    }
    return text;
}

Way way_of(const MediaLine& line, Side from) {
    return {line, from, line.of(from), line.of(dataplane::other(from))};
}

}  // namespace

MediaVerdict verdict_of(const MediaLine& line, Side from) {
    const Way way = way_of(line, from);
    if (auto found = by_signalling(way)) {
        return *found;
    }
    if (auto found = by_direction(way)) {
        return *found;
    }
    if (way.from.rtp.packets_in == 0) {
        return why_nothing(way);
    }
    if (auto found = why_not_sent(way)) {
        return *found;
    }
    if (auto found = why_silent(way)) {
        return *found;
    }
    return {MediaCause::kFlows, "flows, " + flowing(way)};
}

std::string verdict_line(const MediaLine& line) {
    std::string text = "m-line " + std::to_string(line.index) + " " + line.kind + ": ";
    const MediaVerdict a = verdict_of(line, Side::kA);
    const MediaVerdict b = verdict_of(line, Side::kB);
    if (a.cause == MediaCause::kFlows && b.cause == MediaCause::kFlows) {
        return text + "flows both ways (" + flowing(way_of(line, Side::kA)) + ", " +
               flowing(way_of(line, Side::kB)) + ")" + remarks(line);
    }
    if (a.text == b.text) {
        return text + a.text;
    }
    return text + "A to B: " + a.text + "; B to A: " + b.text;
}

}  // namespace sallyport::call
