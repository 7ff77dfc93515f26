// SPDX-License-Identifier: Apache-2.0
// Challenges that cross (D15): qop "auth-int" leaves them, because we change the bodies that it
// would protect (RFC 7616 s.3.4.3). Everything else of a challenge stays as it came. Pure.
#pragma once

#include "b2bua/sip/message.h"
#include "b2bua/sip/patch.h"

namespace sallyport::policy {

/// Takes auth-int out of one challenge that offers another qop, too.
void take_out_auth_int(sip::Patch& patch, const sip::Message& message,
                       const sip::HeaderField& field) noexcept;

/// Some challenge of the response offers nothing but auth-int: it passes, but what answers it
/// cannot be right once a body was rewritten.
[[nodiscard]] bool offers_only_auth_int(const sip::Message& response) noexcept;

}  // namespace sallyport::policy
