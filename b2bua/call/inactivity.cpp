// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/inactivity.h"

#include "b2bua/call/record.h"
#include "b2bua/call/steps.h"

namespace sallyport::call {
namespace {

constexpr Millis kLookEvery{10'000};
constexpr Millis kSilent{300'000};
constexpr Millis kSilentOnHold{7'200'000};

}  // namespace

void watch_media(Environment& env, Call& call) {
    call.media_moved = env.now;
    call.deadline(Deadline::kMedia) = env.now + kLookEvery;
    if (MediaKeepalive::is_wanted(env, *call.media)) {
        keep_media_open(env, call);
    }
}

void keep_media_open(Environment& env, Call& call) {
    call.media_keepalive.look(env, *call.media);
    call.deadline(Deadline::kMediaKeepalive) = env.now + MediaKeepalive::kEvery;
}

void look_at_media(CallTable& table, Call& call) {
    Environment& env = table.environment();
    const std::uint64_t packets = media_packets(env, call);
    if (packets != call.media_seen || call.media->relay_ids().empty()) {
        call.media_seen = packets;
        call.media_moved = env.now;
    }
    const Millis limit = call.media->expects_media() ? kSilent : kSilentOnHold;
    if (env.now - call.media_moved < limit) {
        call.deadline(Deadline::kMedia) = env.now + kLookEvery;
        return;
    }
    env.counters.media_timeouts.add();
    call.ended_by = "media-timeout";
    end_both(table, call, R"(Q.850;cause=102;text="Media Timeout")");
}

}  // namespace sallyport::call
