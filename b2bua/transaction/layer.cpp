// SPDX-License-Identifier: Apache-2.0
// The Layer itself: hands what comes in to the server or the client side (RFC 3261 s.17, s.18). See
// layer.h.
#include "b2bua/transaction/layer.h"

#include "b2bua/transaction/clients.h"
#include "b2bua/transaction/context.h"
#include "b2bua/transaction/reply.h"
#include "b2bua/transaction/servers.h"

namespace sallyport::transaction {

struct Layer::State {
    State(const Settings& settings, Sender& sender, User& user)
        : context(settings, sender, user), clients(context), servers(context) {}

    Context context;
    Clients clients;
    Servers servers;
    sip::Message request_view;  // what request_of() showed last
};

Layer::Layer(const Settings& settings, Sender& sender, User& user)
    : state_(std::make_unique<State>(settings, sender, user)) {}

Layer::~Layer() = default;

void Layer::receive(const sip::Message& message, const Flow& flow, Moment now) {
    if (!message.is_request()) {
        state_->clients.on_response(message, flow, now);
    } else if (message.method() == sip::Method::kAck) {
        state_->servers.on_ack(message, flow, now);
    } else if (message.method() == sip::Method::kCancel) {
        state_->servers.on_cancel(message, flow, now);
    } else {
        state_->servers.on_request(message, flow, now);
    }
}

ClientHandle Layer::request(std::string_view request, const Flow& flow, UserRef ref, Moment now) {
    return state_->clients.open(request, flow, ref, now);
}

void Layer::cancel(ClientHandle invite, std::string_view reason, Moment now) {
    state_->clients.cancel(invite, reason, now);
}

bool Layer::respond(ServerHandle server, int status, std::string_view response, Moment now) {
    return state_->servers.respond(server, status, response, now);
}

void Layer::attach(ServerHandle server, UserRef ref) {
    if (auto* found = state_->servers.find(server); found != nullptr) {
        found->ref = ref;
    }
}

UserRef Layer::ref_of(ServerHandle server) const {
    const auto* found = state_->servers.find(server);
    return found != nullptr ? found->ref : UserRef{};
}

const Flow* Layer::flow_of(ServerHandle server) const {
    const auto* found = state_->servers.find(server);
    return found != nullptr ? &found->flow : nullptr;
}

const sip::Message* Layer::request_of(ServerHandle server) {
    const auto* found = state_->servers.find(server);
    if (found == nullptr ||
        !state_->request_view.parse(found->request.view(), sip::kOwnLimits).ok()) {
        return nullptr;
    }
    return &state_->request_view;
}

const sip::Message* Layer::request_of(ClientHandle client) {
    return state_->clients.request_of(client, state_->request_view);
}

std::string_view Layer::vias_of(ServerHandle server) const {
    const auto* found = state_->servers.find(server);
    return found != nullptr ? found->vias.view() : std::string_view{};
}

std::string_view Layer::to_tag_of(ServerHandle server) {
    return state_->servers.to_tag_of(server);
}

void Layer::set_to_tag(ServerHandle server, std::string_view tag) {
    state_->servers.set_to_tag(server, tag);
}

bool Layer::awaiting_final(ServerHandle server) const {
    const auto* found = state_->servers.find(server);
    return found != nullptr &&
           (found->state == ServerState::kTrying || found->state == ServerState::kProceeding);
}

void Layer::reply_stateless(const sip::Message& request, const Flow& flow, const Reply& reply) {
    state_->servers.reply_stateless(request, flow, reply);
}

void Layer::abandon(ServerHandle server, Moment now) {
    state_->servers.abandon(server, now);
}

void Layer::advance(Moment now) {
    State& state = *state_;
    state.context.timers.advance(now, [&state, now](TimerHandle, const Due& due, Moment deadline) {
        if (due.side == Side::kClient) {
            state.clients.on_timer({due.index, due.generation}, static_cast<ClientEvent>(due.event),
                                   deadline, now);
        } else {
            state.servers.on_timer({due.index, due.generation}, static_cast<ServerEvent>(due.event),
                                   deadline, now);
        }
    });
}

Moment Layer::next_deadline() const {
    return state_->context.timers.next_deadline();
}

Gauges Layer::gauges() const {
    return {state_->clients.invites(), state_->servers.invites(), state_->clients.others(),
            state_->servers.others(), state_->context.timers.size()};
}

const Counters& Layer::counters() const {
    return state_->context.counters;
}

}  // namespace sallyport::transaction
