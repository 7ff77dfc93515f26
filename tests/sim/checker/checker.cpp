// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/checker/checker.h"

namespace sallyport::sim {

void Checker::on_arrival(RealmId realm, const Packet& packet, Moment now) {
    if (!message_.parse(packet.payload).ok()) {
        return;  // junk of a peer
    }
    const Sight sight{message_, realm, packet.from, now};
    if (!message_.is_request()) {
        clients_.on_arrival(sight);
    }
    servers_.on_arrival(sight);
    dialogs_.on_arrival(sight);
    standalone_.on_arrival(sight);
    session_timers_.on_arrival(sight);
    subscriptions_.on_arrival(sight);
    reliable_.on_arrival(sight);
    offers_.on_arrival(sight);
}

void Checker::on_handled(Moment now) {
    clients_.on_handled(now);
    servers_.on_handled(now);
}

void Checker::on_sent(RealmId realm, const Packet& packet, Moment now) {
    if (!message_.parse(packet.payload).ok()) {
        findings_.say(now, -1, "A", "unreadable: " + packet.payload.substr(0, 80));
        return;
    }
    const Sight sight{message_, realm, packet.to, now};
    messages_.on_sent(sight, packet.payload.size(), findings_);
    if (message_.is_request()) {
        clients_.on_sent(sight);
    }
    servers_.on_sent(sight);
    dialogs_.on_sent(sight);
    sessions_.on_sent(sight);
    standalone_.on_sent(sight);
    session_timers_.on_sent(sight);
    subscriptions_.on_sent(sight);
    reliable_.on_sent(sight);
    offers_.on_sent(sight);
}

void Checker::finish(Moment now) {
    clients_.finish(now);
    reliable_.finish(now);
    offers_.finish(now);
    servers_.finish(now);
    session_timers_.finish(now);
}

}  // namespace sallyport::sim
