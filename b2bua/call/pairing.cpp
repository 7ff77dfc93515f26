// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/pairing.h"

#include "b2bua/call/identity.h"
#include "b2bua/call/session_part.h"
#include "b2bua/policy/contact_text.h"
#include "b2bua/policy/privacy.h"
#include "b2bua/policy/seen_through_nat.h"
#include "b2bua/sip/params.h"
#include "b2bua/sip/uri.h"

#include <algorithm>

namespace sallyport::call {

bool sees_one_early_dialog(const Realm& caller, const sip::Message& invite) noexcept {
    if (caller.fork != Forking::kSingle) {
        return false;
    }
    sip::ValueCursor required(invite, sip::HeaderId::kRequire);
    while (const auto tag = required.next()) {
        if (sip::iequals(*tag, "100rel")) {
            return false;
        }
    }
    return true;
}

void show(Call& call, std::size_t pair) {
    if (call.single && !call.confirmed && pair != call.shown) {
        call.pairs[pair].a = call.pairs[call.shown].a;
        call.shown = pair;
    }
}

std::size_t add_pair(CallTable& table, Call& call, const sip::NameAddr& remote,
                     std::string_view contact) {
    Environment& env = table.environment();
    DialogPair pair;
    pair.a = call.root.a;
    pair.b = call.root.b;
    pair.b.remote_tag = remote.tag;
    pair.b.remote_party = remote.text;
    pair.b.route_set
        .clear();  // the pre-loaded one was the INVITE's; the dialog's comes from Record-Route
    if (call.single && !call.pairs.empty()) {
        pair.a = call.pairs[call.shown].a;  // one tag, one Contact, one o= for all of them
        call.pairs.push_back(std::move(pair));
        return call.pairs.size() - 1;
    }
    if (!call.pairs.empty()) {
        pair.a.local_tag = env.identifiers.tag();
        pair.a.origin = call.pairs.back().a.origin;  // one o= for all that this caller sees (E6)
    }
    pair.a.local_party = with_tag_text(call.root.a.local_party, pair.a.local_tag);
    if (const auto user = user_of(contact); !user.empty()) {
        pair.a.contact = policy::own_contact(user, pair.a.flow.local);
    }
    call.pairs.push_back(std::move(pair));
    table.index(call, Side::kA, call.pairs.back().a);
    return call.pairs.size() - 1;
}

std::optional<std::size_t> find_pair(const Call& call, const sip::Message& response) {
    for (std::size_t i = 0; i < call.pairs.size(); ++i) {
        const Dialog& b = call.pairs[i].b;
        if (b.call_id == response.call_id() && sip::iequals(b.remote_tag, response.to().tag)) {
            return i;
        }
    }
    return std::nullopt;
}

std::optional<std::size_t> pair_of(CallTable& table, Call& call, const sip::Message& response) {
    if (const auto known = find_pair(call, response)) {
        return known;
    }
    if (call.pairs.size() >= kMaxPairs) {
        return std::nullopt;
    }
    const bool trusted = !table.environment().realm(call.root.a.flow.realm).nat;
    return add_pair(
        table, call, response.to(),
        policy::hides_contact(response, trusted) ? policy::kAnonymousUri : contact_uri(response));
}

namespace {

Media* ports_for(Call& call, std::size_t pair) {
    if (!call.media_user) {
        call.media_user = pair;
    }
    if (call.single) {
        call.media_user = pair;  // one set of ports on the A-leg: the last one with an SDP has it
        return call.media.get();
    }
    DialogPair& dialogs = call.pairs[pair];
    if (*call.media_user == pair || dialogs.media) {
        return &call.media_of(pair);
    }
    sip::Message invite;
    if (invite.parse(call.targets.invite(), sip::kOwnLimits).ok()) {
        dialogs.media = call.media->branch(Side::kA, session_description(invite));
    }
    return dialogs.media.get();
}

}  // namespace

Media* media_for(Call& call, std::size_t pair, const sip::Message& response) {
    Media* const media = ports_for(call, pair);
    if (media != nullptr) {
        const Endpoint& source = call.pairs[pair].b.flow.remote;
        media->set_through_nat(Side::kB, call.targets.current().through_nat ||
                                             policy::seen_through_nat(response, source));
    }
    return media;
}

void adopt_media(Call& call, std::size_t pair) {
    if (call.pairs[pair].media) {
        call.media = std::move(call.pairs[pair].media);
    }
    for (DialogPair& other : call.pairs) {
        other.media.reset();
    }
    call.media_user = pair;
    call.media->end_early();
}

void lose_pair(Call& call, std::size_t pair) {
    call.pairs[pair].lost = true;
    call.pairs[pair].media.reset();
    call.invite->reliable.lose(pair);
    if (call.media_user == pair) {
        call.media->take_floor(false);
    }
    const auto live = std::find_if(call.pairs.begin(), call.pairs.end(),
                                   [](const DialogPair& other) { return !other.lost; });
    if (call.shown == pair && live != call.pairs.end()) {
        show(call, static_cast<std::size_t>(live - call.pairs.begin()));
    }
}

void learn(Call& call, std::size_t pair, const sip::Message& response) {
    Dialog& b = call.pairs[pair].b;
    learn_allow(b, response);
    const std::string_view target = contact_uri(response);
    if (!target.empty()) {
        b.remote_target = target;
    }
    // The 1xx that made the dialog gives its route set, the 2xx the last word (RFC 3261 s.13.2.2.4,
    // D6); another 1xx may leave Record-Route out, and says nothing by that.
    if (b.route_set.empty() || response.status() >= 200) {
        b.route_set = record_routes(response);
        std::reverse(b.route_set.begin(), b.route_set.end());
    }
}

}  // namespace sallyport::call
