// SPDX-License-Identifier: Apache-2.0
#include "b2bua/registration/bindings.h"

#include "b2bua/registration/identity_of_phone.h"

#include <algorithm>

namespace sallyport::registration {
namespace {

using routing::Reach;
using routing::Registered;

constexpr Millis kGrace{32 * 1000};  // H20: a refresh may be on its way for 64*T1

std::string_view user_of(std::string_view aor) noexcept {
    return aor.substr(0, aor.rfind('@'));
}

Registered reached(const Binding& binding) {
    return {Reach::kBound, binding.flow, binding.contact_uri, binding.path};
}

/// Realm and remote end; a phone has one local end to talk to us.
std::string key_of(const Flow& flow) {
    return std::to_string(flow.realm.value) + " " + flow.remote.to_string();
}

/// Of an address-of-record at a registrar.
std::string key_of(routing::RegistrarId registrar, std::string_view aor) {
    std::string key;
    key.push_back(static_cast<char>(registrar.value & 0xff));
    key.push_back(static_cast<char>(registrar.value >> 8));
    return key.append(aor);
}
std::string_view aor_of(std::string_view key) noexcept {
    return key.substr(2);
}
bool is_of(std::string_view key, std::optional<routing::RegistrarId> registrar) {
    return !registrar || key.substr(0, 2) == key_of(*registrar, {});
}

/// What the registrar accepted before what was bound here while it was dead (H24), whatever its q.
bool preferred(const Binding& a, const Binding& b) noexcept {
    if (a.accepted.has_value() != b.accepted.has_value()) {
        return a.accepted.has_value();
    }
    if (a.q != b.q) {
        return a.q > b.q;
    }
    return a.accepted != b.accepted ? a.accepted > b.accepted : a.expires > b.expires;
}

}  // namespace

bool Bindings::put(const Binding& binding) {
    auto found = entries_.find(binding.token);
    if (found == entries_.end()) {
        make_room(binding);
        if (!has_room()) {
            return false;
        }
        found = entries_.emplace(binding.token, Entry{}).first;
        link(binding);
    } else if (found->second.binding.asked > binding.asked) {
        return true;
    } else {
        due_.erase({found->second.due, found->first});
        lapsed_ -= found->second.lapsed ? 1 : 0;
        unlink_flow(found->second.binding);
    }
    found->second = Entry{binding, binding.expires + kGrace, false};
    link_flow(binding);
    due_.emplace(found->second.due, found->first);
    return true;
}

/// J10: a phone that changes its Contact with every REGISTER leaves one behind each time, for as
/// long as its registrar granted.
void Bindings::make_room(const Binding& binding) {
    const auto found = tokens_.find(key_of(binding.registrar, binding.aor));
    if (found == tokens_.end() || found->second.size() < per_aor_) {
        return;
    }
    const Entry* oldest = nullptr;
    for (const std::string& token : found->second) {
        const Entry& entry = entries_.find(token)->second;
        if (entry.lapsed &&
            (oldest == nullptr || entry.binding.expires < oldest->binding.expires)) {
            oldest = &entry;
        }
    }
    if (oldest != nullptr) {
        erase(std::string(oldest->binding.token));
    }
}

bool Bindings::erase(std::string_view token, Moment asked) {
    const auto found = entries_.find(token);
    if (found == entries_.end() || found->second.binding.asked > asked) {
        return false;
    }
    erase(token);
    return true;
}

void Bindings::erase(std::string_view token) {
    const auto found = entries_.find(token);
    if (found == entries_.end()) {
        return;
    }
    due_.erase({found->second.due, found->first});
    lapsed_ -= found->second.lapsed ? 1 : 0;
    unlink(found->second.binding);
    unlink_flow(found->second.binding);
    entries_.erase(found);
}

std::size_t Bindings::advance(Moment now) {
    std::size_t lapsed = 0;
    while (!due_.empty() && due_.begin()->first <= now) {
        const auto found = entries_.find(due_.begin()->second);
        Entry& entry = found->second;
        if (entry.lapsed || entry.binding.upstream_expires <= now) {
            lapsed += entry.lapsed ? 0 : 1;
            erase(std::string(found->first));
            continue;
        }
        due_.erase(due_.begin());
        entry.lapsed = true;
        entry.due = entry.binding.upstream_expires;
        due_.emplace(entry.due, found->first);
        ++lapsed_;
        ++lapsed;
    }
    return lapsed;
}

const Binding* Bindings::find(std::string_view token) const {
    const auto found = entries_.find(token);
    return found == entries_.end() || found->second.lapsed ? nullptr : &found->second.binding;
}

const Binding* Bindings::last_of(std::string_view token) const {
    const auto found = entries_.find(token);
    return found == entries_.end() ? nullptr : &found->second.binding;
}

void Bindings::walk(TableWalk& place, std::size_t most,
                    const std::function<void(const Binding&)>& each) const {
    if (place.of != entries_.bucket_count()) {
        place = {0, entries_.bucket_count(), false};
    }
    std::size_t shown = 0;
    for (; place.next < place.of && shown < most; ++place.next) {
        for (auto it = entries_.begin(place.next); it != entries_.end(place.next); ++it, ++shown) {
            each(it->second.binding);
        }
    }
    place.done = place.next >= place.of;
}

std::vector<std::string> Bindings::tokens_of(routing::RegistrarId registrar,
                                             std::string_view aor) const {
    std::vector<std::string> live;
    if (const auto found = tokens_.find(key_of(registrar, aor)); found != tokens_.end()) {
        std::copy_if(found->second.begin(), found->second.end(), std::back_inserter(live),
                     [&](const std::string& token) { return find(token) != nullptr; });
    }
    return live;
}

Registered Bindings::by_token(std::string_view token, Moment now) const {
    const auto found = entries_.find(token);
    if (found == entries_.end()) {
        return {};
    }
    const Binding& binding = found->second.binding;
    return binding.expires > now ? reached(binding) : Registered{Reach::kExpired};
}

Registered Bindings::by_key(std::string_view key, Moment now) const {
    const Binding* best = nullptr;
    const std::vector<std::string>& tokens = tokens_.find(key)->second;
    for (const std::string& token : tokens) {
        const Binding& binding = entries_.find(token)->second.binding;
        if (binding.expires > now && (best == nullptr || preferred(binding, *best))) {
            best = &binding;
        }
    }
    return best != nullptr ? reached(restarted(*best, tokens, now)) : Registered{Reach::kExpired};
}

const Binding& Bindings::restarted(const Binding& best, const std::vector<std::string>& tokens,
                                   Moment now) const {
    const Binding* last = &best;
    for (const std::string& token : tokens) {
        const Binding& binding = entries_.find(token)->second.binding;
        if (best.accepted && !binding.accepted && binding.expires > now &&
            binding.flow == best.flow && (last->accepted || binding.expires > last->expires)) {
            last = &binding;
        }
    }
    return *last;
}

Registered Bindings::by_aor(std::string_view aor, std::optional<routing::RegistrarId> registrar,
                            Moment now) const {
    return the_one(user_of(aor), now, [&](std::string_view key) {
        return is_of(key, registrar) && aor_of(key) == aor;
    });
}

Registered Bindings::by_user(std::string_view user, std::optional<routing::RegistrarId> registrar,
                             Moment now) const {
    return the_one(user, now, [&](std::string_view key) { return is_of(key, registrar); });
}

/// Among the keys of that user part.
Registered Bindings::the_one(std::string_view user, Moment now,
                             const std::function<bool(std::string_view)>& is_meant) const {
    Registered reach{Reach::kUnknown};
    const auto found = aors_.find(user);
    if (found == aors_.end()) {
        return reach;
    }
    for (const std::string& key : found->second) {
        if (!is_meant(key)) {
            continue;
        }
        Registered one = by_key(key, now);
        if (one.reach == Reach::kBound && reach.reach == Reach::kBound) {
            return {Reach::kAmbiguous};
        }
        if (reach.reach != Reach::kBound) {
            reach = std::move(one);
        }
    }
    return reach;
}

bool Bindings::has_flow(const Flow& flow) const {
    return flows_.contains(key_of(flow));
}

const Binding* Bindings::kept_open(const Flow& flow, Moment now) const {
    const auto found = flows_.find(key_of(flow));
    if (found == flows_.end()) {
        return nullptr;
    }
    for (const std::string& token : found->second) {
        const Binding& binding = entries_.find(token)->second.binding;
        if (binding.pinhole && binding.expires > now) {
            return &binding;
        }
    }
    return nullptr;
}

bool Bindings::has_identity(const Flow& flow, std::string_view uri, Moment now) const {
    const auto found = flows_.find(key_of(flow));
    if (found == flows_.end()) {
        return false;
    }
    return std::any_of(found->second.begin(), found->second.end(), [&](const std::string& token) {
        const Binding& binding = entries_.find(token)->second.binding;
        return binding.expires > now && is_identity(binding, uri);
    });
}

bool Bindings::has_flow(const Flow& flow, Moment now) const {
    const auto found = flows_.find(key_of(flow));
    return found != flows_.end() &&
           std::any_of(found->second.begin(), found->second.end(), [&](const std::string& token) {
               const Binding& binding = entries_.find(token)->second.binding;
               return binding.expires > now && binding.flow == flow;
           });
}

const Binding* Bindings::caller(const Flow& flow, std::string_view uri, Moment now) const {
    const auto found = flows_.find(key_of(flow));
    if (found == flows_.end()) {
        return nullptr;
    }
    const Binding* best = nullptr;
    bool known = false;
    for (const std::string& token : found->second) {
        const Binding& binding = entries_.find(token)->second.binding;
        const bool is_known = is_identity(binding, uri);
        const bool better = best == nullptr || (is_known && !known) ||
                            (is_known == known && binding.accepted > best->accepted);
        if (binding.expires > now && better) {
            best = &binding;
            known = is_known;
        }
    }
    return best;
}

std::string Bindings::service_route(const Flow& flow, std::string_view uri, Moment now) const {
    const Binding* best = caller(flow, uri, now);
    return best == nullptr ? std::string{} : best->service_route;
}

void Bindings::link_flow(const Binding& binding) {
    flows_[key_of(binding.flow)].push_back(binding.token);
}

void Bindings::unlink_flow(const Binding& binding) {
    const auto found = flows_.find(key_of(binding.flow));
    std::erase(found->second, binding.token);
    if (found->second.empty()) {
        flows_.erase(found);
    }
}

void Bindings::link(const Binding& binding) {
    const std::string key = key_of(binding.registrar, binding.aor);
    std::vector<std::string>& tokens = tokens_[key];
    if (tokens.empty()) {
        aors_[std::string(user_of(binding.aor))].push_back(key);
    }
    tokens.push_back(binding.token);
}

void Bindings::unlink(const Binding& binding) {
    const std::string key = key_of(binding.registrar, binding.aor);
    const auto tokens = tokens_.find(key);
    std::erase(tokens->second, binding.token);
    if (!tokens->second.empty()) {
        return;
    }
    tokens_.erase(tokens);
    const auto aors = aors_.find(user_of(binding.aor));
    std::erase(aors->second, key);
    if (aors->second.empty()) {
        aors_.erase(aors);
    }
}

}  // namespace sallyport::registration
