// SPDX-License-Identifier: Apache-2.0
// What the events of a call may use: everything that is not the call itself, injected by the shard.
// Owner: Shard.
#pragma once

#include "b2bua/call/dialog_directory.h"
#include "b2bua/call/media_report.h"
#include "b2bua/call/retry_context.h"
#include "b2bua/counters.h"
#include "b2bua/policy/identifiers.h"
#include "b2bua/policy/journal.h"
#include "b2bua/routing/flow_token.h"
#include "b2bua/routing/resting_peers.h"
#include "b2bua/routing/router.h"
#include "b2bua/routing/sealed_target.h"
#include "b2bua/transaction/layer.h"
#include "b2bua/transport/sender.h"
#include "config/config.h"
#include "config/types/units.h"
#include "dataplane/relay.h"

#include <functional>
#include <span>

namespace sallyport::call {

struct Environment {
    const Config& config;
    transaction::Layer& layer;
    Sender& sender;
    dataplane::RelayControl& relays;
    Identifiers& identifiers;
    const routing::RegisteredLookup& registered;
    const routing::SealedTargets& sealed;
    const routing::FlowTokens& flow_tokens;
    Journal& journal;
    Counters& counters;
    RetryContexts& retries;
    std::span<char> scratch;  // room for one message; holds nothing between events
    Moment now{};             // of the event being handled
    Millis t1{500};
    Millis t2{4000};
    // Told of the media of each call that ended; empty: nobody wants to know.
    std::function<void(const MediaReport&)> media_record{};
    std::function<void(const routing::Choice&)> routed{};  // told where each new request may go
    std::function<void(const DialogChange&)> share{};      // with the other shards; empty: none
    DialogDirectory* dialogs{nullptr};                     // the CallTable, which puts itself here
    routing::RestingPeers resting{};                       // what peers said of when to ask again

    [[nodiscard]] const Realm& realm(RealmId id) const noexcept { return config.realms[id.value]; }
};

}  // namespace sallyport::call
