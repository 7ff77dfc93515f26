// SPDX-License-Identifier: Apache-2.0
// The phone's REGISTER on its way to the registrar: what is refused at once (H9, H13, J10), and
// what is sent (H3, H6).
#include "b2bua/registration/address_of_record.h"
#include "b2bua/registration/behind_nat.h"
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

/// Some Contact would be reached through us.
bool binds_here(const RequestedContacts& asked) noexcept {
    return std::any_of(asked.list.begin(), asked.list.end(),
                       [](const RequestedContact& contact) { return contact.routable; });
}

}  // namespace

RegisterRelay::State::State(Environment e)
    : env(std::move(e)),
      bindings(env.settings.max_bindings),
      contexts(env.settings.max_bindings + env.settings.max_pending),
      registrar(env, bindings, counters),
      scratch(kLargestMessage) {}

policy::Crossing RegisterRelay::State::crossing(RealmId from, RealmId to, bool request) const {
    policy::Crossing crossing = policy::crossing_between(env.config, from, to);
    crossing.request = request;
    crossing.method = sip::Method::kRegister;
    return crossing;
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
    PendingRegister asked;
    asked.server = arrival.server;
    asked.flow = arrival.flow;
    asked.upstream = &arrival.upstream;
    asked.aor = std::move(*aor);
    asked.context = RegisterContexts::key_of(arrival.request, asked.aor);
    asked.asked = std::move(*contacts);
    asked.call_id = arrival.request.call_id();
    asked.cseq = arrival.request.cseq().number;
    asked.behind_nat = env.config.realms[arrival.flow.realm.value].nat &&
                       seen_through_nat(arrival.request, asked.asked, arrival.flow.remote);
    for (RequestedContact& contact : asked.asked.list) {
        if (contact.routable) {
            contact.token = token_of(env.key, asked.aor, contact.uri, contact.instance);
        }
    }
    if (in_order(asked, arrival.request, now) && !refreshed_here(asked, arrival.request, now) &&
        has_room(asked, now)) {
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
    std::vector<std::string> tokens = bindings.tokens_of(asked.aor);
    bool is_new = false;
    for (const RequestedContact& contact : asked.asked.list) {
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
    if (pending.size() >= env.settings.max_pending || (is_new && !bindings.has_room())) {
        counters.table_full.add();
        refuse_for_now(asked.server, 503, 5 + env.identifiers.number() % 11, now);  // J7
        return false;
    }
    return true;
}

void RegisterRelay::State::send(PendingRegister&& asked, const sip::Message& request, Moment now) {
    RegisterContext& context = contexts.open(asked.context, env.identifiers);
    if (context.phone_from_tag != request.from().tag) {
        context.from_tag =
            context.phone_from_tag.empty() ? context.from_tag : env.identifiers.tag();
        context.phone_from_tag = request.from().tag;
    }
    context.floor = std::max(context.floor, seconds(env.settings.upstream_expires));
    ++context.cseq;
    const std::string branch = env.identifiers.branch();
    const policy::Crossing across = crossing(asked.flow.realm, asked.upstream->realm, true);
    const auto text = write_upstream(
        request, asked.asked, {env.config, *asked.upstream, context, branch, across}, scratch);
    const std::uint64_t number = next++;
    const transaction::UserRef ref{kRegistrationRef | number};
    const Flow flow = routing::flow_to(env.config, *asked.upstream);
    if (text && env.layer.request(*text, flow, ref, now)) {
        context.pending = true;
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
