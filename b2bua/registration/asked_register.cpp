// SPDX-License-Identifier: Apache-2.0
#include "b2bua/registration/asked_register.h"

#include "b2bua/registration/behind_nat.h"

#include <utility>

namespace sallyport::registration {

AskedRegister asked_by(const sip::Message& request, std::string aor, RequestedContacts contacts,
                       const Flow& flow, bool nat) {
    AskedRegister asked;
    asked.aor = std::move(aor);
    asked.contacts = std::move(contacts);
    asked.call_id = request.call_id();
    asked.cseq = request.cseq().number;
    asked.flow = flow;
    asked.behind_nat = nat && seen_through_nat(request, asked.contacts, flow.remote);
    asked.pinhole = asked.behind_nat && !keeps_open_itself(request, asked.contacts);
    return asked;
}

void bind_as_asked(const AskedRegister& asked, const RequestedContact& contact, Binding& binding) {
    binding.token = contact.token;
    binding.aor = asked.aor;
    binding.contact_uri = contact.uri;
    binding.instance = contact.instance;
    binding.reg_id = contact.reg_id;
    binding.call_id = asked.call_id;
    binding.cseq = asked.cseq;
    binding.q = contact.q;
    binding.flow = asked.flow;  // H18: from now on
    binding.pinhole = asked.pinhole;
}

}  // namespace sallyport::registration
