// SPDX-License-Identifier: Apache-2.0
// The events of a call, one file each. All have one shape: the table that owns the call, the call,
// and the message or fault that happened; what follows goes out through the table's Environment.
// The caller arms or removes the call afterwards through settle().
#pragma once

#include "b2bua/call/call_table.h"

namespace sallyport::call {

/// A request received on one leg of a call.
struct Received {
    transaction::ServerHandle server;
    const sip::Message& message;
    const Flow& flow;
    Side side;
    std::size_t pair;
};

/// A response to a request that we sent for an exchange.
struct Answered {
    transaction::ClientHandle client;
    const sip::Message& message;
    const Flow& flow;
};

// invite.cpp: an INVITE without To tag; makes the call or refuses it.
void on_invite(CallTable& table, transaction::ServerHandle server, const sip::Message& invite,
               const Flow& flow);
// provisional.cpp, answer.cpp, failure.cpp: responses to the INVITE under way, initial or not.
void on_provisional(CallTable& table, Call& call, const Answered& response);
void on_answer(CallTable& table, Call& call, const Answered& response);
void on_refusal(CallTable& table, Call& call, const Answered& response);
/// This pair has won the INVITE: the call is up.
void confirm(CallTable& table, Call& call, std::size_t pair);
void on_invite_failed(CallTable& table, Call& call, transaction::ClientFailure failure);
/// The INVITE under way cannot go on: its sender is told, the far leg gets its CANCEL.
void reject_invite(CallTable& table, Call& call, int status, std::string_view reason);

/// The offer that the INVITE under way made, in whichever message, has come to nothing (E8).
void roll_back_invite(Call& call);
// cancel.cpp
void on_cancel(CallTable& table, Call& call, const sip::Message& cancel);
/// Answers the INVITE under way with 487 and cancels it on the far leg. reason: value of a Reason
/// header or empty.
void give_up_invite(CallTable& table, Call& call, std::string_view reason);
// ack.cpp: ACK of a 2xx.
void on_ack(CallTable& table, Call& call, const Received& ack);
// bye.cpp
void on_bye(CallTable& table, Call& call, const Received& bye);
void on_bye_answer(CallTable& table, Call& call, Exchange& exchange, const sip::Message* response);
/// An INVITE under way gives way to the BYE (E-R5, R8).
void clear_invite(CallTable& table, Call& call);
// reinvite.cpp
void on_reinvite(CallTable& table, Call& call, const Received& invite);
// prack.cpp
void on_prack(CallTable& table, Call& call, const Received& prack);
// in_dialog.cpp: every other method inside a dialog.
void on_in_dialog(CallTable& table, Call& call, const Received& request);
/// Passes on a request that nothing speaks against; role: of its session description, if it has
/// one.
void relay_in_dialog(CallTable& table, Call& call, const Received& request, SdpRole role);
void on_in_dialog_answer(CallTable& table, Call& call, Exchange& exchange,
                         const sip::Message& response);
void on_in_dialog_failed(CallTable& table, Call& call, Exchange& exchange);
// subscribe.cpp: SUBSCRIBE or REFER without To tag, and what comes back.
void on_subscribe(CallTable& table, transaction::ServerHandle server, const sip::Message& request,
                  const Flow& flow);
void on_first_answer(CallTable& table, Call& call, Exchange& exchange,
                     const sip::Message& response);
/// The dialog that a NOTIFY makes by itself (M10); call is null when it may not.
[[nodiscard]] FoundDialog dialog_by_notify(CallTable& table, const sip::Message& notify);
// deadlines.cpp
void on_deadline(CallTable& table, Call& call);

}  // namespace sallyport::call
