// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/media_words.h"

#include "b2bua/call/media_verdict.h"

namespace sallyport::call {

using dataplane::Drop;
using dataplane::LatchCause;
using dataplane::LatchMode;

namespace {

bool known(const Endpoint& endpoint) noexcept {
    return endpoint.ip.family() != Family::kNone;
}

std::string why(const dataplane::FlowReading& flow) {
    const dataplane::LatchReading& latch = flow.latch;
    const std::string changed = latch.after_change ? " after a new SDP" : "";
    switch (latch.cause) {
        case LatchCause::kNone:
            break;
        case LatchCause::kSdp:
            return latch.after_change ? "named by a new SDP of a side that is believed"
                                      : "named by the SDP of a side that is believed";
        case LatchCause::kSignalling:
            return "first valid packet from the signalling address" + changed;
        case LatchCause::kSubnet:
            return "first valid packet from the subnet of the signalling address" + changed;
        case LatchCause::kSdpAddress:
            return "first valid packet, from the address of the SDP" + changed;
        case LatchCause::kWindow:
            return "first valid packet, any source was allowed" + changed;
        case LatchCause::kRtpAddress:
            return "first valid RTCP packet from the address of RTP" + changed;
        case LatchCause::kRebinding:
            return "NAT rebinding: same SSRC, sequence " + std::string(latch.step < 0 ? "" : "+") +
                   std::to_string(latch.step) + " after " + std::to_string(latch.silence.count()) +
                   " ms of silence";
        case LatchCause::kMobility:
            return "moved to another address: same SSRC, sequence near the last, after " +
                   std::to_string(latch.silence.count()) + " ms of silence";
    }
    return "nothing has latched";
}

}  // namespace

std::string party(Side side, const MediaSide& of) {
    return std::string(side == Side::kA ? "A" : "B") + " (" + of.realm + ")";
}

std::string packets(std::uint64_t count) {
    return std::to_string(count) + (count == 1 ? " packet" : " packets");
}

std::string seconds(Millis time) {
    return std::to_string(time.count() / 1000) + " s";
}

std::string port_of(const Endpoint& ours) {
    return std::to_string(ours.port.value);
}

std::string word_of(sdp::Direction direction) {
    switch (direction) {
        case sdp::Direction::kSendRecv:
            break;
        case sdp::Direction::kSendOnly:
            return "sendonly";
        case sdp::Direction::kRecvOnly:
            return "recvonly";
        case sdp::Direction::kInactive:
            return "inactive";
    }
    return "sendrecv";
}

std::string list_of(const std::bitset<128>& payload_types) {
    if (payload_types.none()) {
        return {};
    }
    std::string text = " (negotiated:";
    for (std::size_t type = 0; type < payload_types.size(); ++type) {
        if (payload_types[type]) {
            text.append(" ").append(std::to_string(type));
        }
    }
    return text + ")";
}

std::string from_last_refused(const dataplane::FlowReading& flow, Drop reason) {
    const auto& last = flow.last_refused;
    return known(last.source) && last.reason == reason ? " from " + last.source.to_string() : "";
}

std::string last_refused(const dataplane::FlowReading& flow) {
    const auto& last = flow.last_refused;
    if (!known(last.source)) {
        return {};
    }
    return " (last " + last.source.to_string() + ", " +
           std::string(dataplane::name_of(last.reason)) + ")";
}

std::string not_sent_on(const MediaSide& sender) {
    const std::uint64_t held =
        sender.rtp.drops.of(Drop::rtp_held) + sender.rtp.drops.of(Drop::rtp_no_remote);
    return held == 0 ? "" : ": " + packets(held) + " not sent on";
}

std::string expected_of(const MediaSide& side) {
    return side.latch == LatchMode::kSignalling || side.latch == LatchMode::kSubnet
               ? "its signalling comes from " + side.signalling.to_string()
               : "its SDP said " + side.said;
}

std::string remedy_of(const MediaSide& side) {
    switch (side.latch) {
        case LatchMode::kOff:
            return side.nat ? "realm " + side.realm + " has latch = off"
                            : "behind a NAT, realm " + side.realm + " needs nat = true";
        case LatchMode::kPort:
            return "realm " + side.realm + " has latch = port: any port, but of that address";
        case LatchMode::kSubnet:
            return "realm " + side.realm + " has latch-ip = subnet";
        case LatchMode::kSignalling:
        case LatchMode::kAny:
            break;
    }
    return "a NAT must use one address for both";
}

std::string heard_at(const MediaSide& side) {
    return known(side.rtp.latched) ? side.rtp.latched.to_string() : side.said;
}

std::string explain_remote(const dataplane::FlowReading& flow) {
    const Endpoint& remote = known(flow.latched) ? flow.latched : flow.sending_to;
    if (flow.latch.cause == LatchCause::kNone) {
        const std::string to = known(remote) ? ", sending to " + remote.to_string() : "";
        return why(flow) + to;
    }
    std::string text = known(remote) ? remote.to_string() + ", " : "";
    text += why(flow) + ", " + seconds(flow.latch.ago) + " ago";
    if (known(flow.latch.before)) {
        text += " (before: " + flow.latch.before.to_string() + ")";
    }
    return text;
}

}  // namespace sallyport::call
