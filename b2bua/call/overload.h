// SPDX-License-Identifier: Apache-2.0
// What peers say about when they may be asked again, and what we say of it to those who ask us (I4,
// I8; RFC 3261 s.20.33, s.21.5.4).
#pragma once

#include "b2bua/call/environment.h"
#include "b2bua/routing/router.h"
#include "b2bua/sip/message.h"

namespace sallyport::call {

/// A final response from that flow to a request outside a dialog: a 503 with Retry-After is kept in
/// mind. Anything else changes nothing.
void note_rest(Environment& env, const Flow& flow, const sip::Message& response);

/// Answers a request that has no target.
void refuse_routing(Environment& env, transaction::ServerHandle server,
                    const routing::Refusal& why);

}  // namespace sallyport::call
