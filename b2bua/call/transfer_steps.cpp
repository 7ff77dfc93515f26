// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/transfer_steps.h"

#include "b2bua/call/events.h"
#include "b2bua/call/own_request.h"
#include "b2bua/call/record.h"
#include "b2bua/call/steps.h"
#include "b2bua/sip/writer.h"

#include <utility>

namespace sallyport::call {

void notify_transferor(CallTable& table, Call& call, int status, std::string_view state) {
    const LocalTransfer& transfer = *call.transfer;
    if (!transfer.notifies) {
        return;
    }
    OwnRequest notify{sip::Method::kNotify,         transfer.from, transfer.pair, {}, {},
                      "message/sipfrag;version=2.0"};
    notify.lines.append("Event: refer;id=").append(std::to_string(transfer.refer));
    notify.lines.append("\r\nSubscription-State: ").append(state).append("\r\n");
    notify.session.append("SIP/2.0 ").append(std::to_string(status)).append(" ");
    notify.session.append(sip::default_reason(status)).append("\r\n");
    (void)send_own(table, call, notify);
}

void conclude_transfer(CallTable& table, Call& call, int status) {
    notify_transferor(table, call, status, "terminated;reason=noresource");
    call.transfer.reset();
}

void fail_transfer(CallTable& table, Call& call, int status) {
    Environment& env = table.environment();
    const LocalTransfer transfer = *call.transfer;
    env.counters.local_transfers_failed.add();
    conclude_transfer(table, call, status);
    if (transfer.hung_up && call.state == CallState::kConfirmed) {
        call.state = CallState::kEnding;
        send_own_bye(table, call, dataplane::other(transfer.from), transfer.pair, {});
        write_record(env, call);
        call.media->release();
    }
}

void drop_attempt(CallTable& table, Call& attempt, int status) {
    const Referral referred = *std::exchange(attempt.referred, std::nullopt);
    if (!attempt.confirmed) {
        give_up_invite(table, attempt, {});
        return;
    }
    send_own_ack(table.environment(), attempt, Side::kB, *attempt.confirmed, referred.offer);
    if (!referred.hung_up) {
        send_own_bye(table, attempt, Side::kB, *attempt.confirmed, {});
    }
    finish(table.environment(), attempt, CallResult::kFailed, status);
}

void abandon_transfer(CallTable& table, Call& call, int status) {
    Call* attempt = table.find(call.transfer->attempt);
    fail_transfer(table, call, status);
    if (attempt != nullptr) {
        drop_attempt(table, *attempt, status);
        settle(table, *attempt);
    }
}

}  // namespace sallyport::call
