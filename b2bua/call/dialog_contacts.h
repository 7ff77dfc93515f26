// SPDX-License-Identifier: Apache-2.0
// Who is meant by a Contact that we issued (D10, D11): a transferor may refer to the Contact of its
// consultation call without a Replaces (RFC 5589 s.6.1), also when that call is over. Holds the
// confirmed dialogs of all shards and, for a while, those that ended. Bounded. Owner: CallTable of
// one shard, on its thread.
#pragma once

#include "b2bua/call/dialog_directory.h"
#include "b2bua/routing/router.h"
#include "b2bua/sip/uri.h"
#include "config/types/units.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace sallyport::call {

class DialogContacts {
public:
    static constexpr Millis kAfterwards{300'000};  // as long as a token is good (I11)
    static constexpr std::size_t kMaxEnded = 65536;
    /// Dialogs with one Contact that are looked at, the newest first: many calls of a telephone
    /// system have a Contact without a user.
    static constexpr std::size_t kMaxLooks = 64;

    void apply(const DialogChange& change, Moment now);
    /// Who stands behind the dialog that the sender's realm knows by this Contact: of several, the
    /// newest in which the sender itself takes part, else the newest.
    [[nodiscard]] std::optional<routing::Target> find(const sip::Uri& contact,
                                                      const Endpoint& sender) const;
    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

private:
    using Place = std::pair<std::string, std::uint64_t>;  // Contact, serial
    struct Entry {
        Endpoint near;  // the user agent that the Contact was shown to
        routing::Target target;
    };
    struct Known {
        Place place;
        bool ended{false};
    };
    void put(const DialogChange& change, std::string dialog);
    void forget_ended(Moment now);

    std::map<Place, Entry> entries_;
    std::unordered_map<std::string, Known> dialogs_;      // Call-ID, LF, local tag
    std::deque<std::pair<Moment, std::string>> leaving_;  // oldest first
    std::uint64_t last_serial_{0};
};

}  // namespace sallyport::call
