// SPDX-License-Identifier: Apache-2.0
// What relays report reaches the counters and the journal (B2BUA-G4, G7).
#include "tests/unit/b2bua/call/scenario.h"

namespace sallyport::call {
namespace {

using dataplane::Component;
using dataplane::LatchCause;
using dataplane::RelayEvent;

class RelayEventScenario : public Scenario {
protected:
    void happen(const RelayEvent& event) {
        gate.relays().happen(event);
        run(Millis{200});
    }
    RelayEvent moved(dataplane::RelayId relay, LatchCause cause,
                     Component component = Component::kRtp) {
        return {relay,
                Side::kA,
                component,
                RelayEvent::Kind::kRelatched,
                at("10.10.0.5", 4002),
                cause,
                at("10.10.0.5", 4000)};
    }
    std::string ids() {
        return "call media a-call-id=" + alice.call_id +
               " b-call-id=" + header(bob.got("INVITE"), "Call-ID");
    }
};

TEST_F(RelayEventScenario, B2BUA_G7_nat_that_moved_a_phone_is_in_the_journal) {
    establish();
    const std::string call = ids();
    const auto relay = gate.relays().ids().at(0);
    happen(moved(relay, LatchCause::kRebinding));
    EXPECT_EQ(gate.journal().back(),
              call +
                  " m-line 1: the NAT of A (inside) moved its media from 10.10.0.5:4000 to "
                  "10.10.0.5:4002");
    happen(moved(relay, LatchCause::kSignalling));
    EXPECT_EQ(gate.journal().back(),
              call +
                  " m-line 1: after its new SDP the media of A (inside) moved from "
                  "10.10.0.5:4000 to 10.10.0.5:4002");
    happen(moved(relay, LatchCause::kMobility));
    EXPECT_EQ(gate.journal().back(),
              call +
                  " m-line 1: A (inside) went on from another address, its media moved from "
                  "10.10.0.5:4000 to 10.10.0.5:4002");
    EXPECT_EQ(gate.counters().media_relatched.read(), 3U);
    hang_up();
}

TEST_F(RelayEventScenario, B2BUA_G4_latches_and_rtcp_are_counted_only) {
    establish();
    const auto relay = gate.relays().ids().at(0);
    const std::size_t lines = gate.journal().size();
    happen({relay, Side::kA, Component::kRtp, RelayEvent::Kind::kLatched, at("10.10.0.5", 4000)});
    happen(
        {relay, Side::kA, Component::kRtp, RelayEvent::Kind::kFirstMedia, at("10.10.0.5", 4000)});
    happen(moved(relay, LatchCause::kRebinding, Component::kRtcp));
    EXPECT_EQ(gate.counters().media_latched.read(), 1U);
    EXPECT_EQ(gate.counters().media_relatched.read(), 1U);
    EXPECT_EQ(gate.journal().size(), lines);
    hang_up();
}

TEST_F(RelayEventScenario, events_of_a_relay_that_is_gone_name_no_call) {
    establish();
    const auto relay = gate.relays().ids().at(0);
    hang_up();
    const std::size_t lines = gate.journal().size();
    happen(moved(relay, LatchCause::kRebinding));
    EXPECT_EQ(gate.journal().size(), lines);
    EXPECT_EQ(gate.counters().media_relatched.read(), 1U);
}

TEST_F(RelayEventScenario, more_events_than_are_read_at_once) {
    establish();
    const auto relay = gate.relays().ids().at(0);
    for (int i = 0; i < 200; ++i) {
        gate.relays().happen({relay, Side::kB, Component::kRtp, RelayEvent::Kind::kLatched, {}});
    }
    run(Millis{200});
    EXPECT_EQ(gate.counters().media_latched.read(), 200U);
    hang_up();
}

TEST_F(RelayEventScenario, B2BUA_E12_relay_of_an_early_dialog_names_its_call) {
    invite();
    for (const char* tag : {"b1", "b2"}) {
        bob.say(bob.response(bob.got("INVITE"), "183 Session Progress", tag, {},
                             sdp("10.20.0.2", 6000)));
        turn();
    }
    ASSERT_EQ(gate.relays().ids().size(), 2U);
    for (const auto relay : gate.relays().ids()) {
        happen(moved(relay, LatchCause::kRebinding));
        EXPECT_NE(gate.journal().back().find(ids()), std::string::npos) << gate.journal().back();
    }
    bob.say(bob.response(bob.got("INVITE"), "486 Busy Here", "b1"));
    turn();
}

}  // namespace
}  // namespace sallyport::call
