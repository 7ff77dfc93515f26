// SPDX-License-Identifier: Apache-2.0
// The two dialogs that a request outside a dialog starts, as far as they are known before any
// response (spec D3-D6, D9-D13; RFC 3261 s.12.1): ours towards its sender, and ours towards its
// target.
#pragma once

#include "b2bua/call/dialog.h"
#include "b2bua/call/environment.h"
#include "b2bua/routing/router.h"

#include <optional>
#include <string>
#include <vector>

namespace sallyport::call {

/// Where a request outside a dialog goes: to whom it names (D14), whose Path it brought (H15), to
/// whom a token of ours stands for (I11), else as the routes say. from: the flow that it came in
/// by, or its realm alone for one that is made here.
[[nodiscard]] Result<routing::Targets, routing::Refusal> choose_targets(
    Environment& env, const Flow& from, const sip::Message& request);

/// Which earlier try this request may be the second of (D4).
[[nodiscard]] RetryKey key_of(const sip::Message& request) noexcept;

/// We are the UAS. Its local_party has no tag yet.
[[nodiscard]] Dialog caller_dialog(Environment& env, const sip::Message& request, const Flow& flow);

/// We are the UAC. retry: what an earlier try of the same sender left (D4), or nullopt.
[[nodiscard]] Dialog callee_dialog(Environment& env, const sip::Message& request,
                                   const routing::Target& target,
                                   const std::optional<RetryContext>& retry);

/// The route set that the first request of a dialog with the target starts with, and the next hop
/// by it (D8, D9): what is left of the Route that it brought, else the Service-Route of the phone
/// that sent it (H16). Towards a registered phone there is none but its own path (H15): it is
/// reached by its flow (H14).
void take_route(const Environment& env, const sip::Message& request, const Flow& near,
                const routing::Target& target, Dialog& b);

}  // namespace sallyport::call
