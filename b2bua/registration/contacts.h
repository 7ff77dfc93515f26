// SPDX-License-Identifier: Apache-2.0
// The Contacts of a REGISTER and of its response (RFC 3261 s.10.2.1, s.10.3; H9, H10): what the
// phone asks for, and one Contact value with some of it replaced. Pure.
#pragma once

#include "b2bua/sip/message.h"
#include "b2bua/sip/name_addr.h"
#include "config/types/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::registration {

inline constexpr std::uint32_t kDefaultExpires = 3600;  // RFC 3261 s.10.2.1.1, seconds

/// One Contact that a phone asks to bind. Owns its text: it is kept while the registrar decides.
struct RequestedContact {
    bool routable{false};      // a sip: URI, which gets a token; others pass untouched (H10)
    std::string uri;           // the phone's own, byte for byte
    std::string instance;      // +sip.instance, empty when none
    std::uint32_t reg_id{0};   // RFC 5626 s.4.2; 0: none, or none that can be read
    bool bulk{false};          // stands for all numbers of a PBX (RFC 6140 s.5.1)
    std::string token;         // of a routable one
    std::uint16_t q{1000};     // thousandths
    std::uint32_t expires{0};  // seconds, as asked: parameter, else header, else the default
};

struct RequestedContacts {
    std::vector<RequestedContact> list;    // in the order of the message
    bool wildcard{false};                  // Contact: *
    std::optional<std::uint32_t> expires;  // Expires header; unreadable counts as the default (A9)
};

struct ContactFault {
    int status{400};
    std::string_view reason;
};

[[nodiscard]] Result<RequestedContacts, ContactFault> read_contacts(const sip::Message& request);

/// Value of the expires parameter, if it has one that can be read.
[[nodiscard]] std::optional<std::uint32_t> expires_of(const sip::NameAddr& contact) noexcept;

/// Value of the reg-id parameter (RFC 5626 s.4.2); 0: none, or none that can be read.
[[nodiscard]] std::uint32_t reg_id_of(const sip::NameAddr& contact) noexcept;

struct ContactEdit {
    std::string_view uri{};                  // replaces the URI
    std::optional<std::uint32_t> expires{};  // replaces the parameter
    bool add_expires{false};                 // and puts it there when it was missing
    bool drop_reg_id{false};                 // RFC 5626 s.4.2: our token stands for one flow (H3)
};

/// The Contact value with the edit applied; all else as it came.
[[nodiscard]] std::string edited(const sip::NameAddr& contact, const ContactEdit& edit);

}  // namespace sallyport::registration
