// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/owed_bye.h"

#include "b2bua/call/record.h"
#include "b2bua/call/steps.h"

#include <utility>

namespace sallyport::call {

bool on_bye_before_ack(CallTable& table, Call& call, const Received& bye) {
    Environment& env = table.environment();
    if (call.owed_bye) {  // again, or the caller's own, which makes ours needless (E-R6)
        respond_here(env, bye.server, 200, {});
        if (bye.side != dataplane::other(call.owed_bye->from)) {
            return true;
        }
        call.owed_bye.reset();
        call.state = CallState::kEnding;
        return true;
    }
    const bool early = call.state == CallState::kConfirmed && call.invite &&
                       call.invite->answered && !call.invite->acknowledged &&
                       call.invite->exchange.from != bye.side;
    if (!early) {
        return false;
    }
    respond_here(env, bye.server, 200, {});
    call.pair(bye.pair).ended = true;
    call.ended_by = bye.side == Side::kA ? "a" : "b";
    if (!call.invite->ack) {
        send_own_ack(env, call, bye.side, call.invite->exchange.pair);  // it is owed all the same
    }
    owe_bye(call, {bye.side, std::string(bye.message.value_of(sip::HeaderId::kReason))});
    write_record(env, call);
    call.media->release();
    return true;
}

void owe_bye(Call& call, OwedBye owed) {
    call.owed_bye = std::move(owed);
    for (const Deadline unwanted : {Deadline::kMedia, Deadline::kSession, Deadline::kRefresh}) {
        call.deadline(unwanted).reset();
    }
}

void send_owed_bye(CallTable& table, Call& call) {
    const OwedBye owed = *call.owed_bye;
    call.owed_bye.reset();
    call.state = CallState::kEnding;
    send_own_bye(table, call, dataplane::other(owed.from), *call.confirmed, owed.reason);
}

}  // namespace sallyport::call
