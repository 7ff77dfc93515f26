// SPDX-License-Identifier: Apache-2.0
// Address-of-record in canonical form (RFC 3261 s.10.3 step 5): no parameters, escapes undone, host
// in lower case. The port is left out: a phone is called at its domain, whatever port that has.
// Pure.
#pragma once

#include "b2bua/sip/uri.h"

#include <optional>
#include <string>
#include <string_view>

namespace sallyport::registration {

/// User part with its escapes undone.
[[nodiscard]] std::string canonical_user(std::string_view user);

/// "alice@example.com".
[[nodiscard]] std::string canonical_aor(std::string_view user, std::string_view host);

/// Of a To URI; nullopt when it is no SIP URI.
[[nodiscard]] std::optional<std::string> canonical_aor(std::string_view uri);

}  // namespace sallyport::registration
