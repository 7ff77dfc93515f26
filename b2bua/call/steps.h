// SPDX-License-Identifier: Apache-2.0
// Steps that several events of a call share: answering, sending on a leg, ending. Each does one
// thing on the wire.
#pragma once

#include "b2bua/call/call_table.h"
#include "b2bua/call/crossing.h"
#include "b2bua/call/dialog_names.h"
#include "b2bua/call/events.h"

#include <optional>
#include <string>
#include <string_view>

namespace sallyport::call {

/// A final response made here, to a request of one leg; To tag: the transaction's. header_lines:
/// complete lines or empty.
void respond_here(Environment& env, transaction::ServerHandle server, int status,
                  std::string_view reason, std::string_view header_lines = {});

/// 503 with a random Retry-After (G1, J7).
void refuse_busy(Environment& env, transaction::ServerHandle server, std::string_view reason);

/// D16, D17: a request whose body cannot cross is answered so. True: answered.
bool refuse_body(Environment& env, transaction::ServerHandle server, const sip::Message& request);

/// What responses to this request echo (RFC 3261 s.8.2.6.2).
[[nodiscard]] Echo echo_of(Environment& env, transaction::ServerHandle server,
                           const sip::Message& request);

/// Answers a request that policy refuses, and counts it. False: there is nothing to refuse.
bool refused(Environment& env, transaction::ServerHandle server,
             const std::optional<policy::Rejection>& rejection);

/// The policy of a message on its way from one realm to another.
[[nodiscard]] policy::Crossing crossing_between(Environment& env, const sip::Message& message,
                                                RealmId from, RealmId to);

/// The policy of a message on its way from one side of the call to the other.
[[nodiscard]] policy::Crossing crossing_of(Environment& env, Call& call, Side from,
                                           const sip::Message& message, bool in_dialog);

/// The leg-owned parts of a request of that dialog, but for CSeq, Contact and hops. Views into all
/// three arguments.
[[nodiscard]] RequestFrame frame_of(const Dialog& dialog, const Destination& to,
                                    std::string_view branch) noexcept;

/// Sends a received in-dialog request on the other leg of its pair. Empty handle: it could not be
/// sent and was answered. ACK goes without a transaction: send_ack.
[[nodiscard]] transaction::ClientHandle send_across(
    Environment& env, Call& call, const Received& request,
    std::optional<std::string_view> session_description);

/// What a response says on the other leg that it did not say itself, or not so.
struct Amendments {
    std::optional<std::string_view> session_description;
    std::optional<std::uint32_t> rseq;  // sent reliably, under this number (M6)
};

/// Passes a response on to the sender of the exchange's request; remembers when it was final.
/// Returns what was sent, in the scratch; nullopt: too large.
std::optional<std::string_view> respond_across(Environment& env, Call& call, Exchange& exchange,
                                               const sip::Message& response,
                                               const Amendments& amendments);

/// CSeq number of the request.
[[nodiscard]] std::optional<std::uint32_t> cseq_number(const Echo& echo) noexcept;

/// Ends a call that was never confirmed, or gives up one that cannot go on: result, record, media.
void finish(Environment& env, Call& call, CallResult result, int status);

/// The status that the other side sees: 503 alone becomes 500 (M1).
[[nodiscard]] int crossed_status(int status) noexcept;

/// ACK for a 2xx of the INVITE under way that has no ACK of the other leg to make it from (E-R1,
/// R4, R7). offer: that the 2xx itself made and that was not carried, or empty; it, or else one
/// that was, is answered by refusing every stream (E3).
void send_own_ack(Environment& env, Call& call, Side side, std::size_t pair,
                  std::string_view offer = {});

/// ACK for a 2xx of that INVITE, with this session description or none.
void send_ack(Environment& env, Call& call, Side side, std::size_t pair,
              const std::optional<std::string>& session);

/// Max-Forwards for the other leg (C20).
[[nodiscard]] std::uint8_t hops_left(const sip::Message& request) noexcept;

/// BYE on one leg, made here; its exchange ends with the response. reason: value of a Reason header
/// or empty.
void send_own_bye(CallTable& table, Call& call, Side side, std::size_t pair,
                  std::string_view reason);

/// Ends a confirmed call from the inside: BYE on both legs, an owed ACK first. gone: the leg that
/// has forgotten the dialog and gets none (E-R9).
void end_both(CallTable& table, Call& call, std::string_view reason,
              std::optional<Side> gone = std::nullopt);

/// A request of the exchange was answered with 2xx: the targets that request and response named
/// take effect, each on its own leg, and the sender's flow with its (D7, J9).
void refresh_targets(Environment& env, Call& call, Exchange& exchange,
                     const sip::Message& response);

/// The same for the sender's leg alone.
void refresh_sender(Environment& env, Call& call, const Exchange& exchange);

/// Where a request inside a dialog is sent: a phone behind NAT by its flow (B9), else by route or
/// target (I9).
[[nodiscard]] Flow next_hop(const Environment& env, const Dialog& dialog,
                            const Destination& destination);

/// When nothing is under way any more in an ending call, removes it; otherwise arms its deadlines.
/// Last step of each event: the reference may be dead afterwards.
void settle(CallTable& table, Call& call);

}  // namespace sallyport::call
