// SPDX-License-Identifier: Apache-2.0
#include "b2bua/transport/stream/reached_targets.h"

namespace sallyport {

ConnectionId ReachedTargets::find_or_add(const StreamTarget& target, ConnectionId fresh) {
    const std::lock_guard lock(mutex_);
    const auto [at, added] = by_key_.emplace(
        Key{target.transport, target.realm, target.remote, target.from, target.domain}, fresh);
    if (added) {
        by_connection_.emplace(fresh.value, at);
    }
    return at->second;
}

void ReachedTargets::remove(ConnectionId connection) {
    const std::lock_guard lock(mutex_);
    const auto at = by_connection_.find(connection.value);
    if (at != by_connection_.end()) {
        by_key_.erase(at->second);
        by_connection_.erase(at);
    }
}

std::size_t ReachedTargets::size() const {
    const std::lock_guard lock(mutex_);
    return by_key_.size();
}

}  // namespace sallyport
