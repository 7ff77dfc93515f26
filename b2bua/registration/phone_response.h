// SPDX-License-Identifier: Apache-2.0
// The registrar's response as the phone gets it (H4, H5): what the phone's request says in Via,
// From, To, Call-ID and CSeq, each token turned back into the Contact that it stands for, and the
// shorter expiry that keeps its NAT open. Pure: octets in, octets out.
#pragma once

#include "b2bua/policy/header_policy.h"
#include "b2bua/sip/message.h"
#include "b2bua/sip/name_addr.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sallyport::registration {

struct PhoneFrame {
    const sip::Message& request;  // the phone's
    std::string_view vias;        // ready lines, CRLF after each
    std::string_view to_tag;      // for a To that came without one
    const policy::Crossing& crossing;
    std::optional<std::uint32_t> expires;  // replaces the Expires header, if there is one
    std::string_view service_route;        // replaces Service-Route, if not empty
};

/// What a Contact value of a 2xx becomes; nullopt: it is left out.
using ContactRule = std::function<std::optional<std::string>(const sip::NameAddr&)>;

/// Nullopt: does not fit. The view is into out.
[[nodiscard]] std::optional<std::string_view> write_phone_response(const sip::Message& response,
                                                                   const PhoneFrame& frame,
                                                                   const ContactRule& contact,
                                                                   std::span<char> out);

}  // namespace sallyport::registration
