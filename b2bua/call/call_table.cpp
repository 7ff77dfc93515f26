// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/call_table.h"

#include "b2bua/call/record.h"

#include <algorithm>

namespace sallyport::call {
namespace {

std::string key_of(std::string_view call_id, std::string_view local_tag) {
    std::string key(call_id);
    key.push_back('\n');  // stands in neither of them
    key.append(local_tag);
    return key;
}

/// Tags that we minted are compared as they are; a peer may have changed the case of the other one
/// (A1).
bool same_tag(std::string_view a, std::string_view b) noexcept {
    return sip::iequals(a, b);
}

/// As its far user agent knows it.
NamedDialog named(const Dialog& dialog) {
    return {dialog.call_id, dialog.remote_tag, dialog.local_tag, dialog.remote_target, dialog.flow};
}

/// Our Contacts stand in <>.
std::string contact_of(const Dialog& dialog) {
    const std::string& value = dialog.contact;
    return value.size() < 2 ? value : value.substr(1, value.size() - 2);
}

DialogChange change_of(const Dialog& dialog, const Dialog& other) {
    return {DialogChange::Kind::kPut, dialog.call_id,     dialog.local_tag, dialog.remote_tag,
            contact_of(dialog),       dialog.flow.remote, named(other)};
}

}  // namespace

Call& CallTable::create(CallState state) {
    const CallId id{++last_id_};
    auto call = std::make_unique<Call>(id, environment_.relays, environment_.config);
    call->state = state;
    call->started = environment_.now;
    call->media_moved = environment_.now;
    subscribed_ += state == CallState::kNoSession ? 1 : 0;
    return *calls_.emplace(id.value, std::move(call)).first->second;
}

bool CallTable::full() const noexcept {
    // max-calls is the whole gateway's; shards share nothing, so each has its part of it.
    const std::size_t shards = std::max<std::size_t>(environment_.config.shards, 1);
    return size() >= (environment_.config.max_calls + shards - 1) / shards;
}

Call* CallTable::find(CallId id) noexcept {
    const auto found = calls_.find(id.value);
    return found == calls_.end() ? nullptr : found->second.get();
}

Call* CallTable::find(transaction::UserRef ref) noexcept {
    return find(CallId{ref.value & ((1ULL << 56) - 1)});
}

void CallTable::index(const Call& call, Side side, const Dialog& dialog) {
    dialogs_[key_of(dialog.call_id, dialog.local_tag)] = Place{call.id, side};
    if (side == Side::kB) {
        call_ids_.remember(call.root.a.call_id, dialog.call_id);
    }
}

void CallTable::unindex(const Dialog& dialog) {
    dialogs_.erase(key_of(dialog.call_id, dialog.local_tag));
}

FoundDialog CallTable::find_half(std::string_view call_id, std::string_view local_tag) noexcept {
    const auto place = dialogs_.find(key_of(call_id, local_tag));
    Call* call = place == dialogs_.end() ? nullptr : find(place->second.call);
    return call == nullptr ? FoundDialog{} : FoundDialog{call, place->second.side, kRootPair};
}

FoundDialog CallTable::find_dialog(std::string_view call_id, std::string_view local_tag,
                                   std::string_view remote_tag) noexcept {
    const auto [call, side, root] = find_half(call_id, local_tag);
    if (call == nullptr) {
        return {};
    }
    if (side == Side::kA && call->single && !call->pairs.empty()) {
        const std::size_t pair = call->confirmed.value_or(call->shown);
        return same_tag(call->pairs[pair].a.remote_tag, remote_tag) ? FoundDialog{call, side, pair}
                                                                    : FoundDialog{};
    }
    for (std::size_t i = 0; i < call->pairs.size(); ++i) {
        const Dialog& dialog = call->pairs[i].of(side);
        if (dialog.local_tag == local_tag && same_tag(dialog.remote_tag, remote_tag)) {
            return {call, side, i};
        }
    }
    return {};
}

std::optional<NamedDialog> CallTable::behind(std::string_view call_id, std::string_view local_tag,
                                             std::string_view remote_tag) {
    FoundDialog found = find_dialog(call_id, local_tag, remote_tag);
    if (found.call == nullptr && remote_tag == "0") {
        found = find_dialog(call_id, local_tag, {});  // RFC 3891 s.6.1: a peer without a tag
    }
    if (found.call == nullptr) {
        return far_dialogs_.behind(call_id, local_tag, remote_tag);
    }
    return named(found.call->pairs[found.pair].of(dataplane::other(found.side)));
}

void CallTable::share(Call& call) {
    if (call.state != CallState::kConfirmed) {
        unshare(call);
        return;
    }
    const DialogPair& pair = call.pairs[*call.confirmed];
    std::array<DialogChange, 2> changes{change_of(pair.a, pair.b), change_of(pair.b, pair.a)};
    if (call.shared == changes) {
        return;
    }
    for (const DialogChange& change : changes) {
        tell(change);
    }
    call.shared = std::move(changes);
}

void CallTable::unshare(Call& call) {
    if (!call.shared) {
        return;
    }
    for (DialogChange& change : *call.shared) {
        change.kind = DialogChange::Kind::kErase;
        tell(change);
    }
    call.shared.reset();
}

void CallTable::tell(const DialogChange& change) {
    contacts_.apply(change, environment_.now);
    if (environment_.share) {
        environment_.share(change);
    }
}

void CallTable::note_relays(const Call& call) {
    const auto note = [this, &call](const Media& media) {
        for (const dataplane::RelayId relay : media.relay_ids()) {
            by_relay_[relay.index] = call.id;
        }
    };
    note(*call.media);
    for (const DialogPair& pair : call.pairs) {
        if (pair.media) {
            note(*pair.media);
        }
    }
}

Call* CallTable::owner_of(dataplane::RelayId relay) noexcept {
    const auto found = by_relay_.find(relay.index);
    Call* call = found == by_relay_.end() ? nullptr : find(found->second);
    const auto has = [relay](const std::unique_ptr<Media>& media) {
        return media && media->line_of(relay) != 0;
    };
    if (call == nullptr || has(call->media)) {
        return call;
    }
    const bool early = std::any_of(call->pairs.begin(), call->pairs.end(),
                                   [&](const DialogPair& pair) { return has(pair.media); });
    return early ? call : nullptr;
}

void CallTable::arm(Call& call) {
    note_relays(call);
    std::optional<Moment> earliest;
    for (const auto& deadline : call.deadlines) {
        if (deadline && (!earliest || *deadline < *earliest)) {
            earliest = deadline;
        }
    }
    if (earliest == call.armed) {
        return;
    }
    if (call.armed) {
        due_.erase({*call.armed, call.id.value});
    }
    if (earliest) {
        due_.insert({*earliest, call.id.value});
    }
    call.armed = earliest;
}

void CallTable::remove(Call& call) {
    write_record(environment_, call);
    call.media->release();
    unshare(call);
    if (call.armed) {
        due_.erase({*call.armed, call.id.value});
    }
    unindex(call.root.a);
    unindex(call.root.b);
    for (const DialogPair& pair : call.pairs) {
        unindex(pair.a);
        unindex(pair.b);
    }
    remember(call);
    subscribed_ -= call.state == CallState::kNoSession ? 1 : 0;
    calls_.erase(call.id.value);
}

/// What may still come of its dialogs: repeated 2xx of either leg.
void CallTable::remember(const Call& call) {
    const Moment now = environment_.now;
    for (const DialogPair& pair : call.pairs) {
        if (pair.ended) {
            departed_.remember(pair.a, true, now);
        }
        departed_.remember(pair.b, pair.ended, now);
        if (pair.own_ack) {
            departed_.keep_ack(*pair.own_ack, now);
        }
    }
    if (call.invite && call.invite->ack) {
        departed_.keep_ack(*call.invite->ack, now);
    }
}

Call* CallTable::next_due(Moment now) noexcept {
    if (due_.empty() || now < due_.begin()->first) {
        return nullptr;
    }
    Call* call = find(CallId{due_.begin()->second});
    due_.erase(due_.begin());
    if (call != nullptr) {
        call->armed.reset();
    }
    return call;
}

std::optional<Moment> CallTable::next_deadline() const noexcept {
    return due_.empty() ? std::nullopt : std::optional(due_.begin()->first);
}

}  // namespace sallyport::call
