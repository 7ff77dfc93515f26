// SPDX-License-Identifier: Apache-2.0
// D14: a dialog that a message names is called otherwise on the other leg. Replaces (RFC 3891),
// Join (RFC 3911), Target-Dialog (RFC 4538), the same Replaces inside a Refer-To URI (RFC 3515),
// Event of package dialog (RFC 4235 s.3.2) and In-Reply-To are said in the words of the side that
// hears them. What nobody here knows passes as it is; whether it is right is for the far user agent
// to say.
#pragma once

#include "b2bua/call/environment.h"
#include "b2bua/routing/router.h"
#include "b2bua/sip/message.h"
#include "b2bua/sip/patch.h"
#include "config/config.h"
#include "config/types/units.h"

#include <optional>

namespace sallyport::call {

/// A message on its way between two realms, and where to look. All outlive it.
struct Naming {
    DialogDirectory& dialogs;
    const routing::RegisteredLookup& registered;
    const routing::SealedTargets& sealed;
    const Config& config;
    Flow from;  // of its sender
    RealmId to;
    Moment now;
    Counter* unreadable_infos{nullptr};  // counts bodies that were left out (dialog_info.h)
};

[[nodiscard]] Naming naming_of(Environment& env, const Flow& from, RealmId to) noexcept;

/// Edits all of them in a request.
void rename_dialogs(sip::Patch& patch, const sip::Message& request, const Naming& naming);

/// Where a new request goes that names a dialog in which we stand in for somebody (RFC 3891 s.3):
/// to that somebody. Target-Dialog decides only about requests to an address of ours (RFC 4538 s.3
/// leaves the Request-URI to GRUU).
[[nodiscard]] std::optional<routing::Target> named_target(DialogDirectory& dialogs,
                                                          const Config& config,
                                                          const sip::Message& request);

}  // namespace sallyport::call
