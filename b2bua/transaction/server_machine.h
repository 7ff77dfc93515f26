// SPDX-License-Identifier: Apache-2.0
// The server transactions of RFC 3261 s.17.2 as tables: INVITE (s.17.2.1 with the Accepted state of
// RFC 6026 s.7.1) and non-INVITE (s.17.2.2 with RFC 4320 s.4). Pure values; Servers carries out the
// actions and owns the transactions.
#pragma once

#include "b2bua/transaction/machine.h"

#include <cstdint>

namespace sallyport::transaction {

enum class ServerState : std::uint8_t {
    kTrying,      // not INVITE: nothing sent yet
    kProceeding,  // 1xx sent; an INVITE starts here, its 100 goes out at once (C3)
    kCompleted,   // final response sent; for INVITE a 3xx-6xx that waits for its ACK
    kConfirmed,   // the ACK came; absorbs more of them
    kAccepted,    // 2xx to INVITE sent (RFC 6026)
    kAbandoned,   // there will be no answer (RFC 4320 s.4.2); absorbs retransmissions
    kTerminated,
    kStateCount,
};

enum class ServerEvent : std::uint8_t {
    kRequest,  // retransmitted
    kAck,
    kProvisional,  // from the user
    kSuccess,      // from the user
    kRejection,    // 3xx-6xx from the user
    kAbandon,      // from the user
    kTryingTimer,  // 3.5 s after a non-INVITE request (C5)
    kTimerG,
    kTimerH,
    kTimerI,
    kTimerJ,
    kTimerL,
    kEventCount,
};

enum class ServerAct : std::uint8_t {
    kSend,        // the user's response
    kKeep,        // and store it for retransmission
    kResend,      // the stored response, byte for byte; nothing when there is none
    kSendTrying,  // a 100 of our own, stored
    kBackOff,     // arm G for the next interval
    kStop,        // disarm both timers
    kArmG,        // unreliable transports only
    kArmH,
    kArmI,
    kArmJ,
    kArmL,
    kTellAck,
    kNoteNoAck,       // count
    kNoteUnanswered,  // count
};

using ServerRow = Row<ServerState, ServerEvent, ServerAct>;
using ServerTable = Table<ServerState, ServerEvent, ServerAct>;
using ServerActs = ActSet<ServerAct>;

namespace server_rows {

using enum ServerState;
using enum ServerEvent;
using enum ServerAct;

// clang-format off
inline constexpr ServerRow kInviteRows[] = {
    // RFC 3261 s.17.2.1: the last provisional response again (C9)
    {kProceeding, kRequest, kProceeding, kResend},
    // RFC 3261 s.17.2.1: the user's 101-199, kept in place of the one before
    {kProceeding, kProvisional, kProceeding, ServerActs(kSend) | kKeep},
    // RFC 6026 s.7.1: from here the user retransmits the 2xx (E-R2); L bounds the wait for its ACK
    {kProceeding, kSuccess, kAccepted, ServerActs(kSend) | kStop | kArmL},
    // RFC 3261 s.17.2.1: G repeats it, H bounds the wait for the ACK
    {kProceeding, kRejection, kCompleted, ServerActs(kSend) | kKeep | kStop | kArmG | kArmH},
    // No section: the user gives up without an answer; the INVITE must not come up as a new call
    {kProceeding, kAbandon, kAbandoned, ServerActs(kStop) | kArmL | kNoteUnanswered},

    // RFC 3261 s.17.2.1. deviates: a refused send does not end the transaction, G and H do; else
    // the peer's next retransmission of the INVITE would be a new call.
    {kCompleted, kRequest, kCompleted, kResend},
    // RFC 3261 s.17.2.1: doubling up to T2
    {kCompleted, kTimerG, kCompleted, ServerActs(kResend) | kBackOff},
    // RFC 3261 s.17.2.1: nothing is repeated any more
    {kCompleted, kAck, kConfirmed, ServerActs(kStop) | kArmI},
    // RFC 3261 s.17.2.1: no ACK for 64*T1
    {kCompleted, kTimerH, kTerminated, kNoteNoAck},

    // RFC 3261 s.17.2.1: I absorbs what is still on its way
    {kConfirmed, kRequest, kConfirmed, {}},
    {kConfirmed, kAck, kConfirmed, {}},
    {kConfirmed, kTimerI, kTerminated, {}},

    // RFC 6026 s.7.1: absorbed, nothing sent
    {kAccepted, kRequest, kAccepted, {}},
    // RFC 6026 s.7.1: every ACK goes to the user
    {kAccepted, kAck, kAccepted, kTellAck},
    // RFC 6026 s.7.1: long enough for the last retransmission of the INVITE
    {kAccepted, kTimerL, kTerminated, {}},

    // As RFC 6026 s.7.1 for Accepted
    {kAbandoned, kRequest, kAbandoned, {}},
    {kAbandoned, kTimerL, kTerminated, {}},
};

inline constexpr ServerRow kOtherRows[] = {
    // RFC 3261 s.17.2.2: absorbed, there is nothing to repeat
    {kTrying, kRequest, kTrying, {}},
    // RFC 4320 s.4.1: not before the client's timer E has reached T2 (C5)
    {kTrying, kTryingTimer, kProceeding, kSendTrying},
    // RFC 3261 s.17.2.2: a 100 from the user
    {kTrying, kProvisional, kProceeding, ServerActs(kSend) | kKeep},
    // RFC 3261 s.17.2.2: kept for retransmissions until J
    {kTrying, kSuccess, kCompleted, ServerActs(kSend) | kKeep | kStop | kArmJ},
    {kTrying, kRejection, kCompleted, ServerActs(kSend) | kKeep | kStop | kArmJ},
    // RFC 4320 s.4.2: the far leg timed out, no answer (C5)
    {kTrying, kAbandon, kAbandoned, ServerActs(kStop) | kArmJ | kNoteUnanswered},
    // RFC 4320 s.4.2: too late for any answer, the client has given up; its last retransmissions
    // are still absorbed
    {kTrying, kTimerJ, kAbandoned, ServerActs(kStop) | kArmJ | kNoteUnanswered},

    // RFC 3261 s.17.2.2: the last provisional response again
    {kProceeding, kRequest, kProceeding, kResend},
    // RFC 3261 s.17.2.2: all as in Trying
    {kProceeding, kProvisional, kProceeding, ServerActs(kSend) | kKeep},
    {kProceeding, kSuccess, kCompleted, ServerActs(kSend) | kKeep | kStop | kArmJ},
    {kProceeding, kRejection, kCompleted, ServerActs(kSend) | kKeep | kStop | kArmJ},
    // RFC 4320 s.4.2: both as in Trying
    {kProceeding, kAbandon, kAbandoned, ServerActs(kStop) | kArmJ | kNoteUnanswered},
    {kProceeding, kTimerJ, kAbandoned, ServerActs(kStop) | kArmJ | kNoteUnanswered},

    // RFC 3261 s.17.2.2: the final response again, from here (C22)
    {kCompleted, kRequest, kCompleted, kResend},
    // RFC 3261 s.17.2.2
    {kCompleted, kTimerJ, kTerminated, {}},

    // RFC 4320 s.4.2 with the times of RFC 3261 s.17.2.2
    {kAbandoned, kRequest, kAbandoned, {}},
    {kAbandoned, kTimerJ, kTerminated, {}},
};
// clang-format on

}  // namespace server_rows

inline constexpr ServerTable kInviteServer = expand(server_rows::kInviteRows);
inline constexpr ServerTable kOtherServer = expand(server_rows::kOtherRows);

}  // namespace sallyport::transaction
