// SPDX-License-Identifier: Apache-2.0
#include "b2bua/registration/survival.h"

#include "b2bua/transaction/reply.h"

#include <algorithm>

namespace sallyport::registration {
namespace {

/// H8: the end of a binding is for the registrar to decide. A datagram may come from anybody who
/// writes the phone's address on it.
bool removes(const RequestedContacts& contacts) {
    return contacts.wildcard ||
           std::any_of(contacts.list.begin(), contacts.list.end(),
                       [](const RequestedContact& contact) { return contact.expires == 0; });
}

}  // namespace

Survival::Survival(const Environment& env, Registrar& registrar, Counters& counters)
    : env_(env), registrar_(registrar), counters_(counters), watch_(env) {}

void Survival::remember(const Binding& binding) {
    const RegistrationMode mode = env_.config.realms[binding.flow.realm.value].registration;
    if (mode != RegistrationMode::kSurvive || !binding.accepted) {
        return;
    }
    const auto [entry, is_new] = known_.try_emplace(binding.aor);
    if (!is_new) {
        order_.erase({newest(entry->second), entry->first});
    } else if (known_.size() > env_.settings.max_bindings && !order_.empty()) {
        forget_oldest();
    }
    note(entry->second, {binding.flow.realm, binding.flow.remote.ip, *binding.accepted});
    order_.emplace(newest(entry->second), entry->first);
}

Moment Survival::newest(const Sources& sources) noexcept {
    return std::max_element(
               sources.begin(), sources.end(),
               [](const Source& a, const Source& b) { return a.accepted < b.accepted; })
        ->accepted;
}

void Survival::note(Sources& sources, const Source& source) const {
    const auto same = std::find_if(sources.begin(), sources.end(), [&](const Source& one) {
        return one.realm == source.realm && one.ip == source.ip;
    });
    if (same != sources.end()) {
        same->accepted = std::max(same->accepted, source.accepted);
        return;
    }
    if (!sources.empty() && sources.size() >= env_.settings.contacts_per_aor) {
        sources.erase(std::min_element(
            sources.begin(), sources.end(),
            [](const Source& a, const Source& b) { return a.accepted < b.accepted; }));
    }
    sources.push_back(source);
}

bool Survival::is_known(const AskedRegister& asked, Moment now) const {
    const auto found = known_.find(asked.aor);
    return found != known_.end() &&
           std::any_of(found->second.begin(), found->second.end(), [&](const Source& source) {
               return source.realm == asked.flow.realm && source.ip == asked.flow.remote.ip &&
                      source.accepted + kMemory > now;
           });
}

bool Survival::on_register(transaction::ServerHandle server, const sip::Message& request,
                           const AskedRegister& asked, Moment now) {
    if (!watch_.is_down(asked.flow.realm)) {
        return false;
    }
    if (is_known(asked, now) && !removes(asked.contacts)) {
        registrar_.on_known(server, request, asked.flow, kGrant, now);
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
    while (!order_.empty() && order_.begin()->first + kMemory <= now) {
        forget_oldest();
    }
}

void Survival::forget_oldest() {
    const auto found = known_.find(std::string(order_.begin()->second));
    order_.erase(order_.begin());
    known_.erase(found);
}

}  // namespace sallyport::registration
