// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/relay_events.h"

#include <array>
#include <span>

namespace sallyport::call {
namespace {

using dataplane::LatchCause;
using dataplane::RelayEvent;

std::string how(const RelayEvent& event, const std::string& who) {
    if (event.cause == LatchCause::kMobility) {
        return who + " went on from another address, its media moved from ";
    }
    return event.cause == LatchCause::kRebinding
               ? "the NAT of " + who + " moved its media from "
               : "after its new SDP the media of " + who + " moved from ";
}

/// "call media a-call-id=... m-line 1: the NAT of A (inside) moved its media from .. to ..".
void write_move(CallTable& table, const RelayEvent& event) {
    Call* call = table.owner_of(event.relay);
    if (call == nullptr) {
        return;  // it has ended meanwhile
    }
    std::size_t line = call->media->line_of(event.relay);
    DialogPair* pair = &call->current();
    for (DialogPair& early : call->pairs) {
        if (early.media && early.media->line_of(event.relay) != 0) {
            line = early.media->line_of(event.relay);
            pair = &early;
        }
    }
    Environment& env = table.environment();
    const std::string who = std::string(event.side == Side::kA ? "A" : "B") + " (" +
                            env.realm(pair->of(event.side).flow.realm).name + ")";
    std::string text = "call media a-call-id=" + pair->a.call_id;
    text.append(" b-call-id=").append(pair->b.call_id);
    text.append(" m-line ").append(std::to_string(line)).append(": ").append(how(event, who));
    text.append(event.before.to_string()).append(" to ").append(event.remote.to_string());
    env.journal.write(LogLevel::kInfo, text);
}

void on_event(CallTable& table, const RelayEvent& event) {
    Counters& counters = table.environment().counters;
    switch (event.kind) {
        case RelayEvent::Kind::kMoving:  // the data plane's own
        case RelayEvent::Kind::kFirstMedia:
            break;  // the relay's counters say it
        case RelayEvent::Kind::kLatched:
            counters.media_latched.add();
            break;
        case RelayEvent::Kind::kRelatched:
            counters.media_relatched.add();
            if (event.component == dataplane::Component::kRtp) {
                write_move(table, event);
            }
            break;
    }
}

}  // namespace

void read_relay_events(CallTable& table) {
    std::array<RelayEvent, 64> events;
    std::size_t got = events.size();
    while (got == events.size()) {
        got = table.environment().relays.events(events);
        for (const RelayEvent& event : std::span(events).first(got)) {
            on_event(table, event);
        }
    }
}

}  // namespace sallyport::call
