// SPDX-License-Identifier: Apache-2.0
// What an edge proxy adds to registrations that pass it (mode path; H15, RFC 3327 s.5.2, RFC 5626
// s.5.1), and the route that the registrar gives back (H16, RFC 3608). Pure.
#pragma once

#include "b2bua/registration/contacts.h"
#include "b2bua/sip/message.h"
#include "config/types/ip.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace sallyport::registration {

/// A header whose value is a list of option tags has this one.
[[nodiscard]] bool lists_tag(const sip::Message& message, sip::HeaderId header,
                             std::string_view tag);

/// The phone asks for a binding per flow: reg-id, an instance, and Supported: outbound (RFC 5626
/// s.4.2.1).
[[nodiscard]] bool asks_outbound(const sip::Message& request, const RequestedContacts& asked);

/// Value of our Path: "<sip:TOKEN@10.20.0.1:5060;lr;ob>". first_hop: nobody stands between us and
/// the phone, which asks for outbound; else without ob.
[[nodiscard]] std::string path_value(std::string_view flow_token, const Endpoint& local,
                                     bool first_hop);

/// Value that leads a phone's requests through us, without a token: it needs none (RFC 5626
/// s.5.3.2).
[[nodiscard]] std::string own_route(const Endpoint& local);

/// The Service-Route of a 2xx, or the Path of a REGISTER, values separated by commas; empty when
/// there is none, or when some value is no route, or more than most values.
[[nodiscard]] std::string routes_of(const sip::Message& message, sip::HeaderId header,
                                    std::size_t most);

/// Complete lines of what a phone was shown of the path, for an answer that is given again (H7).
[[nodiscard]] std::string path_lines(std::string_view path, std::string_view service_route);

}  // namespace sallyport::registration
