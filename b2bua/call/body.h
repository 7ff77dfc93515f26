// SPDX-License-Identifier: Apache-2.0
// Bodies on their way to the other leg, beside offer and answer: what may not cross, and session
// descriptions that are not negotiated (D16, D17, E1). Pure functions.
#pragma once

#include "b2bua/call/session_part.h"
#include "config/config.h"

#include <optional>
#include <string>
#include <vector>

namespace sallyport::call {

/// Why a request cannot cross because of its body: as readable_parts(), and 400 when a session
/// description beside the negotiated one is malformed.
[[nodiscard]] std::optional<BodyRefusal> body_refusal(const sip::Message& request) noexcept;

/// The session descriptions beside the negotiated one, hidden for the realm that the message goes
/// to (F16): no relay is taken for them. One that cannot be read becomes empty.
[[nodiscard]] std::vector<std::string> sessions_beside(const Config& config, RealmId to,
                                                       const sip::Message& message);

}  // namespace sallyport::call
