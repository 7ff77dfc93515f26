// SPDX-License-Identifier: Apache-2.0
#include "b2bua/registration/register_relay.h"

#include "b2bua/registration/address_of_record.h"
#include "b2bua/registration/register_state.h"

#include <algorithm>

namespace sallyport::registration {

RegisterRelay::RegisterRelay(Environment environment)
    : state_(std::make_unique<State>(std::move(environment))) {}

RegisterRelay::~RegisterRelay() = default;

void RegisterRelay::on_register(transaction::ServerHandle server, const sip::Message& request,
                                const Flow& flow, const Peer& upstream, Moment now) {
    state_->on_register({server, request, flow, upstream}, now);
}

Registrar& RegisterRelay::registrar() noexcept {
    return state_->registrar;
}

void RegisterRelay::on_response(transaction::UserRef ref, const sip::Message& response,
                                Moment now) {
    state_->on_response(ref, response, now);
}

void RegisterRelay::on_failed(transaction::UserRef ref, transaction::ClientFailure failure,
                              Moment now) {
    state_->on_failed(ref, failure, now);
}

void RegisterRelay::advance(Moment now) {
    state_->counters.lapsed.add(state_->bindings.advance(now));
    state_->contexts.advance(now);
    state_->survival.advance(now);
    state_->keepalive.advance(now);
}

void RegisterRelay::apply(const BindingChange& change) {
    if (change.kind == BindingChange::Kind::kErase) {
        (void)state_->bindings.erase(change.binding.token, change.binding.asked);
        return;
    }
    state_->survival.remember(change.binding);
    if (!state_->bindings.put(change.binding)) {
        state_->counters.table_full.add();
    } else {
        state_->keepalive.told(change.binding);
    }
}

bool RegisterRelay::heard(const Flow& flow, Moment now) {
    state_->keepalive.heard_blanks(flow, now);
    return state_->bindings.has_flow(flow);
}

bool RegisterRelay::is_keepalive(const sip::Message& response, const Flow& flow, Moment now) {
    return state_->keepalive.on_response(response, flow, now);
}

void RegisterRelay::walk(TableWalk& place, std::size_t most,
                         const std::function<void(const Binding&)>& each) const {
    state_->bindings.walk(place, most, each);
}

routing::Registered RegisterRelay::by_token(std::string_view token, Moment now) const {
    return state_->bindings.by_token(token, now);
}

routing::Registered RegisterRelay::by_aor(std::string_view user, std::string_view host,
                                          std::optional<routing::RegistrarId> registrar,
                                          Moment now) const {
    return state_->bindings.by_aor(canonical_aor(user, host), registrar, now);
}

routing::Registered RegisterRelay::by_user(std::string_view user,
                                           std::optional<routing::RegistrarId> registrar,
                                           Moment now) const {
    return state_->bindings.by_user(canonical_user(user), registrar, now);
}

bool RegisterRelay::has_identity(const Flow& flow, std::string_view uri, Moment now) const {
    return state_->bindings.has_identity(flow, uri, now);
}

bool RegisterRelay::has_flow(const Flow& flow, Moment now) const {
    return state_->bindings.has_flow(flow, now) ||
           std::any_of(state_->pending.begin(), state_->pending.end(),
                       [&](const auto& entry) { return entry.second.flow == flow; });
}

std::string RegisterRelay::service_route(const Flow& flow, std::string_view uri, Moment now) const {
    return state_->bindings.service_route(flow, uri, now);
}

bool RegisterRelay::survives(RealmId realm) const {
    return state_->survival.watch().is_down(realm);
}

std::size_t RegisterRelay::dead() const {
    return state_->survival.watch().down();
}

std::size_t RegisterRelay::size() const noexcept {
    return state_->bindings.size();
}
std::size_t RegisterRelay::pending() const noexcept {
    return state_->pending.size();
}
const Counters& RegisterRelay::counters() const noexcept {
    return state_->counters;
}

}  // namespace sallyport::registration
