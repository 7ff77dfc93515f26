// SPDX-License-Identifier: Apache-2.0
// The one answer that the dry run gives in the place of somebody else: a registrar that accepts a
// REGISTER as it is, so that what comes later in the capture finds the phone. Pure.
#pragma once

#include "b2bua/sip/message.h"

#include <string>

namespace sallyport::explain {

/// 200 with the Contacts of the request (RFC 3261 s.10.3). request: as the gateway sent it.
[[nodiscard]] std::string accept_register(const sip::Message& request);

}  // namespace sallyport::explain
