// SPDX-License-Identifier: Apache-2.0
// The client transactions of RFC 3261 s.17.1 as tables: INVITE (s.17.1.1 with the Accepted state of
// RFC 6026 s.7.2, with timer C of s.16.8 and the wait after a CANCEL of s.9.1) and non-INVITE
// (s.17.1.2). Pure values; Clients carries out the actions and owns the transactions.
#pragma once

#include "b2bua/transaction/machine.h"

#include <cstdint>
#include <string_view>

namespace sallyport::transaction {

enum class ClientState : std::uint8_t {
    kCalling,     // INVITE sent
    kTrying,      // another request sent
    kProceeding,  // 1xx received
    kCompleted,   // final response received; for INVITE a 3xx-6xx
    kAccepted,    // 2xx to INVITE received (RFC 6026)
    kGivenUp,     // INVITE: the user was told that nobody answered; what comes late is turned away
    kTerminated,
    kStateCount,
};

enum class ClientEvent : std::uint8_t {
    kProvisional,
    kSuccess,
    kRejection,  // 3xx-6xx
    kCancel,     // the user no longer wants the INVITE
    kTimerA,
    kTimerB,
    kTimerC,
    kTimerD,
    kTimerE,
    kTimerF,
    kTimerK,
    kTimerM,
    kCancelWait,      // 64*T1 after our CANCEL (s.9.1)
    kTransportError,  // the transport refused the request
    kEventCount,
};

enum class ClientAct : std::uint8_t {
    kResend,       // the request, byte for byte
    kBackOff,      // arm A or E for the next interval
    kStop,         // disarm both timers
    kAck,          // s.17.1.1.3, the same octets each time (C10)
    kNoteCancel,   // remember that a CANCEL is due at the first 1xx
    kSendCancel,   // send it, wait 64*T1
    kFlushCancel,  // the same if one is due
    kCancelOnce,   // the same unless one went out already
    kArmC,         // from the start of the transaction; again from each 101-199
    kArmD,
    kArmK,
    kArmM,
    kArmCancelWait,
    kTellResponse,
    kTellTimeout,
    kTellTimerC,
    kTellTransport,
};

using ClientRow = Row<ClientState, ClientEvent, ClientAct>;
using ClientTable = Table<ClientState, ClientEvent, ClientAct>;
using ClientActs = ActSet<ClientAct>;

namespace client_rows {

using enum ClientState;
using enum ClientEvent;
using enum ClientAct;

// clang-format off
inline constexpr ClientRow kInviteRows[] = {
    // RFC 3261 s.17.1.1.2: resent at doubling intervals, unreliable transports only (C1)
    {kCalling, kTimerA, kCalling, ClientActs(kResend) | kBackOff},
    // RFC 3261 s.17.1.1.2: nobody answered for 64*T1
    {kCalling, kTimerB, kGivenUp, ClientActs(kStop) | kArmM | kTellTimeout},
    // RFC 3261 s.17.1.4: the user treats it as a 503
    {kCalling, kTransportError, kTerminated, kTellTransport},
    // RFC 3261 s.9.1: no CANCEL before a provisional response (C14)
    {kCalling, kCancel, kCalling, kNoteCancel},
    // RFC 3261 s.17.1.1.2 and s.9.1: a CANCEL that waited goes out now
    {kCalling, kProvisional, kProceeding, ClientActs(kStop) | kArmC | kFlushCancel | kTellResponse},
    // RFC 6026 s.7.2: Accepted takes the place of Terminated
    {kCalling, kSuccess, kAccepted, ClientActs(kStop) | kArmM | kTellResponse},
    // RFC 3261 s.17.1.1.2: ACK from the transaction, response up once
    {kCalling, kRejection, kCompleted, ClientActs(kStop) | kAck | kArmD | kTellResponse},

    // RFC 3261 s.16.7 step 2: a 101-199 restarts timer C
    {kProceeding, kProvisional, kProceeding, ClientActs(kArmC) | kTellResponse},
    // RFC 6026 s.7.2
    {kProceeding, kSuccess, kAccepted, ClientActs(kStop) | kArmM | kTellResponse},
    // RFC 3261 s.17.1.1.2
    {kProceeding, kRejection, kCompleted, ClientActs(kStop) | kAck | kArmD | kTellResponse},
    // RFC 3261 s.9.1
    {kProceeding, kCancel, kProceeding, kSendCancel},
    // RFC 3261 s.16.8: the user cancels (C18); gone at the latest 64*T1 later, whatever the user
    // does
    {kProceeding, kTimerC, kProceeding, ClientActs(kArmCancelWait) | kTellTimerC},
    // RFC 3261 s.9.1: no final response for 64*T1 after the CANCEL: the transaction is destroyed
    {kProceeding, kCancelWait, kGivenUp, ClientActs(kStop) | kArmM | kTellTimeout},

    // RFC 3261 s.17.1.1.2: a retransmitted final response is acknowledged again, not passed up.
    // deviates: a refused ACK does not end the transaction (s.17.1.1.2 says so), because the
    // peer's next retransmission is the chance to repeat it.
    {kCompleted, kRejection, kCompleted, kAck},
    // deviates: s.17.1.1 knows no 2xx here, but a proxy passes on one of another fork although it
    // has refused before (s.16.7 step 5), and its dialog must be ended (E-R7). One under the To tag
    // of the refusal does not get here (E-R12).
    {kCompleted, kSuccess, kCompleted, kTellResponse},
    // RFC 3261 s.17.1.1.2
    {kCompleted, kTimerD, kTerminated, {}},

    // RFC 6026 s.7.2: every 2xx goes to the user, retransmitted or from another fork
    {kAccepted, kSuccess, kAccepted, kTellResponse},
    // deviates: RFC 6026 s.7.2 knows no refusal here; a callee that contradicts itself would repeat
    // it for 32 s (E-R12)
    {kAccepted, kRejection, kAccepted, kAck},
    // RFC 6026 s.7.2
    {kAccepted, kTimerM, kTerminated, {}},

    // deviates: s.17.1.1.2 and s.9.1 destroy the transaction when nobody answered. A phone that
    // does answer later has a dialog that must be ended (E-R7, C12), one that starts to ring must
    // stop, and one that refuses wants its ACK; only this transaction can tell them.
    {kGivenUp, kProvisional, kGivenUp, kCancelOnce},
    {kGivenUp, kSuccess, kGivenUp, kTellResponse},
    {kGivenUp, kRejection, kGivenUp, kAck},
    {kGivenUp, kTimerM, kTerminated, {}},
    {kGivenUp, kCancelWait, kTerminated, {}},
};

inline constexpr ClientRow kOtherRows[] = {
    // RFC 3261 s.17.1.2.2: doubling up to T2, unreliable transports only (C1)
    {kTrying, kTimerE, kTrying, ClientActs(kResend) | kBackOff},
    // RFC 3261 s.17.1.2.2
    {kTrying, kTimerF, kTerminated, kTellTimeout},
    // RFC 3261 s.17.1.4
    {kTrying, kTransportError, kTerminated, kTellTransport},
    // RFC 3261 s.17.1.2.2
    {kTrying, kProvisional, kProceeding, kTellResponse},
    // RFC 3261 s.17.1.2.2: either final response goes up once, then K absorbs retransmissions
    {kTrying, kSuccess, kCompleted, ClientActs(kStop) | kArmK | kTellResponse},
    {kTrying, kRejection, kCompleted, ClientActs(kStop) | kArmK | kTellResponse},

    // RFC 3261 s.17.1.2.2: in Proceeding every further interval is T2
    {kProceeding, kTimerE, kProceeding, ClientActs(kResend) | kBackOff},
    // RFC 3261 s.17.1.2.2
    {kProceeding, kTimerF, kTerminated, kTellTimeout},
    // RFC 3261 s.17.1.4
    {kProceeding, kTransportError, kTerminated, kTellTransport},
    // RFC 3261 s.17.1.2.2
    {kProceeding, kProvisional, kProceeding, kTellResponse},
    {kProceeding, kSuccess, kCompleted, ClientActs(kStop) | kArmK | kTellResponse},
    {kProceeding, kRejection, kCompleted, ClientActs(kStop) | kArmK | kTellResponse},

    // RFC 3261 s.17.1.2.2: Completed absorbs retransmitted responses, without a row, until K
    {kCompleted, kTimerK, kTerminated, {}},
};
// clang-format on

}  // namespace client_rows

inline constexpr ClientTable kInviteClient = expand(client_rows::kInviteRows);
inline constexpr ClientTable kOtherClient = expand(client_rows::kOtherRows);

}  // namespace sallyport::transaction
