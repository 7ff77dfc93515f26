// SPDX-License-Identifier: Apache-2.0
// Refreshes that the registrar need not see (H7, H8): answered from its last 2xx while that still
// grants enough and nothing about the phone has changed.
#include "b2bua/registration/register_state.h"
#include "b2bua/transaction/reply.h"

#include <algorithm>

namespace sallyport::registration {
namespace {

/// Beyond what the phone is granted, so that its next refresh finds the registrar's grant alive.
constexpr Millis kMargin{60 * 1000};

/// More than half of the registrar's grant is left, and more than the phone is told.
bool lasts(const Binding& binding, std::uint32_t granted, Moment now) noexcept {
    const Millis left = binding.upstream_expires - now;
    const Millis whole = binding.upstream_expires - binding.accepted.value_or(now);
    return binding.accepted && left > std::max(whole / 2, to_millis(granted) + kMargin);
}

/// Every device of the address-of-record that has a binding is in the list.
bool shows_all(const KeptAnswer& kept, const std::vector<std::string>& tokens) {
    return std::all_of(tokens.begin(), tokens.end(), [&](const std::string& token) {
        return std::any_of(kept.contacts.begin(), kept.contacts.end(),
                           [&](const ShownContact& shown) { return shown.token == token; });
    });
}

}  // namespace

std::optional<std::vector<Grant>> RegisterRelay::State::refreshable(const PendingRegister& asked,
                                                                    const sip::Message& request,
                                                                    Moment now) {
    const RegisterContext* context = contexts.find(asked.context);
    if (context == nullptr || !context->kept || asked.outbound ||
        context->kept->given < survival.watch().back_since(*asked.upstream) ||  // H24
        context->kept->asked != values_of(request, sip::HeaderId::kContact) ||
        !shows_all(*context->kept, bindings.tokens_of(asked.registrar, asked.aor))) {
        return std::nullopt;
    }
    std::vector<Grant> grants;
    for (const RequestedContact& contact : asked.contacts.list) {
        if (!contact.routable) {
            continue;
        }
        const Binding* binding = bindings.find(contact.token);
        const std::uint32_t seconds = capped(asked, contact.expires, now);
        if (binding == nullptr || seconds == 0 || !(binding->flow == asked.flow) ||
            binding->call_id != asked.call_id || !lasts(*binding, seconds, now)) {
            return std::nullopt;
        }
        grants.push_back({contact.token, contact.uri, seconds});
    }
    return grants.empty() ? std::nullopt : std::optional(std::move(grants));
}

bool RegisterRelay::State::refreshed_here(const PendingRegister& asked, const sip::Message& request,
                                          Moment now) {
    const auto grants = refreshable(asked, request, now);
    if (!grants) {
        return false;
    }
    std::string identities;
    for (const Grant& grant : *grants) {
        Binding binding = *bindings.find(grant.token);
        binding.cseq = asked.cseq;
        binding.asked = asked.at;
        binding.expires = now + to_millis(grant.expires);
        identities = binding.identities;
        (void)bindings.put(binding);  // it is there: no room is needed
        if (env.publish) {
            env.publish({BindingChange::Kind::kPut, std::move(binding)});
        }
    }
    RegisterContext& context = *contexts.find(asked.context);
    const std::uint32_t least = *shortest(*grants);
    context.accepted_cseq = asked.cseq;
    context.accepted_until = now + to_millis(least);
    contexts.keep_until(asked.context, std::max(context.due, context.accepted_until));
    std::string lines = "Contact: " + shown_again(*context.kept, *grants, now) +
                        "\r\nExpires: " + std::to_string(least) + "\r\n" + context.kept->lines;
    if (!identities.empty()) {
        lines.append("P-Associated-URI: ").append(identities).append("\r\n");
    }
    transaction::Reply reply;
    reply.status = 200;
    reply.lines = lines;
    transaction::reply(env.layer, asked.server, reply, now);
    counters.refreshed_here.add();
    return true;
}

/// The phone's own Contacts with what it is granted now, the others with what is left of theirs.
std::string RegisterRelay::State::shown_again(const KeptAnswer& kept,
                                              const std::vector<Grant>& grants, Moment now) const {
    std::string list;
    for (const ShownContact& shown : kept.contacts) {
        const auto contact = sip::NameAddr::parse(shown.text);
        const Grant* grant = grant_of(grants, shown.token);
        const Binding* binding = bindings.find(shown.token);
        const Moment until = binding != nullptr ? binding->upstream_expires : shown.until;
        const bool gone = (binding == nullptr && !shown.token.empty()) || until <= now;
        if (!contact.ok() || gone) {
            continue;
        }
        const std::uint32_t seconds =
            grant != nullptr ? grant->expires
                             : static_cast<std::uint32_t>((until - now).count() / 1000);
        list.append(list.empty() ? "" : ", ");
        list.append(edited(*contact, {contact->uri, seconds, true, false}));
    }
    return list;
}

}  // namespace sallyport::registration
