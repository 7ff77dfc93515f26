// SPDX-License-Identifier: Apache-2.0
// The number in a Request-URI: what a route asks for it and makes of it (I1; RFC 3261 s.19.1.6, RFC
// 3966 s.3). Pure.
#pragma once

#include "b2bua/sip/uri.h"
#include "config/config.h"

#include <optional>
#include <string>
#include <string_view>

namespace sallyport::routing {

/// What the conditions of a route are about: the user part with its escapes undone, or the number
/// of a tel URI without its separators and parameters. Empty: the URI has none.
[[nodiscard]] std::string dialled_user(const sip::Uri& uri);

/// The URI with another number. A tel URI becomes a SIP URI at that host (RFC 3261 s.19.1.6),
/// because what a rule leaves of it may be neither a global number nor one of its context. A URI
/// without a number stays as it is. nullopt: the number is not longer than what the rule takes off.
[[nodiscard]] std::optional<std::string> renumbered(const NumberRule& rule, const sip::Uri& uri,
                                                    std::string_view host);

}  // namespace sallyport::routing
