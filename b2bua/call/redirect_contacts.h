// SPDX-License-Identifier: Apache-2.0
// The Contacts of a 3xx that hides where they lead (I11, D19; RFC 3261 s.8.1.3.4, s.21.3): an
// address of the other side becomes a token at ours, with q and the other parameters kept. Names
// are public and pass. Pure.
#pragma once

#include "b2bua/call/environment.h"
#include "b2bua/routing/sealed_target.h"
#include "b2bua/sip/message.h"
#include "config/config.h"
#include "config/types/units.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::call {

/// A 300-699 on its way between two realms: its Contacts, if it may keep them, are what it says.
struct Redirection {
    const Config* config{nullptr};  // null: they pass
    const routing::SealedTargets* sealed{nullptr};
    RealmId from{};
    RealmId to{};
    Moment now{};
};

/// Nullopt: the status is below 300.
[[nodiscard]] std::optional<Redirection> redirection_of(const Environment& env, RealmId from,
                                                        RealmId to, int status) noexcept;

/// The Contact values that the other side is shown; nullopt: the message's own. One that leads
/// nowhere (loopback, a group) is left out, as are the headers inside a URI that is replaced.
[[nodiscard]] std::optional<std::vector<std::string>> redirect_contacts(
    const Redirection& redirection, const sip::Message& response);

}  // namespace sallyport::call
