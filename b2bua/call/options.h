// SPDX-License-Identifier: Apache-2.0
// OPTIONS that ask about the gateway itself (spec M13; RFC 3261 s.11.2): a health check of peers
// and phones.
#pragma once

#include "b2bua/call/environment.h"
#include "b2bua/sip/message.h"

#include <string>

namespace sallyport::call {

/// Methods that we carry, as an Allow value.
inline constexpr std::string_view kAllow =
    "INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER, PRACK, UPDATE, INFO, REFER, SUBSCRIBE, NOTIFY, "
    "MESSAGE, PUBLISH";

/// The same without what the operator keeps out (RFC 3261 s.20.5).
[[nodiscard]] std::string allowed_methods(const Config& config);

/// Extensions that cross us and that we know enough of to carry, as a Supported value (RFC 3261
/// s.11.2).
inline constexpr std::string_view kSupported =
    "100rel, timer, replaces, join, tdialog, norefersub, 199";

/// OPTIONS to one of our addresses without a user part, or with no hops left (RFC 3261 s.16.3).
/// request_uri: as routing/incoming_route.h gives it.
[[nodiscard]] bool is_for_us(const Config& config, const sip::Message& request,
                             std::string_view request_uri) noexcept;

/// OPTIONS to somebody at our own address whom we do not know: that is us, too (M13).
[[nodiscard]] bool is_nobody_here(const Config& config, const sip::Message& request,
                                  int refusal) noexcept;

void answer_options(Environment& env, transaction::ServerHandle server);

}  // namespace sallyport::call
