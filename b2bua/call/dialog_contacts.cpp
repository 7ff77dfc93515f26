// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/dialog_contacts.h"

#include <limits>

namespace sallyport::call {
namespace {

/// The same however its sender writes it: port 5060 is the default (RFC 3261 s.19.1.2), our
/// Contacts have no parameters.
std::string key_of(const sip::Uri& contact) {
    std::string key(contact.user);
    key.push_back('\n');  // stands in no user part
    const auto ip = contact.ip();
    return key.append(
        Endpoint{ip.value_or(IpAddr{}), contact.port.value_or(Port{5060})}.to_string());
}

}  // namespace

void DialogContacts::apply(const DialogChange& change, Moment now) {
    forget_ended(now);
    std::string dialog = change.call_id + '\n' + change.local_tag;
    if (change.kind == DialogChange::Kind::kPut) {
        put(change, std::move(dialog));
        return;
    }
    const auto found = dialogs_.find(dialog);
    if (found != dialogs_.end() && !found->second.ended) {
        found->second.ended = true;
        leaving_.emplace_back(now + kAfterwards, std::move(dialog));
    }
}

void DialogContacts::put(const DialogChange& change, std::string dialog) {
    const auto uri = sip::Uri::parse(change.contact);
    if (!uri.ok()) {
        return;
    }
    Known& known = dialogs_[std::move(dialog)];
    if (known.place.second == 0) {
        known.place = {key_of(*uri), ++last_serial_};
    }
    entries_[known.place] = {change.near, {change.behind.flow, change.behind.target}};
}

void DialogContacts::forget_ended(Moment now) {
    while (!leaving_.empty() && (leaving_.front().first <= now || leaving_.size() > kMaxEnded)) {
        const auto found = dialogs_.find(leaving_.front().second);
        entries_.erase(found->second.place);
        dialogs_.erase(found);
        leaving_.pop_front();
    }
}

std::optional<routing::Target> DialogContacts::find(const sip::Uri& contact,
                                                    const Endpoint& sender) const {
    const std::string key = key_of(contact);
    auto at = entries_.upper_bound({key, std::numeric_limits<std::uint64_t>::max()});
    const Entry* best = nullptr;
    for (std::size_t looks = 0; looks < kMaxLooks && at != entries_.begin(); ++looks) {
        --at;
        if (at->first.first != key) {
            break;
        }
        if (at->second.near == sender) {
            return at->second.target;
        }
        best = best == nullptr ? &at->second : best;
    }
    return best == nullptr ? std::nullopt : std::optional(best->target);
}

}  // namespace sallyport::call
