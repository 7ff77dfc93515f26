// SPDX-License-Identifier: Apache-2.0
#include "b2bua/routing/resting_peers.h"

#include <algorithm>
#include <utility>

namespace sallyport::routing {
namespace {

std::uint32_t seconds_until(Moment then, Moment now) {
    return static_cast<std::uint32_t>((then - now + Millis{999}) / Millis{1000});
}

}  // namespace

const RestingPeers::Entry* RestingPeers::find(const Flow& flow, Moment now) const {
    const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
        return entry.realm == flow.realm && entry.address == flow.remote && now < entry.until;
    });
    return found == entries_.end() ? nullptr : &*found;
}

const Peer* RestingPeers::note(const Config& config, const Flow& flow, std::uint32_t seconds,
                               Moment now) {
    const auto peer =
        std::find_if(config.peers.begin(), config.peers.end(), [&](const Peer& candidate) {
            return candidate.realm == flow.realm && candidate.address == flow.remote;
        });
    std::erase_if(entries_, [&](const Entry& entry) { return entry.until <= now; });
    if (peer == config.peers.end() || seconds == 0 || find(flow, now) != nullptr) {
        return nullptr;
    }
    const std::int64_t length = std::min(seconds, kLongest);
    entries_.push_back({flow.realm, flow.remote, now + Millis{length * 1000}});
    return &*peer;
}

Result<Targets, Refusal> RestingPeers::awake(Targets targets, Moment now) const {
    std::uint32_t first = kLongest;
    std::erase_if(targets, [&](const Target& target) {
        const Entry* entry = find(target.flow, now);
        if (entry != nullptr) {
            first = std::min(first, seconds_until(entry->until, now));
        }
        return entry != nullptr;
    });
    if (targets.empty()) {
        return Failure{Refusal{503, "Peers Not Available", first}};
    }
    return targets;
}

}  // namespace sallyport::routing
