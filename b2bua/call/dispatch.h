// SPDX-License-Identifier: Apache-2.0
// From what the transaction layer reports to the event of a call: finds the call and its dialog,
// checks the CSeq order (D5), calls the one event file, settles. Owner: Shard, on its thread.
#pragma once

#include "b2bua/call/call_table.h"

namespace sallyport::call {

/// A request with a To tag. 481 when no dialog knows it (C13).
void dispatch_in_dialog(CallTable& table, transaction::ServerHandle server,
                        const sip::Message& request, const Flow& flow);
/// An INVITE without a To tag.
void dispatch_invite(CallTable& table, transaction::ServerHandle server, const sip::Message& invite,
                     const Flow& flow);
/// A SUBSCRIBE or REFER without a To tag.
void dispatch_subscribe(CallTable& table, transaction::ServerHandle server,
                        const sip::Message& request, const Flow& flow);
void dispatch_cancel(CallTable& table, transaction::ServerHandle invite,
                     const sip::Message& cancel);
void dispatch_ack(CallTable& table, const sip::Message& ack, const Flow& flow);
void dispatch_response(CallTable& table, transaction::ClientHandle client, transaction::UserRef ref,
                       const sip::Message& response, const Flow& flow);
void dispatch_failed(CallTable& table, transaction::ClientHandle client, transaction::UserRef ref,
                     transaction::ClientFailure failure);
/// Runs the deadlines that are due.
void dispatch_deadlines(CallTable& table);

}  // namespace sallyport::call
