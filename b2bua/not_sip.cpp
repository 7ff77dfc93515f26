// SPDX-License-Identifier: Apache-2.0
#include "b2bua/not_sip.h"

#include "b2bua/sip/stun.h"

#include <algorithm>
#include <array>

namespace sallyport {
namespace {

/// CR, LF, NUL or SP, at most four octets: a NAT keepalive (B20).
bool is_keepalive(std::string_view payload) noexcept {
    constexpr std::size_t kMaxOctets = 4;
    return payload.size() <= kMaxOctets && std::all_of(payload.begin(), payload.end(), [](char c) {
               return c == '\r' || c == '\n' || c == '\0' || c == ' ';
           });
}

}  // namespace

bool NotSip::take(std::string_view payload, const Flow& flow, Moment now) {
    if (is_keepalive(payload)) {
        const bool known = parts_.registration.heard(flow, now) || is_peer(flow);
        (known ? parts_.counters.keepalives : parts_.counters.stray_keepalives).add();
        return true;
    }
    if (sip::may_be_sip(payload)) {
        return false;
    }
    answer_stun(payload, flow, now);
    return true;
}

void NotSip::answer_stun(std::string_view payload, const Flow& flow, Moment now) {
    std::array<char, sip::kStunAnswer> room;
    const auto answer = sip::answer_stun(payload, flow.remote, room);
    if (!answer) {
        parts_.counters.not_sip.add();
    } else if (!budget_.take(flow.remote.ip, now)) {
        parts_.counters.stun_withheld.add();
    } else {
        (void)parts_.sender.send(flow, *answer);
        parts_.counters.stun_answered.add();
    }
}

bool NotSip::is_peer(const Flow& flow) const {
    const auto& peers = parts_.config.peers;
    return std::any_of(peers.begin(), peers.end(), [&](const Peer& peer) {
        return peer.realm == flow.realm && peer.address == flow.remote;
    });
}

}  // namespace sallyport
