// SPDX-License-Identifier: Apache-2.0
// Rows for the latch table: what is known of the flow, what comes, what is decided.
#pragma once

#include "dataplane/latch.h"
#include "tests/unit/dataplane/media/wire.h"

#include <gtest/gtest.h>

#include <functional>

namespace sallyport::dataplane::test {

using Act = LatchVerdict::Act;

inline constexpr std::uint64_t kNow = 1'000'000;
inline const Endpoint kSdp = endpoint("192.168.1.10", 4000);
inline const Endpoint kNat = endpoint("203.0.113.5", 61000);
inline const Endpoint kNatMoved = endpoint("203.0.113.5", 61777);
inline const Endpoint kStranger = endpoint("198.51.100.66", 4000);
inline const Endpoint kOld = endpoint("203.0.113.9", 5000);

struct Scene {
    FlowRules rules;
    LatchState state{LatchState::kOpen};
    bool previous_heard{false};
    Endpoint locked;
    LatchEvidence evidence;
    std::uint64_t last_seen_ms{0};
    IpAddr rtp_ip;
    bool of_other_branch{false};
    LatchCandidate candidate{};
    LatchPacket packet;
};

/// A window of a phone behind NAT, and an RTP packet from its NAT.
inline Scene window() {
    Scene s;
    s.rules.sdp = kSdp;
    s.rules.mode = LatchMode::kSignalling;
    s.rules.signalling_source = kNat.ip;
    s.rules.payload_types.set(0).set(101);
    s.rules.opened_ms = kNow - 100;
    s.packet = {kNat, MediaKind::kRtp, true, {0xabcd, 100, 0}};
    return s;
}

/// The same after it latched; the last packet was 20 ms ago.
inline Scene locked() {
    Scene s = window();
    s.state = LatchState::kLocked;
    s.locked = kNat;
    s.evidence = {0xabcd, 99, true};
    s.last_seen_ms = kNow - 20;
    return s;
}

/// Locked, silent for two seconds, and the same sender comes from another port of its NAT.
inline Scene moved() {
    Scene s = locked();
    s.last_seen_ms = kNow - 2000;
    s.packet.source = kNatMoved;
    return s;
}

inline Scene rtcp_window() {
    Scene s = window();
    s.rules.component = Component::kRtcp;
    s.packet = {kNat, MediaKind::kRtcp, true, {0xabcd, 0, 0}};
    return s;
}

/// Anybody may latch, and this one was heard at the port in the call before.
inline void former_source(Scene& s) {
    s.rules.mode = LatchMode::kAny;
    s.rules.former = s.packet.source = kStranger;
    s.rules.former_until_ms = kNow + 1;
}

struct Row {
    const char* name;
    std::function<Scene()> scene;
    Act act;
    Drop drop{Drop::rtp_wrong_source};
};

/// A scene with a change to it.
template <class Base, class Change>
std::function<Scene()> with(Base base, Change change) {
    return [=] {
        Scene s = base();
        change(s);
        return s;
    };
}

/// Refusals have their reason, too.
inline void expect_verdict(const Row& row) {
    const Scene s = row.scene();
    const LatchQuestion q{s.state,  s.previous_heard,  s.locked,    s.evidence, s.last_seen_ms,
                          s.rtp_ip, s.of_other_branch, s.candidate, s.rules};
    const LatchVerdict verdict = decide(q, s.packet, kNow);
    EXPECT_EQ(static_cast<int>(verdict.act), static_cast<int>(row.act));
    EXPECT_EQ(name_of(verdict.drop), name_of(row.drop));
}

inline const auto kOff = [](Scene& s) { s.rules.mode = LatchMode::kOff; };
inline const auto kAny = [](Scene& s) { s.rules.mode = LatchMode::kAny; };
inline const auto kOthers = [](Scene& s) { s.of_other_branch = true; };

}  // namespace sallyport::dataplane::test
