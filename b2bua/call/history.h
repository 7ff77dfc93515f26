// SPDX-License-Identifier: Apache-2.0
// History-Info of an INVITE that we recurse (D11, I11; RFC 7044 s.7, s.9, s.10): whom it was sent
// to before, how that ended, and whom it goes to now. Nothing is added to an INVITE that is only
// forwarded, and nothing leaves the trust domain. Pure.
#pragma once

#include "b2bua/call/call.h"
#include "b2bua/call/environment.h"
#include "b2bua/sip/message.h"

#include <string>

namespace sallyport::call {

/// The entries that the attempt under way adds to those of the caller's INVITE; empty: none.
[[nodiscard]] std::string added_history(const Environment& env, const Call& call,
                                        const sip::Message& invite);

}  // namespace sallyport::call
