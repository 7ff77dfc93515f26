// SPDX-License-Identifier: Apache-2.0
// The tables themselves: every legal pair of state and event leads where the RFC's figure says,
// every other pair is empty.
#include "b2bua/transaction/client_machine.h"
#include "b2bua/transaction/server_machine.h"

#include <gtest/gtest.h>

#include <map>
#include <utility>

namespace sallyport::transaction {
namespace {

template <class State, class Event>
using Legal = std::map<std::pair<State, Event>, State>;

template <class State, class Event, class Act>
void expect_exactly(const Table<State, Event, Act>& table, const Legal<State, Event>& legal) {
    std::size_t found = 0;
    for (std::size_t s = 0; s < Table<State, Event, Act>::kStates; ++s) {
        for (std::size_t e = 0; e < Table<State, Event, Act>::kEvents; ++e) {
            const auto pair = std::pair(static_cast<State>(s), static_cast<Event>(e));
            const auto& cell = table.at(pair.first, pair.second);
            const auto expected = legal.find(pair);
            ASSERT_EQ(cell.legal, expected != legal.end()) << "state " << s << " event " << e;
            if (cell.legal) {
                EXPECT_EQ(cell.to, expected->second) << "state " << s << " event " << e;
                ++found;
            } else {
                EXPECT_EQ(cell.acts.bits, 0U);
            }
        }
    }
    EXPECT_EQ(found, legal.size());
}

using CS = ClientState;
using CE = ClientEvent;
using SS = ServerState;
using SE = ServerEvent;

TEST(Machine, RFC3261_figure_5_with_RFC6026_invite_client) {
    expect_exactly(kInviteClient, Legal<CS, CE>{
                                      {{CS::kCalling, CE::kTimerA}, CS::kCalling},
                                      {{CS::kCalling, CE::kTimerB}, CS::kGivenUp},
                                      {{CS::kCalling, CE::kTransportError}, CS::kTerminated},
                                      {{CS::kCalling, CE::kCancel}, CS::kCalling},
                                      {{CS::kCalling, CE::kProvisional}, CS::kProceeding},
                                      {{CS::kCalling, CE::kSuccess}, CS::kAccepted},
                                      {{CS::kCalling, CE::kRejection}, CS::kCompleted},
                                      {{CS::kProceeding, CE::kProvisional}, CS::kProceeding},
                                      {{CS::kProceeding, CE::kSuccess}, CS::kAccepted},
                                      {{CS::kProceeding, CE::kRejection}, CS::kCompleted},
                                      {{CS::kProceeding, CE::kCancel}, CS::kProceeding},
                                      {{CS::kProceeding, CE::kTimerC}, CS::kProceeding},
                                      {{CS::kProceeding, CE::kCancelWait}, CS::kGivenUp},
                                      {{CS::kCompleted, CE::kRejection}, CS::kCompleted},
                                      {{CS::kCompleted, CE::kSuccess}, CS::kCompleted},
                                      {{CS::kCompleted, CE::kTimerD}, CS::kTerminated},
                                      {{CS::kAccepted, CE::kSuccess}, CS::kAccepted},
                                      {{CS::kAccepted, CE::kRejection}, CS::kAccepted},
                                      {{CS::kAccepted, CE::kTimerM}, CS::kTerminated},
                                      {{CS::kGivenUp, CE::kProvisional}, CS::kGivenUp},
                                      {{CS::kGivenUp, CE::kSuccess}, CS::kGivenUp},
                                      {{CS::kGivenUp, CE::kRejection}, CS::kGivenUp},
                                      {{CS::kGivenUp, CE::kTimerM}, CS::kTerminated},
                                      {{CS::kGivenUp, CE::kCancelWait}, CS::kTerminated},
                                  });
}

TEST(Machine, RFC3261_figure_6_other_client) {
    expect_exactly(kOtherClient, Legal<CS, CE>{
                                     {{CS::kTrying, CE::kTimerE}, CS::kTrying},
                                     {{CS::kTrying, CE::kTimerF}, CS::kTerminated},
                                     {{CS::kTrying, CE::kTransportError}, CS::kTerminated},
                                     {{CS::kTrying, CE::kProvisional}, CS::kProceeding},
                                     {{CS::kTrying, CE::kSuccess}, CS::kCompleted},
                                     {{CS::kTrying, CE::kRejection}, CS::kCompleted},
                                     {{CS::kProceeding, CE::kTimerE}, CS::kProceeding},
                                     {{CS::kProceeding, CE::kTimerF}, CS::kTerminated},
                                     {{CS::kProceeding, CE::kTransportError}, CS::kTerminated},
                                     {{CS::kProceeding, CE::kProvisional}, CS::kProceeding},
                                     {{CS::kProceeding, CE::kSuccess}, CS::kCompleted},
                                     {{CS::kProceeding, CE::kRejection}, CS::kCompleted},
                                     {{CS::kCompleted, CE::kTimerK}, CS::kTerminated},
                                 });
}

TEST(Machine, RFC3261_figure_7_with_RFC6026_invite_server) {
    expect_exactly(kInviteServer, Legal<SS, SE>{
                                      {{SS::kProceeding, SE::kRequest}, SS::kProceeding},
                                      {{SS::kProceeding, SE::kProvisional}, SS::kProceeding},
                                      {{SS::kProceeding, SE::kSuccess}, SS::kAccepted},
                                      {{SS::kProceeding, SE::kRejection}, SS::kCompleted},
                                      {{SS::kProceeding, SE::kAbandon}, SS::kAbandoned},
                                      {{SS::kCompleted, SE::kRequest}, SS::kCompleted},
                                      {{SS::kCompleted, SE::kTimerG}, SS::kCompleted},
                                      {{SS::kCompleted, SE::kAck}, SS::kConfirmed},
                                      {{SS::kCompleted, SE::kTimerH}, SS::kTerminated},
                                      {{SS::kConfirmed, SE::kRequest}, SS::kConfirmed},
                                      {{SS::kConfirmed, SE::kAck}, SS::kConfirmed},
                                      {{SS::kConfirmed, SE::kTimerI}, SS::kTerminated},
                                      {{SS::kAccepted, SE::kRequest}, SS::kAccepted},
                                      {{SS::kAccepted, SE::kAck}, SS::kAccepted},
                                      {{SS::kAccepted, SE::kTimerL}, SS::kTerminated},
                                      {{SS::kAbandoned, SE::kRequest}, SS::kAbandoned},
                                      {{SS::kAbandoned, SE::kTimerL}, SS::kTerminated},
                                  });
}

TEST(Machine, RFC3261_figure_8_with_RFC4320_other_server) {
    expect_exactly(kOtherServer, Legal<SS, SE>{
                                     {{SS::kTrying, SE::kRequest}, SS::kTrying},
                                     {{SS::kTrying, SE::kTryingTimer}, SS::kProceeding},
                                     {{SS::kTrying, SE::kProvisional}, SS::kProceeding},
                                     {{SS::kTrying, SE::kSuccess}, SS::kCompleted},
                                     {{SS::kTrying, SE::kRejection}, SS::kCompleted},
                                     {{SS::kTrying, SE::kAbandon}, SS::kAbandoned},
                                     {{SS::kTrying, SE::kTimerJ}, SS::kAbandoned},
                                     {{SS::kProceeding, SE::kRequest}, SS::kProceeding},
                                     {{SS::kProceeding, SE::kProvisional}, SS::kProceeding},
                                     {{SS::kProceeding, SE::kSuccess}, SS::kCompleted},
                                     {{SS::kProceeding, SE::kRejection}, SS::kCompleted},
                                     {{SS::kProceeding, SE::kAbandon}, SS::kAbandoned},
                                     {{SS::kProceeding, SE::kTimerJ}, SS::kAbandoned},
                                     {{SS::kCompleted, SE::kRequest}, SS::kCompleted},
                                     {{SS::kCompleted, SE::kTimerJ}, SS::kTerminated},
                                     {{SS::kAbandoned, SE::kRequest}, SS::kAbandoned},
                                     {{SS::kAbandoned, SE::kTimerJ}, SS::kTerminated},
                                 });
}

}  // namespace
}  // namespace sallyport::transaction
