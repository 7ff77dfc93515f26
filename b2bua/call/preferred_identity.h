// SPDX-License-Identifier: Apache-2.0
// P-Preferred-Identity of a phone (D11; RFC 3325 s.6, s.9.2): where the realm's option
// preferred-identity says so, a wish that names an identity of the phone registered on that flow
// becomes P-Asserted-Identity. The header itself never crosses.
#pragma once

#include "b2bua/call/environment.h"
#include "b2bua/sip/message.h"
#include "b2bua/transport/flow.h"

#include <string>

namespace sallyport::call {

/// Value of the P-Asserted-Identity that the request of this flow is to have, at most one SIP or
/// SIPS URI and one tel URI; empty: none.
[[nodiscard]] std::string asserted_identity(const Environment& env, const sip::Message& request,
                                            const Flow& flow);

}  // namespace sallyport::call
