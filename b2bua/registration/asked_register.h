// SPDX-License-Identifier: Apache-2.0
// A REGISTER as it was read, before anybody has decided about it: the same for the registrar that
// the gateway is (registrar.h) and for one that it asks (register_relay.h). Owns its text.
#pragma once

#include "b2bua/registration/binding.h"
#include "b2bua/registration/contacts.h"
#include "b2bua/sip/message.h"
#include "b2bua/transport/flow.h"
#include "config/config.h"

#include <cstdint>
#include <string>

namespace sallyport::registration {

struct AskedRegister {
    std::string aor;
    routing::RegistrarId registrar{routing::kOwnRegistrar};  // who is asked
    RequestedContacts contacts;
    std::string call_id;
    std::uint32_t cseq{0};
    Flow flow;
    Moment at;  // it came
    bool behind_nat{false};
    bool keeps_alive{false};  // Via keep: it keeps its NAT open itself (RFC 6223 s.4.3)
    bool outbound{false};     // the phone manages flows of its own (RFC 5626 s.6)
};

struct ReceivedRegister {
    const sip::Message& request;
    const Flow& flow;
    Moment at;
};

/// outbound, and the tokens of the contacts, are for the caller to decide.
[[nodiscard]] AskedRegister asked_by(const Config& config, const ReceivedRegister& received,
                                     std::string aor, RequestedContacts contacts);

/// Writes into the binding what the REGISTER says of it (H2): everything but what was granted.
void bind_as_asked(const AskedRegister& asked, const RequestedContact& contact, Binding& binding);

}  // namespace sallyport::registration
