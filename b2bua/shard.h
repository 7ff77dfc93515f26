// SPDX-License-Identifier: Apache-2.0
// One control thread's whole state: every transaction, dialog, call, binding and timer of the
// Call-IDs that hash to it (docs/architecture.md). A function of its inputs: datagrams, ticks and
// other shards' binding changes come in; datagrams, relay commands and journal lines go out through
// the parts that were handed in. Never reads a clock.
#pragma once

#include "b2bua/call/dialog_directory.h"
#include "b2bua/call/media_report.h"
#include "b2bua/counters.h"
#include "b2bua/policy/journal.h"
#include "b2bua/policy/randomness.h"
#include "b2bua/registration/binding.h"
#include "b2bua/registration/bindings.h"
#include "b2bua/registration/counters.h"
#include "b2bua/registration/token.h"
#include "b2bua/routing/router.h"
#include "b2bua/transaction/counters.h"
#include "b2bua/transport/sender.h"
#include "config/config.h"
#include "config/types/units.h"
#include "dataplane/datagram.h"
#include "dataplane/relay.h"

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace sallyport {

/// What a shard is given; all outlive it.
struct ShardParts {
    const Config& config;
    ShardId id;
    Sender& sender;
    dataplane::RelayControl& relays;
    Randomness& random;
    Journal& journal;
    Counters& counters;
    registration::TokenKey token_key;  // outlives the process (H21)
    registration::TokenKey seal_key;   // of this process: it seals moments of its clock
    std::function<void(const registration::BindingChange&)> publish;  // to the other shards
    std::function<void(const call::DialogChange&)> share{};           // likewise; empty when alone
    std::function<std::int64_t()>
        unix_time{};  // seconds since 1970; empty: nobody is told the time
    std::function<void(const call::MediaReport&)> media_record{};  // of a call that ended
    std::function<void(const routing::Choice&)> routed{};  // where each new request may go, and why
};

/// Table sizes; all zero when nothing is left of any call.
struct ShardGauges {
    std::size_t calls{0}, subscribed{0}, dialogs{0}, clients{0}, servers{0}, registrations{0},
        timers{0}, standalone{0};
    std::size_t surviving{0};  // realms whose registrars are all dead (H24)
};

class Shard {
public:
    explicit Shard(const ShardParts& parts);
    ~Shard();
    Shard(const Shard&) = delete;
    Shard& operator=(const Shard&) = delete;

    void receive(const dataplane::Datagram& datagram, Moment now);
    /// Timers and relay events. Call at least every 10 ms.
    void advance(Moment now);
    /// When advance() has something to do next.
    [[nodiscard]] Moment next_deadline() const;
    /// J11: from now on what is new gets 503, and what there is goes on; false ends that.
    void drain(bool on);
    /// A binding that another shard learned or dropped.
    void apply(const registration::BindingChange& change);
    /// So many of the bindings that the shard knows; see Bindings::walk().
    void walk(registration::TableWalk& place, std::size_t most,
              const std::function<void(const registration::Binding&)>& each) const;
    /// A dialog that another shard has, or no longer has.
    void apply(const call::DialogChange& change);

    /// Why there is or is no audio, of the calls with this Call-ID on one of their legs; of all
    /// when it is empty. At most limit reports.
    [[nodiscard]] std::vector<call::MediaReport> explain_media(std::string_view call_id,
                                                               std::size_t limit);

    [[nodiscard]] ShardGauges gauges() const;
    // Readable from any thread while the shard lives.
    [[nodiscard]] const transaction::Counters& transaction_counters() const noexcept;
    [[nodiscard]] const registration::Counters& registration_counters() const noexcept;

private:
    class State;
    std::unique_ptr<State> state_;
};

}  // namespace sallyport
