// SPDX-License-Identifier: Apache-2.0
// The Contact of a PBX that registers for a block of numbers (RFC 6140): it has no user part, so
// that our token stands in a parameter of the URI (H3), and the number that is called in the user
// part. Pure.
#pragma once

#include "b2bua/sip/uri.h"
#include "config/types/ip.h"

#include <string>
#include <string_view>

namespace sallyport::routing {

/// Whether a Contact URI asks for all numbers of its address-of-record.
[[nodiscard]] bool is_bulk(const sip::Uri& contact) noexcept;

/// "sip:10.20.0.1:5060;bnc;bulk=TOKEN"
[[nodiscard]] std::string bulk_uri(std::string_view token, const Endpoint& local);

/// The token of a URI that the registrar made of such a one, or of that itself; empty: it has none.
[[nodiscard]] std::string_view bulk_token(const sip::Uri& uri) noexcept;

/// What the registrar would have made of the PBX's own Contact (RFC 6140 s.5.2): called with its
/// user part, the PBX's host, and the parameters of both but for bnc and ours; sg, which tells the
/// PBX's phones apart, is one of them (RFC 6140 s.7.1.1). called: has a token.
[[nodiscard]] std::string bulk_target(const sip::Uri& contact, const sip::Uri& called);

}  // namespace sallyport::routing
