// SPDX-License-Identifier: Apache-2.0
// The public identities of a registered phone: the address-of-record that it registered, and those
// that the registrar named in P-Associated-URI of its 2xx (RFC 3325 s.6, RFC 7315 s.4.1). Pure.
#pragma once

#include "b2bua/registration/binding.h"

#include <string_view>

namespace sallyport::registration {

/// uri: as in P-Preferred-Identity. SIP URIs compare by RFC 3261 s.19.1.4, the address-of-record in
/// its canonical form, numbers by RFC 3966 s.4.
[[nodiscard]] bool is_identity(const Binding& binding, std::string_view uri);

}  // namespace sallyport::registration
