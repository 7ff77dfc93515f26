// SPDX-License-Identifier: Apache-2.0
// The registrar's answer on its way back to the phone: bindings change with its 2xx and not before
// (H2, H10, H18), challenges pass (D4, H11), refusals end what they refuse (H12).
#include "b2bua/registration/edge_path.h"
#include "b2bua/registration/phone_response.h"
#include "b2bua/registration/register_state.h"
#include "b2bua/registration/upstream_register.h"
#include "b2bua/routing/bulk_contact.h"
#include "b2bua/routing/own_address.h"
#include "b2bua/sip/delta_seconds.h"
#include "b2bua/sip/uri.h"
#include "b2bua/transaction/reply.h"

#include <algorithm>

namespace sallyport::registration {
namespace {

using sip::HeaderId;

/// The same phone comes again at once, with credentials or for longer.
bool invites_again(int status) noexcept {
    return status == 401 || status == 407 || status == 423;
}

/// RFC 3261 s.10.3, RFC 5626 s.6: the same URI, and the same flow where the registrar tells flows
/// apart.
bool is_same_binding(std::string_view uri, std::string_view instance, std::uint32_t reg_id,
                     const sip::NameAddr& contact) {
    const auto own = sip::Uri::parse(uri);
    const auto shown = sip::Uri::parse(contact.uri);
    if (!own.ok() || !shown.ok() || !sip::equivalent(*own, *shown)) {
        return false;
    }
    const auto other = sip::find_param(contact.params, "+sip.instance");
    const std::uint32_t flow = reg_id_of(contact);
    return (!other || other->value.value_or("") == instance) && (flow == 0 || flow == reg_id);
}

}  // namespace

std::string values_of(const sip::Message& message, HeaderId header) {
    std::string text;
    sip::ValueCursor cursor(message, header);
    while (const auto value = cursor.next()) {
        text.append(text.empty() ? "" : ", ").append(*value);
    }
    return text;
}

const Grant* grant_of(const std::vector<Grant>& grants, std::string_view token) {
    const auto found = std::find_if(grants.begin(), grants.end(),
                                    [&](const Grant& grant) { return grant.token == token; });
    return found == grants.end() ? nullptr : &*found;
}

std::optional<std::uint32_t> shortest(const std::vector<Grant>& grants) {
    std::optional<std::uint32_t> least;
    for (const Grant& grant : grants) {
        if (grant.expires != 0) {
            least = std::min(least.value_or(grant.expires), grant.expires);
        }
    }
    return least;
}

void RegisterRelay::State::on_response(transaction::UserRef ref, const sip::Message& response,
                                       Moment now) {
    if ((ref.value & kProbe) != 0) {
        return survival.watch().on_response(ref, response.status(), now);
    }
    if (response.status() < 200) {
        return;  // C5: ours to the phone, if it takes long, is the transaction layer's
    }
    auto closed = close(ref, !invites_again(response.status()), now);
    if (!closed) {
        counters.stray.add();
        return;
    }
    PendingRegister& asked = *closed;
    RegisterContext* context = contexts.find(asked.context);  // pending, so it is there
    context->pending = false;
    context->challenged = invites_again(response.status());
    asked.outbound = asked.outbound && lists_tag(response, HeaderId::kRequire, "outbound");
    survival.watch().heard(*asked.upstream, is_alive(response.status()), now);
    if (response.status() == 423 && retry_longer(asked, response, now)) {
        return;
    }
    Moment keep = now + env.settings.retry_context;
    std::vector<Grant> grants;
    if (response.status() < 300) {
        grants = commit(asked, response, now);
        if (const auto least = shortest(grants)) {
            context->accepted_cseq = asked.cseq;
            context->accepted_until = now + to_millis(*least);
            keep = std::max(keep, now + to_millis(asked_upstream(*least, context->floor)));
        }
    } else {
        context->kept.reset();
        if (response.status() == 403 || response.status() == 404 || response.status() == 410) {
            forget(asked);
        }
    }
    contexts.keep_until(asked.context, keep);
    count(response.status());
    answer(asked, response, grants, now);
}

void RegisterRelay::State::on_failed(transaction::UserRef ref, transaction::ClientFailure failure,
                                     Moment now) {
    if ((ref.value & kProbe) != 0) {
        return survival.watch().on_failed(ref, now);
    }
    const auto closed = close(ref, false, now);
    if (!closed) {
        return;
    }
    const PendingRegister& asked = *closed;
    survival.watch().heard(*asked.upstream, false, now);
    RegisterContext* context = contexts.find(asked.context);
    context->pending = false;
    context->kept.reset();
    contexts.keep_until(asked.context, now + env.settings.retry_context);
    if (failure == transaction::ClientFailure::kTransport) {
        counters.unreachable.add();
        return refuse(asked.server, 503, {}, now);
    }
    counters.timeout.add();
    env.layer.abandon(asked.server, now);  // RFC 4320 s.4.2: no 408
}

std::vector<Grant> RegisterRelay::State::commit(const PendingRegister& asked,
                                                const sip::Message& response, Moment now) {
    if (asked.contacts.wildcard) {
        for (const std::string& token : bindings.tokens_of(asked.registrar, asked.aor)) {
            erase(token, asked.at);
        }
    }
    const std::uint32_t floor = contexts.find(asked.context)->floor;
    const std::string service_route =
        routes_of(response, HeaderId::kServiceRoute, env.config.limits.route);
    const std::string identities = values_of(response, HeaderId::kPAssociatedUri);
    std::vector<Grant> grants;
    for (const RequestedContact& contact : asked.contacts.list) {
        if (contact.routable) {
            const std::uint32_t sent = asked_upstream(contact.expires, floor);
            const Granted granted{granted_to(asked, contact.token, response, sent), service_route,
                                  identities};
            grants.push_back(commit_contact(asked, contact, granted, now));
        }
    }
    return grants;
}

Grant RegisterRelay::State::commit_contact(const PendingRegister& asked,
                                           const RequestedContact& contact, const Granted& granted,
                                           Moment now) {
    if (contact.expires == 0 || granted.expires.value_or(0) == 0) {
        erase(contact.token, asked.at);
        return {contact.token, contact.uri, 0};
    }
    const std::uint32_t seconds = capped(asked, std::min(contact.expires, *granted.expires), now);
    Binding binding;
    bind_as_asked(asked, contact, binding);
    binding.expires = now + to_millis(seconds);
    binding.upstream_expires = now + to_millis(*granted.expires);
    binding.service_route = granted.service_route;
    binding.identities = granted.identities;
    binding.accepted = now;
    survival.remember(binding);
    if (!bindings.put(binding)) {
        counters.table_full.add();
    } else if (env.publish) {
        env.publish({BindingChange::Kind::kPut, std::move(binding)});
    }
    return {contact.token, contact.uri, seconds};
}

std::uint32_t RegisterRelay::State::capped(const PendingRegister& asked, std::uint32_t seconds,
                                           Moment now) {
    const auto cap = static_cast<std::uint32_t>(env.settings.nat_cap_udp.count() / 1000);
    const std::uint32_t most =
        asked.behind_nat && !asked.outbound ? std::min(seconds, cap) : seconds;
    if (!intake(asked).crowded(now)) {
        return most;
    }
    return most - static_cast<std::uint32_t>(env.identifiers.number() % (most / 10 + 1));
}

/// H12. Only what the same phone bound: a stranger whose REGISTER is refused ends nothing, not even
/// behind the same NAT.
void RegisterRelay::State::forget(const PendingRegister& asked) {
    for (const RequestedContact& contact : asked.contacts.list) {
        const Binding* binding = contact.routable ? bindings.find(contact.token) : nullptr;
        if (binding != nullptr && binding->flow == asked.flow &&
            binding->call_id == asked.call_id) {
            erase(contact.token, asked.at);
        }
    }
}

void RegisterRelay::State::erase(const std::string& token, Moment asked) {
    const Binding* binding = bindings.find(token);
    if (binding == nullptr) {
        return;
    }
    BindingChange change{BindingChange::Kind::kErase, {}};
    change.binding.token = binding->token;
    change.binding.aor = binding->aor;
    change.binding.asked = asked;
    if (bindings.erase(token, asked) && env.publish) {
        env.publish(change);
    }
}

/// H11: a 423 is ours to heal when each value that was too brief was chosen by us.
bool RegisterRelay::State::retry_longer(PendingRegister& asked, const sip::Message& response,
                                        Moment now) {
    const auto least = sip::delta_seconds(response.value_of(HeaderId::kMinExpires));
    RegisterContext* context = contexts.find(asked.context);
    if (asked.retried || !least || *least <= context->floor) {
        return false;
    }
    for (const RequestedContact& contact : asked.contacts.list) {
        if (contact.expires != 0 && contact.expires >= context->floor && contact.expires < *least) {
            return false;  // the phone's own value: it must hear of it
        }
    }
    const sip::Message* request = env.layer.request_of(asked.server);
    if (request == nullptr) {
        return false;
    }
    context->floor = *least;
    asked.retried = true;
    counters.retried_423.add();
    send(std::move(asked), *request, now);
    return true;
}

/// H16: what the phone is shown, ours first; empty: nothing changes.
std::string RegisterRelay::State::shown_service_route(const PendingRegister& asked,
                                                      const sip::Message& response) const {
    const std::string given = values_of(response, HeaderId::kServiceRoute);
    return given.empty() || !asked.by_path ? std::string{}
                                           : own_route(asked.flow.local) + ", " + given;
}

void RegisterRelay::State::answer(const PendingRegister& asked, const sip::Message& response,
                                  const std::vector<Grant>& grants, Moment now) {
    const std::string vias(env.layer.vias_of(asked.server));
    const std::string to_tag(env.layer.to_tag_of(asked.server));
    const sip::Message* request = env.layer.request_of(asked.server);
    if (request == nullptr) {
        return;  // the phone gave up; its next REGISTER will find what was bound
    }
    const policy::Crossing across = crossing(asked, false);
    PhoneFrame frame{*request, vias, to_tag, across, {}, {}};
    frame.expires = response.status() < 300 ? shortest(grants) : std::nullopt;
    KeptAnswer kept{now, {}, {}, {}};
    const ContactRule rule = [&](const sip::NameAddr& contact) {
        const std::string token = known_as(asked, contact);
        auto shows = shown_as(asked, contact, token, grants);
        if (shows) {
            kept.contacts.push_back(
                {token, *shows, now + to_millis(expires_of(contact).value_or(kDefaultExpires))});
        }
        return shows;
    };
    const std::string service_route = shown_service_route(asked, response);
    frame.service_route = service_route;
    const auto text = write_phone_response(response, frame, rule, scratch);
    if (text) {
        if (response.status() < 300) {
            if (asked.by_path) {
                kept.lines = path_lines(values_of(response, HeaderId::kPath), service_route);
            }
            keep_answer(asked, *request, std::move(kept), grants);
        }
        env.layer.respond(asked.server, response.status(), *text, now);
        return;
    }
    counters.too_large.add();
    refuse(asked.server, 500, {}, now);
}

/// What a Contact of the registrar's 2xx is for the phone (H4); nullopt: it is left out.
std::optional<std::string> RegisterRelay::State::shown_as(const PendingRegister& asked,
                                                          const sip::NameAddr& contact,
                                                          std::string_view token,
                                                          const std::vector<Grant>& grants) const {
    if (token.empty()) {
        return std::string(contact.text);  // somebody registered without us
    }
    const Grant* grant = grant_of(grants, token);
    if (asked.by_path) {  // its Contacts are the phones' own
        const bool as_granted = grant == nullptr || expires_of(contact) == grant->expires;
        return as_granted ? std::string(contact.text)
                          : edited(contact, {contact.uri, grant->expires, true, false});
    }
    if (grant != nullptr) {
        return edited(contact, {grant->uri, grant->expires, true, false});
    }
    const Binding* binding = bindings.find(token);
    return binding == nullptr ? std::nullopt
                              : std::optional(edited(contact, {binding->contact_uri, {}}));
}

/// H7. A query changes nothing; what asked for the end of a binding is not a refresh.
void RegisterRelay::State::keep_answer(const PendingRegister& asked, const sip::Message& request,
                                       KeptAnswer&& answer, const std::vector<Grant>& grants) {
    if (asked.contacts.list.empty() && !asked.contacts.wildcard) {
        return;
    }
    RegisterContext& context = *contexts.find(asked.context);
    const bool binds =
        !grants.empty() && std::all_of(grants.begin(), grants.end(),
                                       [](const Grant& grant) { return grant.expires != 0; });
    context.kept.reset();
    if (binds) {
        context.kept = std::move(answer);
        context.kept->asked = values_of(request, HeaderId::kContact);
    }
}

void RegisterRelay::State::count(int status) {
    if (status < 300) {
        counters.accepted.add();
    } else if (status == 401 || status == 407) {
        counters.challenged.add();
    } else if (status == 423) {
        counters.too_brief.add();
    } else {
        counters.refused.add();
    }
}

std::string_view RegisterRelay::State::token_in(const sip::NameAddr& contact) const {
    const auto uri = sip::Uri::parse(contact.uri);
    if (!uri.ok() || !routing::is_own(env.config, *uri)) {
        return {};
    }
    const std::string_view bulk = routing::bulk_token(*uri);
    const std::string_view token = bulk.empty() ? uri->user : bulk;
    return looks_like_token(token) ? token : std::string_view{};
}

std::string RegisterRelay::State::known_as(const PendingRegister& asked,
                                           const sip::NameAddr& contact) const {
    if (!asked.by_path) {
        return std::string(token_in(contact));
    }
    const auto mine = std::find_if(
        asked.contacts.list.begin(), asked.contacts.list.end(), [&](const RequestedContact& own) {
            return own.routable && is_same_binding(own.uri, own.instance, own.reg_id, contact);
        });
    if (mine != asked.contacts.list.end()) {
        return mine->token;
    }
    for (const std::string& token : bindings.tokens_of(asked.registrar, asked.aor)) {
        const Binding& other = *bindings.find(token);
        if (is_same_binding(other.contact_uri, other.instance, other.reg_id, contact)) {
            return token;
        }
    }
    return {};
}

std::optional<std::uint32_t> RegisterRelay::State::granted_to(const PendingRegister& asked,
                                                              std::string_view token,
                                                              const sip::Message& response,
                                                              std::uint32_t otherwise) const {
    sip::ValueCursor cursor(response, HeaderId::kContact);
    while (const auto value = cursor.next()) {
        const auto contact = sip::NameAddr::parse(*value);
        if (!contact.ok() || known_as(asked, *contact) != token) {
            continue;
        }
        if (const auto own = expires_of(*contact)) {
            return own;
        }
        return sip::delta_seconds(response.value_of(HeaderId::kExpires)).value_or(otherwise);
    }
    return std::nullopt;
}

}  // namespace sallyport::registration
