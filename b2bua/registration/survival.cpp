// SPDX-License-Identifier: Apache-2.0
#include "b2bua/registration/survival.h"

#include "b2bua/transaction/reply.h"

namespace sallyport::registration {

Survival::Survival(const Environment& env, Registrar& registrar, Counters& counters)
    : env_(env), registrar_(registrar), counters_(counters), watch_(env) {}

void Survival::remember(const Binding& binding) {
    const RegistrationMode mode = env_.config.realms[binding.flow.realm.value].registration;
    if (mode != RegistrationMode::kSurvive || watch_.is_down(binding.flow.realm)) {
        return;  // what we bind ourselves while the registrar is dead is not its word
    }
    const auto found = known_.find(binding.aor);
    if (found == known_.end() && known_.size() >= env_.settings.max_bindings) {
        counters_.table_full.add();
        return;
    }
    if (found == known_.end() || found->second.accepted < binding.accepted) {
        order_.emplace_back(binding.accepted, binding.aor);
    }
    known_[binding.aor] = {binding.flow.remote.ip, binding.accepted};
}

bool Survival::on_register(transaction::ServerHandle server, const sip::Message& request,
                           const Flow& flow, const std::string& aor, Moment now) {
    if (!watch_.is_down(flow.realm)) {
        return false;
    }
    const auto found = known_.find(aor);
    if (found != known_.end() && found->second.source == flow.remote.ip &&
        found->second.accepted + kMemory > now) {
        registrar_.on_known(server, request, flow, kGrant, now);
        return true;
    }
    counters_.not_survived.add();
    const std::string line = "Retry-After: " + std::to_string(kGrant) + "\r\n";
    transaction::Reply reply;
    reply.status = 500;
    reply.lines = line;
    transaction::reply(env_.layer, server, reply, now);
    return true;
}

void Survival::advance(Moment now) {
    watch_.advance(now);
    while (!order_.empty() && order_.front().first + kMemory <= now) {
        const auto found = known_.find(order_.front().second);
        if (found != known_.end() && found->second.accepted + kMemory <= now) {
            known_.erase(found);
        }
        order_.pop_front();
    }
}

}  // namespace sallyport::registration
