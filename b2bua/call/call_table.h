// SPDX-License-Identifier: Apache-2.0
// The calls of one shard: found by id, by dialog (Call-ID, local tag, remote tag: D2), and by their
// next deadline. Every call has a deadline at all times once it is ending, so none can stay for
// ever. Owner: Shard, on its thread.
#pragma once

#include "b2bua/call/call.h"
#include "b2bua/call/call_id_pairs.h"
#include "b2bua/call/departed.h"
#include "b2bua/call/dialog_contacts.h"
#include "b2bua/call/dialog_directory.h"
#include "b2bua/call/environment.h"
#include "b2bua/call/far_dialogs.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace sallyport::call {

/// Top octet of the UserRef of a call's transactions; the rest is its CallId.
inline constexpr std::uint64_t kCallRef = 1ULL << 56;

struct FoundDialog {
    Call* call{nullptr};
    Side side{Side::kA};  // the leg that the dialog is
    std::size_t pair{0};
};

class CallTable final : public DialogDirectory {
public:
    explicit CallTable(Environment& environment) noexcept : environment_(environment) {
        environment_.dialogs = this;
    }
    CallTable(const CallTable&) = delete;
    CallTable& operator=(const CallTable&) = delete;

    [[nodiscard]] Environment& environment() noexcept { return environment_; }

    [[nodiscard]] Call& create(CallState state = CallState::kInviting);
    [[nodiscard]] Call* find(CallId id) noexcept;
    [[nodiscard]] Call* find(transaction::UserRef ref) noexcept;
    [[nodiscard]] static transaction::UserRef ref_of(const Call& call) noexcept {
        return {kCallRef | call.id.value};
    }

    /// Makes a dialog of the call findable by its Call-ID and local tag.
    void index(const Call& call, Side side, const Dialog& dialog);
    void unindex(const Dialog& dialog);
    /// The dialog that a request from its remote end belongs to; call is null when there is none.
    [[nodiscard]] FoundDialog find_dialog(std::string_view call_id, std::string_view local_tag,
                                          std::string_view remote_tag) noexcept;

    /// The call that has our end of such a dialog, whoever the remote end may be (RFC 6665
    /// s.4.4.1).
    [[nodiscard]] FoundDialog find_half(std::string_view call_id,
                                        std::string_view local_tag) noexcept;

    [[nodiscard]] std::optional<NamedDialog> behind(std::string_view call_id,
                                                    std::string_view local_tag,
                                                    std::string_view remote_tag) override;
    [[nodiscard]] std::string_view other_call_id(std::string_view call_id) const override {
        return call_ids_.other(call_id);
    }
    [[nodiscard]] std::optional<routing::Target> behind_contact(
        const sip::Uri& contact, const Endpoint& sender) const override {
        return contacts_.find(contact, sender);
    }

    /// What another shard told of a dialog.
    void apply(const DialogChange& change) {
        far_dialogs_.apply(change);
        contacts_.apply(change, environment_.now);
    }
    /// Tells of the dialogs of a call what is not known yet, here and in the other shards.
    void share(Call& call);

    /// The call that has this relay now; null: it is gone.
    [[nodiscard]] Call* owner_of(dataplane::RelayId relay) noexcept;

    /// Call after every event that touched the call: arms its earliest deadline, and finds it by
    /// the relays that it has.
    void arm(Call& call);
    /// Ends the call's relays, writes its record and forgets it. The reference is dead afterwards.
    void remove(Call& call);

    /// Calls with a deadline at or before now, one at a time; nullptr when none is left.
    [[nodiscard]] Call* next_due(Moment now) noexcept;
    [[nodiscard]] std::optional<Moment> next_deadline() const noexcept;

    /// visit(Call&) for each, in no order; it must not make or remove calls.
    template <class Visit>
    void each(Visit visit) {
        for (const auto& [id, call] : calls_) {
            visit(*call);
        }
    }

    [[nodiscard]] Departed& departed() noexcept { return departed_; }
    /// Calls, and what has subscriptions only.
    [[nodiscard]] std::size_t size() const noexcept { return calls_.size() - subscribed_; }
    /// No call may be added (max-calls).
    [[nodiscard]] bool full() const noexcept;
    [[nodiscard]] std::size_t subscribed() const noexcept { return subscribed_; }
    [[nodiscard]] std::size_t dialogs() const noexcept { return dialogs_.size(); }

private:
    void remember(const Call& call);
    void note_relays(const Call& call);
    void unshare(Call& call);
    void tell(const DialogChange& change);

    struct Place {
        CallId call;
        Side side;
    };

    Environment& environment_;
    std::unordered_map<std::uint64_t, std::unique_ptr<Call>> calls_;
    std::unordered_map<std::string, Place> dialogs_;  // key_of(Call-ID, local tag)
    std::set<std::pair<Moment, std::uint64_t>> due_;
    // RelayId::index to the call that had such a relay last: at most one for each relay that there
    // can be at once.
    std::unordered_map<std::uint32_t, CallId> by_relay_;
    Departed departed_;
    CallIdPairs call_ids_;
    FarDialogs far_dialogs_;
    DialogContacts contacts_;
    std::size_t subscribed_{0};  // calls in state kNoSession, which they never leave
    std::uint64_t last_id_{0};
};

}  // namespace sallyport::call
