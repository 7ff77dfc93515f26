// SPDX-License-Identifier: Apache-2.0
// Reliable provisional responses and their PRACKs on both legs (spec M6, E1; RFC 3262). The sender
// of the INVITE acknowledges to us and we to the far leg; one that does not know 100rel is spared
// the whole of it.
#pragma once

#include "b2bua/call/call_table.h"
#include "b2bua/call/events.h"
#include "b2bua/call/media.h"

#include <cstdint>
#include <optional>
#include <string>

namespace sallyport::call {

/// The sender of the INVITE knows 100rel, and nothing forbids to use it between the two legs.
[[nodiscard]] bool is_served_reliably(Environment& env, Call& call, Side from,
                                      const sip::Message& invite);

/// A reliable 1xx as it goes on to a sender that knows 100rel. text: its session description.
void pass_reliably(CallTable& table, Call& call, const sip::Message& response, SdpRole role,
                   const std::optional<std::string>& text);

/// The same for a sender that does not: it gets an ordinary 1xx, and we acknowledge (E2). An offer
/// would need an answer from the sender, which it cannot give: 488.
void pass_unreliably(CallTable& table, Call& call, const sip::Message& response, SdpRole role,
                     const std::optional<std::string>& text);

/// Acknowledges a reliable 1xx in the place of a sender that does not hear of it.
void acknowledge_here(CallTable& table, Call& call, const sip::Message& response, SdpRole role);

/// A PRACK in the dialog of a fork that lost is answered here (RFC 3262 s.3, decision 6).
void on_lost_prack(Environment& env, Call& call, const Received& prack);

/// RAck of a PRACK for the other leg; empty for other requests.
[[nodiscard]] std::string far_rack(const Call& call, const Received& request);

/// What became of a PRACK that was passed on.
void note_prack_answer(Call& call, const Exchange& exchange, int status);

/// A 2xx whose dialog waits for a PRACK is kept until then. True: it is.
[[nodiscard]] bool withhold(Call& call, std::size_t pair, const Answered& response);

/// The PRACK came, or the INVITE has another final response: the 2xx is handled like one that
/// comes now. There is one.
void release_withheld(CallTable& table, Call& call);

/// Deadline::kReliable: repeats what is due; without a PRACK for 64*T1 the INVITE is answered 504.
void repeat_provisionals(CallTable& table, Call& call);

/// The INVITE failed while its sender's PRACK was still on its way: it is told 200 when it comes
/// (RFC 3262 s.3).
[[nodiscard]] bool awaits_prack(const InviteExchange& invite) noexcept;

}  // namespace sallyport::call
