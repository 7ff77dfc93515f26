// SPDX-License-Identifier: Apache-2.0
#include "b2bua/registration/asked_register.h"

#include "b2bua/registration/behind_nat.h"

#include <utility>

namespace sallyport::registration {

AskedRegister asked_by(const Config& config, const ReceivedRegister& received, std::string aor,
                       RequestedContacts contacts) {
    const auto& [request, flow, now] = received;
    AskedRegister asked;
    asked.aor = std::move(aor);
    asked.contacts = std::move(contacts);
    asked.call_id = request.call_id();
    asked.cseq = request.cseq().number;
    asked.registrar = routing::registrar_of(config, flow.realm);
    asked.flow = flow;
    asked.at = now;
    asked.behind_nat = config.realms[flow.realm.value].nat &&
                       seen_through_nat(request, asked.contacts, flow.remote);
    asked.keeps_alive = keeps_alive(request);
    return asked;
}

void bind_as_asked(const AskedRegister& asked, const RequestedContact& contact, Binding& binding) {
    binding.token = contact.token;
    binding.aor = asked.aor;
    binding.registrar = asked.registrar;
    binding.contact_uri = contact.uri;
    binding.instance = contact.instance;
    binding.reg_id = contact.reg_id;
    binding.call_id = asked.call_id;
    binding.cseq = asked.cseq;
    binding.q = contact.q;
    binding.flow = asked.flow;  // H18: from now on
    binding.asked = asked.at;
    // H19: outbound counts when it was agreed to; only then does the phone keep its flow open (RFC
    // 5626 s.4.2.1).
    binding.pinhole = asked.behind_nat && !asked.keeps_alive && !asked.outbound;
}

}  // namespace sallyport::registration
