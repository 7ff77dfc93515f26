// SPDX-License-Identifier: Apache-2.0
// The latch as a table: what is known of the flow, what comes, what is decided. Legal rows and
// illegal rows.
#include "dataplane/latch.h"

#include "dataplane/flow.h"
#include "tests/unit/dataplane/media/latch_scene.h"

#include <gtest/gtest.h>

namespace sallyport::dataplane {
namespace {

using namespace test;

class Latch : public testing::TestWithParam<Row> {};

TEST_P(Latch, Decides) {
    expect_verdict(GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    PendingOffer, Latch,
    testing::Values(Row{"B2BUA_E7_AnnouncedIsHeardBesideTheLocked",
                        with(locked, [](Scene& s) { s.rules.announced = s.packet.source = kOld; }),
                        Act::kAcceptPrevious},
                    Row{"B2BUA_E7_AnnouncedDoesNotLatch",
                        with(window, [](Scene& s) { s.rules.announced = s.packet.source = kOld; }),
                        Act::kAcceptPrevious}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(SharedPort, Latch,
                         testing::Values(Row{"B2BUA_G8_OpenWindow", with(window, kOthers),
                                             Act::kDrop, Drop::rtp_other_branch},
                                         Row{"B2BUA_G8_Locked", with(moved, kOthers), Act::kDrop,
                                             Drop::rtp_other_branch},
                                         Row{"B2BUA_G8_OwnSdpAddressIsNeverAnothers",
                                             with(with(window, kOthers),
                                                  [](Scene& s) {
                                                      s.rules.mode = LatchMode::kAny;
                                                      s.packet.source = kSdp;
                                                  }),
                                             Act::kLatch}),
                         [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    OpenWindow, Latch,
    testing::Values(
        Row{"B2BUA_G4_FirstFromSignallingSource", window, Act::kLatch},
        Row{"B2BUA_G4_AnyPortOfSignallingSource",
            with(window, [](Scene& s) { s.packet.source.port = Port{1}; }), Act::kLatch},
        Row{"B2BUA_G4_OtherIp", with(window, [](Scene& s) { s.packet.source = kStranger; }),
            Act::kDrop},
        Row{"B2BUA_G4_SdpAddressIsNotSignallingSource",
            with(window, [](Scene& s) { s.packet.source = kSdp; }), Act::kDrop},
        Row{"B2BUA_G4_InvalidPacket", with(window, [](Scene& s) { s.packet.valid = false; }),
            Act::kDrop, Drop::rtp_malformed},
        Row{"B2BUA_G4_PayloadTypeNotNegotiated",
            with(window, [](Scene& s) { s.packet.facts.payload_type = 18; }), Act::kDrop,
            Drop::rtp_payload_type},
        Row{"B2BUA_G4_TelephoneEvent",
            with(window, [](Scene& s) { s.packet.facts.payload_type = 101; }), Act::kLatch},
        Row{"B2BUA_G4_ComfortNoise",
            with(window, [](Scene& s) { s.packet.facts.payload_type = 13; }), Act::kLatch},
        Row{"B2BUA_G4_NoTypesKnown_AnyType",
            with(window,
                 [](Scene& s) {
                     s.rules.payload_types.reset();
                     s.packet.facts.payload_type = 18;
                 }),
            Act::kLatch},
        Row{"B2BUA_G4_StrangerWithWrongTypeIsAStranger",
            with(window,
                 [](Scene& s) {
                     s.packet.source = kStranger;
                     s.packet.facts.payload_type = 18;
                 }),
            Act::kDrop},
        Row{"B2BUA_G9_FormerSourceIsNotHeard", with(window, former_source), Act::kDrop,
            Drop::rtp_former_source},
        Row{"B2BUA_G9_FormerSourceOfTheSameIpIsHeard",
            with(window,
                 [](Scene& s) {
                     s.rules.former = kNat;
                     s.rules.former_until_ms = kNow + 1;
                 }),
            Act::kLatch},
        Row{"B2BUA_G9_FormerSourceThatItsSdpNames",
            with(window,
                 [](Scene& s) {
                     former_source(s);
                     s.rules.sdp = kStranger;
                 }),
            Act::kLatch},
        Row{"B2BUA_G4_BeforeSignalling", with(window, [](Scene& s) { s.rules.sdp = {}; }),
            Act::kDrop, Drop::rtp_not_ready},
        Row{"B2BUA_G4_OpaqueHasNoType",
            with(window,
                 [](Scene& s) {
                     s.rules.payload = Payload::kOpaque;
                     s.packet.kind = MediaKind::kOpaque;
                 }),
            Act::kLatch},
        Row{"AnotherWorkerIsAtIt", with(window, [](Scene& s) { s.state = LatchState::kClaiming; }),
            Act::kDrop, Drop::rtp_latch_busy},
        Row{"B2BUA_G3_Off_NothingIsLearned", with(window, kOff), Act::kDrop},
        Row{"B2BUA_G4_Any_StrangerInTime",
            with(window,
                 [](Scene& s) {
                     kAny(s);
                     s.packet.source = kStranger;
                 }),
            Act::kLatch},
        Row{"B2BUA_G4_Any_LastMoment",
            with(window,
                 [](Scene& s) {
                     kAny(s);
                     s.rules.opened_ms = kNow - 30'000;
                 }),
            Act::kLatch},
        Row{"B2BUA_G4_Any_TooLate",
            with(window,
                 [](Scene& s) {
                     kAny(s);
                     s.rules.opened_ms = kNow - 30'001;
                 }),
            Act::kDrop, Drop::rtp_latch_late},
        Row{"B2BUA_G4_Any_SdpAddressIsNeverLate",
            with(window,
                 [](Scene& s) {
                     kAny(s);
                     s.rules.opened_ms = 0;
                     s.packet.source = kSdp;
                 }),
            Act::kLatch}),
    [](const auto& row) { return std::string(row.param.name); });

const auto kReopened = [](Scene& s) {
    s.previous_heard = true;
    s.rules.previous = kOld;
};

INSTANTIATE_TEST_SUITE_P(ChangedSdp, Latch,
                         testing::Values(Row{"B2BUA_G7_OldSourceIsHeardAndLocksNothing",
                                             with(window,
                                                  [](Scene& s) {
                                                      kReopened(s);
                                                      s.packet.source = kOld;
                                                  }),
                                             Act::kAcceptPrevious},
                                         Row{"B2BUA_G7_OldSourceNeedsNoValidType",
                                             with(window,
                                                  [](Scene& s) {
                                                      kReopened(s);
                                                      s.packet.source = kOld;
                                                      s.packet.facts.payload_type = 18;
                                                  }),
                                             Act::kAcceptPrevious},
                                         Row{"B2BUA_G7_NewSourceLocks", with(window, kReopened),
                                             Act::kLatch},
                                         Row{"B2BUA_G7_OldSourceIsTheNewSdpAddress",
                                             with(window,
                                                  [](Scene& s) {
                                                      kReopened(s);
                                                      s.rules.previous = kNat;
                                                      s.rules.sdp = kNat;
                                                  }),
                                             Act::kLatch},
                                         Row{"B2BUA_G7_OldSourceForgotten",
                                             with(window,
                                                  [](Scene& s) {
                                                      s.rules.previous = kOld;
                                                      s.packet.source = kOld;
                                                  }),
                                             Act::kDrop},
                                         Row{"B2BUA_G7_Trunk_OldSourceUntilNewSpeaks",
                                             with(locked,
                                                  [](Scene& s) {
                                                      kOff(s);
                                                      kReopened(s);
                                                      s.packet.source = kOld;
                                                  }),
                                             Act::kAcceptPrevious},
                                         Row{"B2BUA_E11_HeldTrunkWithoutAddressMayStillSpeak",
                                             with(window,
                                                  [](Scene& s) {
                                                      kOff(s);
                                                      kReopened(s);
                                                      s.packet.source = kOld;
                                                  }),
                                             Act::kAcceptPrevious}),
                         [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Locked, Latch,
    testing::Values(
        Row{"B2BUA_G5_LockedSource", locked, Act::kAccept},
        Row{"B2BUA_G5_LockedSourceMayChangeType",
            with(locked, [](Scene& s) { s.packet.facts.payload_type = 18; }), Act::kAccept},
        Row{"B2BUA_G5_LockedSourceMayChangeSsrc",
            with(locked, [](Scene& s) { s.packet.facts.ssrc = 1; }), Act::kAccept},
        Row{"B2BUA_G5_OtherPort", with(locked, [](Scene& s) { s.packet.source = kNatMoved; }),
            Act::kDrop},
        Row{"B2BUA_G5_OtherIp", with(locked, [](Scene& s) { s.packet.source = kStranger; }),
            Act::kDrop},
        Row{"B2BUA_G7_Rebinding", moved, Act::kRebind},
        Row{"B2BUA_G7_Rebinding_TooSoon",
            with(moved, [](Scene& s) { s.last_seen_ms = kNow - 1999; }), Act::kDrop},
        Row{"B2BUA_G7_Rebinding_OtherIp",
            with(moved, [](Scene& s) { s.packet.source = kStranger; }), Act::kDrop},
        Row{"B2BUA_G7_Rebinding_OtherSsrc", with(moved, [](Scene& s) { s.packet.facts.ssrc = 1; }),
            Act::kDrop},
        Row{"B2BUA_G7_Rebinding_NothingHeardBefore", with(moved, [](Scene& s) { s.evidence = {}; }),
            Act::kDrop},
        Row{"B2BUA_G7_Rebinding_3000Ahead",
            with(moved, [](Scene& s) { s.packet.facts.sequence = 3099; }), Act::kRebind},
        Row{"B2BUA_G7_Rebinding_3001Ahead",
            with(moved, [](Scene& s) { s.packet.facts.sequence = 3100; }), Act::kDrop},
        Row{"B2BUA_G7_Rebinding_3000BehindAcrossZero",
            with(moved,
                 [](Scene& s) { s.packet.facts.sequence = static_cast<std::uint16_t>(99 - 3000); }),
            Act::kRebind},
        Row{"B2BUA_G7_Rebinding_3001Behind",
            with(moved,
                 [](Scene& s) { s.packet.facts.sequence = static_cast<std::uint16_t>(99 - 3001); }),
            Act::kDrop},
        Row{"B2BUA_G7_Rebinding_Invalid", with(moved, [](Scene& s) { s.packet.valid = false; }),
            Act::kDrop},
        Row{"B2BUA_G7_Rebinding_NotOnATrunk", with(moved, kOff), Act::kDrop},
        Row{"B2BUA_G7_Rebinding_NotByOpaque",
            with(moved,
                 [](Scene& s) {
                     s.packet.kind = MediaKind::kOpaque;
                     s.packet.facts = {};
                     s.evidence = {0, 0, true};
                 }),
            Act::kDrop},
        Row{"B2BUA_G6_Rebinding_NotByMultiplexedRtcp",
            with(moved, [](Scene& s) { s.packet.kind = MediaKind::kRtcp; }), Act::kDrop}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Rtcp, Latch,
    testing::Values(Row{"B2BUA_G6_AfterRtpFromItsIp",
                        with(rtcp_window, [](Scene& s) { s.rtp_ip = kNat.ip; }), Act::kLatch},
                    Row{"B2BUA_G6_AfterRtpFromAnotherIp",
                        with(rtcp_window, [](Scene& s) { s.rtp_ip = kStranger.ip; }), Act::kDrop},
                    Row{"B2BUA_G6_BeforeRtpFromSignallingSource", rtcp_window, Act::kLatch},
                    Row{"B2BUA_G6_BeforeRtpFromStranger",
                        with(rtcp_window, [](Scene& s) { s.packet.source = kStranger; }),
                        Act::kDrop},
                    Row{"B2BUA_G6_NotCompound",
                        with(rtcp_window, [](Scene& s) { s.packet.valid = false; }), Act::kDrop,
                        Drop::rtp_malformed},
                    Row{"B2BUA_G6_Any_BeforeRtp", with(rtcp_window, kAny), Act::kDrop},
                    Row{"B2BUA_G6_Any_AfterRtp",
                        with(rtcp_window,
                             [](Scene& s) {
                                 kAny(s);
                                 s.rtp_ip = kNat.ip;
                             }),
                        Act::kLatch},
                    Row{"B2BUA_G6_Any_AfterRtp_LongAfterTheChange",
                        with(rtcp_window,
                             [](Scene& s) {
                                 kAny(s);
                                 s.rtp_ip = kNat.ip;
                                 s.rules.opened_ms = 0;
                             }),
                        Act::kLatch},
                    Row{"B2BUA_G7_RebindingWithoutSequence",
                        with(moved,
                             [](Scene& s) {
                                 s.rules.component = Component::kRtcp;
                                 s.packet.kind = MediaKind::kRtcp;
                                 s.packet.facts = {0xabcd, 0, 0};
                             }),
                        Act::kRebind}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(LatchWord, PacksAndUnpacksEveryCombination) {
    for (const auto state : {LatchState::kOpen, LatchState::kClaiming, LatchState::kLocked}) {
        for (int flags = 0; flags < 4; ++flags) {
            const LatchWord word{Port{65535}, state, (flags & 1) != 0, (flags & 2) != 0};
            const LatchWord back = LatchWord::unpack(word.pack());
            EXPECT_EQ(back.pack(), word.pack());
            EXPECT_EQ(back.port, word.port);
            EXPECT_EQ(back.heard, word.heard);
            EXPECT_EQ(back.previous_heard, word.previous_heard);
            const bool settled = state == LatchState::kLocked && flags == 1;
            EXPECT_EQ(word.pack() >> 16 == kSettled, settled);
        }
    }
}

TEST(AddressWords, KeepBothFamilies) {
    for (const char* text : {"192.0.2.1", "2001:db8::dead:beef"}) {
        const IpAddr ip = IpAddr::parse(text).value();
        EXPECT_EQ(AddressWords::of(ip).to_ip(ip.family()), ip);
        EXPECT_EQ(AddressWords::of(ip.octets().data(), ip.family()), AddressWords::of(ip));
    }
}

}  // namespace
}  // namespace sallyport::dataplane
