// SPDX-License-Identifier: Apache-2.0
// Whom a REFER that is carried out here names, and the INVITE that goes there in the transferee's
// place (spec M9; RFC 3515 s.2.1, RFC 5589 s.6, s.7): made as the transferee would make it, so that
// it crosses as any other INVITE of that side.
#pragma once

#include "b2bua/call/dialog.h"
#include "b2bua/call/environment.h"
#include "b2bua/routing/router.h"
#include "b2bua/sip/message.h"

#include <optional>
#include <string>

namespace sallyport::call {

/// The Refer-To of a REFER.
struct TransferTarget {
    std::string uri;       // without headers and method
    std::string replaces;  // in the transferor's words (D14); empty: none
    bool requires_replaces{false};
};

/// Nullopt: the REFER asks for something else than a call.
[[nodiscard]] std::optional<TransferTarget> transfer_target(const sip::Message& refer);

/// The octets of the INVITE, as if it came from the transferee. It has no session description: the
/// target makes the offer (docs/decisions/0019). Empty: it is too large.
[[nodiscard]] std::string transfer_invite(Environment& env, const Dialog& transferee,
                                          const TransferTarget& target, const sip::Message& refer);

/// Where it goes: to the party that a Replaces, a token or a Contact of ours stands for; else as
/// the transferee's routes say, and where they lead nowhere, as those of the transferor do, in
/// whose words the URI is.
[[nodiscard]] Result<routing::Targets, routing::Refusal> transfer_targets(
    Environment& env, const Flow& transferor, RealmId transferee, const sip::Message& invite);

}  // namespace sallyport::call
