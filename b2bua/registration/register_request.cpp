// SPDX-License-Identifier: Apache-2.0
// The phone's REGISTER on its way to the registrar: what is refused at once (H9, H13, J10), and
// what is sent (H3, H6).
#include "b2bua/registration/address_of_record.h"
#include "b2bua/registration/edge_path.h"
#include "b2bua/registration/register_state.h"
#include "b2bua/registration/upstream_register.h"
#include "b2bua/routing/own_address.h"
#include "b2bua/transaction/reply.h"

#include <algorithm>

namespace sallyport::registration {
namespace {

constexpr std::size_t kLargestMessage = 65507;  // one UDP datagram (A19)

std::uint32_t seconds(Millis duration) noexcept {
    return static_cast<std::uint32_t>(duration.count() / 1000);
}

/// The token of a Contact (H3). In mode path the registrar never sees it, and with outbound a
/// binding is that of an instance and a flow of it, whatever the Contact (RFC 5626 s.6).
std::string name_of(const Environment& env, const PendingRegister& asked,
                    const RequestedContact& contact) {
    const std::string_view registrar = routing::name_of(env.config, asked.registrar);
    if (!asked.outbound || contact.instance.empty() || contact.reg_id == 0) {
        return token_of(env.key, registrar, asked.aor, contact.uri, contact.instance);
    }
    return token_of(env.key, registrar, asked.aor, {},
                    contact.instance + ";reg-id=" + std::to_string(contact.reg_id));
}

std::size_t count_values(const sip::Message& message, sip::HeaderId header) {
    std::size_t count = 0;
    sip::ValueCursor cursor(message, header);
    while (cursor.next()) {
        ++count;
    }
    return count;
}

/// Some Contact would be reached through us.
bool binds_here(const RequestedContacts& asked) noexcept {
    return std::any_of(asked.list.begin(), asked.list.end(),
                       [](const RequestedContact& contact) { return contact.routable; });
}

}  // namespace

RegisterRelay::State::State(Environment e)
    : env(std::move(e)),
      flow_tokens(env.key.octets),
      bindings(env.settings.max_bindings, env.settings.contacts_per_aor),
      contexts(env.settings.max_bindings + env.settings.max_pending),
      registrar(env, bindings, counters),
      survival(env, registrar, counters),
      scratch(kLargestMessage),
      keepalive({env.config, env.identifiers, bindings, counters, env.sender, env.journal, env.self,
                 env.settings.max_bindings}) {
    const std::size_t shards = std::max<std::size_t>(env.config.shards, 1);
    for (const Peer& peer : env.config.peers) {
        intakes.emplace_back((peer.max_pending_registers + shards - 1) / shards);
    }
    // Whoever binds a phone here tells the others of it, and so its flow is known (H19).
    env.publish = [this, tell = std::move(env.publish)](const BindingChange& change) {
        if (change.kind == BindingChange::Kind::kPut) {
            keepalive.told(change.binding);
        }
        if (tell) {
            tell(change);
        }
    };
}

policy::Crossing RegisterRelay::State::crossing(const PendingRegister& asked, bool request) const {
    const RealmId near = asked.flow.realm;
    const RealmId far = asked.upstream->realm;
    policy::Crossing crossing =
        policy::crossing_between(env.config, request ? near : far, request ? far : near);
    crossing.request = request;
    crossing.method = sip::Method::kRegister;
    crossing.by_path = asked.by_path;
    return crossing;
}

/// H15; empty in the other modes. RFC 5626 s.5.1: ob says that we are the first hop, so that the
/// flow is the phone's own.
std::string RegisterRelay::State::path_of(const PendingRegister& asked,
                                          const sip::Message& request) const {
    if (!asked.by_path) {
        return {};
    }
    return path_value(flow_tokens.seal(asked.flow),
                      routing::listen_point(env.config, asked.upstream->realm),
                      asked.outbound && count_values(request, sip::HeaderId::kVia) == 1);
}

void RegisterRelay::State::refuse(transaction::ServerHandle server, int status,
                                  std::string_view reason, Moment now) {
    transaction::Reply reply;
    reply.status = status;
    reply.reason = reason;
    transaction::reply(env.layer, server, reply, now);
}

void RegisterRelay::State::refuse_for_now(transaction::ServerHandle server, int status,
                                          std::uint64_t seconds_to_wait, Moment now) {
    const std::string line = "Retry-After: " + std::to_string(seconds_to_wait) + "\r\n";
    transaction::Reply reply;
    reply.status = status;
    reply.lines = line;
    transaction::reply(env.layer, server, reply, now);
}

void RegisterRelay::State::on_register(const Arrival& arrival, Moment now) {
    auto contacts = read_contacts(arrival.request);
    if (!contacts.ok()) {
        counters.malformed.add();
        return refuse(arrival.server, contacts.error().status, contacts.error().reason, now);
    }
    auto aor = canonical_aor(arrival.request.to().uri);
    if (!aor && !binds_here(*contacts)) {
        aor = std::string(arrival.request.to().uri);  // a scheme for the registrar to judge (A21)
    }
    if (!aor) {
        counters.malformed.add();
        return refuse(arrival.server, 400, "Bad To", now);
    }
    const Realm& realm = env.config.realms[arrival.flow.realm.value];
    PendingRegister asked{asked_by(env.config, {arrival.request, arrival.flow, now},
                                   std::move(*aor), std::move(*contacts))};
    asked.server = arrival.server;
    asked.upstream = &arrival.upstream;
    asked.context = RegisterContexts::key_of(arrival.request, asked);
    asked.by_path = realm.registration == RegistrationMode::kPath;
    asked.outbound = asked.by_path && asks_outbound(arrival.request, asked.contacts);
    for (RequestedContact& contact : asked.contacts.list) {
        if (contact.routable) {
            contact.token = name_of(env, asked, contact);
        }
    }
    if (in_order(asked, arrival.request, now) && !refreshed_here(asked, arrival.request, now) &&
        !survival.on_register(asked.server, arrival.request, asked, now) && has_room(asked, now) &&
        is_due(asked, arrival.request, now)) {
        send(std::move(asked), arrival.request, now);
    }
}

/// H13, RFC 3261 s.10.3 step 7. The CSeq that counts is that of the last REGISTER which the
/// registrar accepted: one that it refused came from anybody.
bool RegisterRelay::State::in_order(const PendingRegister& asked, const sip::Message& request,
                                    Moment now) {
    const RegisterContext* context = contexts.find(asked.context);
    if (context == nullptr) {
        return true;
    }
    if (context->pending) {
        counters.overlapping.add();
        refuse_for_now(asked.server, 500, 1, now);
        return false;
    }
    if (context->accepted_until > now && request.cseq().number <= context->accepted_cseq) {
        counters.out_of_order.add();
        refuse(asked.server, 500, "CSeq Out Of Order", now);
        return false;
    }
    return true;
}

bool RegisterRelay::State::has_room(const PendingRegister& asked, Moment now) {
    std::vector<std::string> tokens = bindings.tokens_of(asked.registrar, asked.aor);
    bool is_new = false;
    for (const RequestedContact& contact : asked.contacts.list) {
        const bool known = std::find(tokens.begin(), tokens.end(), contact.token) != tokens.end();
        if (contact.routable && contact.expires != 0 && !known) {
            tokens.push_back(contact.token);
            is_new = true;
        }
    }
    if (is_new && tokens.size() > env.settings.contacts_per_aor) {
        counters.too_many_contacts.add();
        refuse(asked.server, 403, "Too Many Contacts", now);
        return false;
    }
    if (pending.size() >= env.settings.max_pending ||
        (is_new && !bindings.has_room(pending.size() + 1))) {
        counters.table_full.add();
        refuse_for_now(asked.server, 503, 5 + env.identifiers.number() % 11, now);  // J7
        return false;
    }
    return true;
}

/// Every phone gets its turn: who has a binding to lose, or has just been challenged, before the
/// others.
bool RegisterRelay::State::is_due(const PendingRegister& asked, const sip::Message& request,
                                  Moment now) {
    const RegisterContext* context = contexts.find(asked.context);
    const bool answers_challenge = context != nullptr && context->challenged &&
                                   (request.has(sip::HeaderId::kAuthorization) ||
                                    request.has(sip::HeaderId::kProxyAuthorization));
    const bool is_bound = std::any_of(
        asked.contacts.list.begin(), asked.contacts.list.end(),
        [&](const RequestedContact& contact) {
            const Binding* binding = contact.routable ? bindings.find(contact.token) : nullptr;
            return binding != nullptr && binding->flow.remote.ip == asked.flow.remote.ip;
        });
    const auto rank = is_bound || answers_challenge ? Intake::Rank::kKnown : Intake::Rank::kNew;
    if (intake(asked).has_room(rank)) {
        return true;
    }
    counters.put_off.add();
    refuse_for_now(asked.server, 503, intake(asked).put_off(env.identifiers.number(), now), now);
    return false;
}

Intake& RegisterRelay::State::intake(const PendingRegister& asked) {
    return intakes[static_cast<std::size_t>(asked.upstream - env.config.peers.data())];
}

std::optional<PendingRegister> RegisterRelay::State::close(transaction::UserRef ref, bool served,
                                                           Moment now) {
    constexpr std::uint64_t kNumber = (1ULL << 56) - 1;
    const auto found = pending.find(ref.value & kNumber);
    if (found == pending.end()) {
        return std::nullopt;
    }
    intake(found->second).closed(served, now);
    return std::move(pending.extract(found).mapped());
}

void RegisterRelay::State::send(PendingRegister&& asked, const sip::Message& request, Moment now) {
    RegisterContext& context = contexts.open(asked.context, env.identifiers);
    if (context.phone_from_tag != request.from().tag) {
        context.from_tag =
            context.phone_from_tag.empty() ? context.from_tag : env.identifiers.tag();
        context.phone_from_tag = request.from().tag;
    }
    if (!asked.by_path) {  // H6; in mode path the phone asks for itself
        context.floor = std::max(context.floor, seconds(env.settings.upstream_expires));
    }
    ++context.cseq;
    const std::string branch = env.identifiers.branch();
    const policy::Crossing across = crossing(asked, true);
    const std::string path = path_of(asked, request);
    const auto text = write_upstream(
        request, asked.contacts,
        {env.config, asked.flow.realm, *asked.upstream, context, branch, across, path}, scratch);
    const std::uint64_t number = next++;
    const transaction::UserRef ref{kRegistrationRef | number};
    const Flow flow = routing::flow_to(env.config, *asked.upstream);
    if (text && env.layer.request(*text, flow, ref, now)) {
        context.pending = true;
        intake(asked).opened(now);
        pending.emplace(number, std::move(asked));
        return;
    }
    context.pending = false;
    contexts.keep_until(asked.context, now + env.settings.retry_context);
    if (text) {
        counters.table_full.add();
        return refuse_for_now(asked.server, 503, 5 + env.identifiers.number() % 11, now);
    }
    counters.too_large.add();
    refuse(asked.server, 513, {}, now);
}

}  // namespace sallyport::registration
