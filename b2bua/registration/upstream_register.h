// SPDX-License-Identifier: Apache-2.0
// The REGISTER that the registrar gets for the phone's (H3, H6): our Via, Call-ID, CSeq, From tag
// and contact tokens; credentials and everything else byte for byte (D11, D15). Pure: octets in,
// octets out.
#pragma once

#include "b2bua/policy/header_policy.h"
#include "b2bua/registration/contacts.h"
#include "b2bua/registration/register_contexts.h"
#include "b2bua/sip/message.h"
#include "config/config.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace sallyport::registration {

struct UpstreamFrame {
    const Config& config;
    RealmId near;  // of the phone
    const Peer& upstream;
    const RegisterContext& context;
    std::string_view branch;
    const policy::Crossing& crossing;
    std::string_view path{};  // our value (H15): the Contacts stay the phone's; empty: they do not
};

/// Seconds asked of the registrar for a Contact that the phone asked so many for.
[[nodiscard]] constexpr std::uint32_t asked_upstream(std::uint32_t asked, std::uint32_t floor) {
    return asked == 0 || asked > floor ? asked : floor;
}

/// asked: read from this request, tokens filled in. Nullopt: does not fit. The view is into out.
[[nodiscard]] std::optional<std::string_view> write_upstream(const sip::Message& request,
                                                             const RequestedContacts& asked,
                                                             const UpstreamFrame& frame,
                                                             std::span<char> out);

}  // namespace sallyport::registration
