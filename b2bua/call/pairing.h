// SPDX-License-Identifier: Apache-2.0
// Dialog pairs from the responses to an initial INVITE (E12, D6; RFC 3261 s.12.1.2, s.13.2.2.4):
// each To tag of the far side makes a pair with an A dialog of its own.
#pragma once

#include "b2bua/call/call_table.h"

#include <cstddef>
#include <optional>
#include <string_view>

namespace sallyport::call {

/// More early dialogs than this in one call are somebody's attack or loop.
inline constexpr std::size_t kMaxPairs = 16;

/// The caller's realm shows it all early dialogs as one (option fork, E12). Not a caller that has
/// to get its responses reliably: the one answer of a dialog could not be taken back.
[[nodiscard]] bool sees_one_early_dialog(const Realm& caller, const sip::Message& invite) noexcept;

/// For such a caller: the A dialog goes over to the pair that speaks now.
void show(Call& call, std::size_t pair);

/// Index of the pair that a response of any attempt belongs to, if there is one.
[[nodiscard]] std::optional<std::size_t> find_pair(const Call& call, const sip::Message& response);

/// Index of the pair that a 101-299 response of the attempt under way belongs to, made if needed;
/// it may be one that was lost. nullopt when the call has kMaxPairs.
[[nodiscard]] std::optional<std::size_t> pair_of(CallTable& table, Call& call,
                                                 const sip::Message& response);

/// One more pair: the far end's From or To, and its Contact or nothing.
std::size_t add_pair(CallTable& table, Call& call, const sip::NameAddr& remote,
                     std::string_view contact);

/// The media that an SDP of this early dialog belongs to: the call's for the first of them, a
/// branch with ports of its own on the A-leg for each further one (E12). It learns from the
/// response whether the callee is seen through a NAT (G3). Null: no port is free.
[[nodiscard]] Media* media_for(Call& call, std::size_t pair, const sip::Message& response);

/// The pair has won: its media is the call's from now on, that of the others ends (E13, G8).
void adopt_media(Call& call, std::size_t pair);

/// An early dialog is over before the call is (E14): its media ends, requests in it get 481.
void lose_pair(Call& call, std::size_t pair);

/// Takes target and route set from a response; a 2xx decides them (D6).
void learn(Call& call, std::size_t pair, const sip::Message& response);

}  // namespace sallyport::call
