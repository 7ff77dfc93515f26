// SPDX-License-Identifier: Apache-2.0
// A REGISTER as it was read, before anybody has decided about it: the same for the registrar that
// the gateway is (registrar.h) and for one that it asks (register_relay.h). Owns its text.
#pragma once

#include "b2bua/registration/binding.h"
#include "b2bua/registration/contacts.h"
#include "b2bua/sip/message.h"
#include "b2bua/transport/flow.h"

#include <cstdint>
#include <string>

namespace sallyport::registration {

struct AskedRegister {
    std::string aor;
    RequestedContacts contacts;
    std::string call_id;
    std::uint32_t cseq{0};
    Flow flow;
    bool behind_nat{false};
    bool pinhole{false};   // its NAT is ours to keep open (H19)
    bool outbound{false};  // the phone manages flows of its own (RFC 5626 s.6)
};

/// nat: the realm of the flow has phones behind NATs. outbound is for the caller to judge.
[[nodiscard]] AskedRegister asked_by(const sip::Message& request, std::string aor,
                                     RequestedContacts contacts, const Flow& flow, bool nat);

/// Writes into the binding what the REGISTER says of it (H2): everything but what was granted.
void bind_as_asked(const AskedRegister& asked, const RequestedContact& contact, Binding& binding);

}  // namespace sallyport::registration
