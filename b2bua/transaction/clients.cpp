// SPDX-License-Identifier: Apache-2.0
// Client transactions: creation, matching, timers, ACK and CANCEL. See clients.h.
#include "b2bua/transaction/clients.h"

#include "b2bua/sip/params.h"
#include "b2bua/transaction/ack.h"
#include "b2bua/transaction/cancel.h"

#include <algorithm>
#include <array>

namespace sallyport::transaction {
namespace {

constexpr Millis kTimerDMinimum{32000};  // RFC 3261 s.17.1.1.2: at least 32 s, whatever T1 is

ClientEvent event_of(int status) noexcept {
    if (status < 200) {
        return ClientEvent::kProvisional;
    }
    return status < 300 ? ClientEvent::kSuccess : ClientEvent::kRejection;
}

}  // namespace

Clients::Clients(Context& context)
    : context_(context),
      slab_(context.settings.max_transactions / 2),
      invites_(slab_),
      others_(slab_) {}

ClientHandle Clients::open(std::string_view request, const Flow& flow, UserRef ref, Moment now) {
    if (!own_.parse(request, sip::kOwnLimits).ok() || !own_.is_request()) {
        context_.counters.not_written.add();
        return {};
    }
    const ClientHandle handle = slab_.emplace();
    if (!handle) {
        context_.counters.table_full.add();
        return {};
    }
    Client& client = *slab_.find(handle);
    client.request = context_.pool.copy(request);
    if (client.request.empty()) {
        context_.counters.memory_full.add();
        slab_.erase(handle);
        return {};
    }
    client.key = rebased(response_key(own_), request, client.request.view());
    client.flow = flow;
    client.ref = ref;
    client.started = now;
    client.invite = own_.method() == sip::Method::kInvite;
    client.state = client.invite ? ClientState::kCalling : ClientState::kTrying;
    index_for(client.invite).insert(handle, response_hash(client.key, context_.settings.secret));
    start(client, handle, now);
    return handle;
}

/// RFC 3261 s.17.1.1.2, s.17.1.2.2: first copy, timers A or E and B or F.
void Clients::start(Client& client, ClientHandle handle, Moment now) {
    if (!context_.send(client.flow, client.request.view())) {
        transport_failed(client, handle, now);
        return;
    }
    client.interval = context_.settings.t1;
    if (!reliable(client.flow.transport)) {
        arm(client.resend, handle, now + client.interval,
            client.invite ? ClientEvent::kTimerA : ClientEvent::kTimerE);
    }
    arm(client.lifetime, handle, now + context_.t1_times(64),
        client.invite ? ClientEvent::kTimerB : ClientEvent::kTimerF);
}

void Clients::on_response(const sip::Message& response, const Flow& flow, Moment now) {
    if (response.via_count() > 1) {
        context_.counters.misrouted_responses.add();  // RFC 3261 s.8.1.3.3 (A17)
        return;
    }
    const ResponseKey key = response_key(response);
    const bool invite = key.method.method == sip::Method::kInvite;
    const ClientHandle handle =
        index_for(invite).find(response_hash(key, context_.settings.secret),
                               [&key](const Client& client) { return answers(client.key, key); });
    if (!handle) {
        if (invite && response.status() / 100 == 2) {
            context_.counters.stray_2xx.add();
            context_.user.on_stray_2xx(response,
                                       flow);  // RFC 6026 s.8: the user knows its calls (C12)
        } else {
            context_.counters.stray_responses.add();
        }
        return;
    }
    const Client& client = *slab_.find(handle);
    if (!same_sent_by(client.key, key)) {
        context_.counters.foreign_via.add();
        return;
    }
    if (contradicts(client, response)) {
        context_.counters.ignored_events.add();
        return;
    }
    step(handle, event_of(response.status()), {now, now, &response, &flow});
}

/// A 2xx under the To tag that has refused before: its sender contradicts itself (E-R12). Under
/// another tag it is another fork's.
bool Clients::contradicts(const Client& client, const sip::Message& response) {
    if (client.state != ClientState::kCompleted || response.status() / 100 != 2) {
        return false;
    }
    return !own_.parse(client.ack.view(), sip::kOwnLimits).ok() ||
           sip::iequals(own_.to().tag, response.to().tag);
}

const sip::Message* Clients::request_of(ClientHandle handle, sip::Message& view) noexcept {
    const Client* client = slab_.find(handle);
    return client != nullptr && view.parse(client->request.view(), sip::kOwnLimits).ok() ? &view
                                                                                         : nullptr;
}

void Clients::cancel(ClientHandle invite, std::string_view reason, Moment now) {
    Client* client = slab_.find(invite);
    if (client == nullptr || client->cancel_sent || client->cancel_due) {
        return;
    }
    client->reason = context_.pool.copy(reason);
    step(invite, ClientEvent::kCancel, {now, now});
}

void Clients::on_timer(ClientHandle handle, ClientEvent event, Moment deadline, Moment now) {
    step(handle, event, {now, deadline});
}

void Clients::step(ClientHandle handle, ClientEvent event, const Occasion& at) {
    Client* client = slab_.find(handle);
    if (client == nullptr) {
        return;
    }
    const auto& cell = (client->invite ? kInviteClient : kOtherClient).at(client->state, event);
    if (!cell.legal) {
        context_.counters.ignored_events.add();
        return;
    }
    act_timers(*client, handle, cell.acts, at);
    client->state = cell.to;
    act_sends(*client, handle, cell.acts, at);
    const bool silent = client->own_cancel;
    const UserRef ref = client->ref;
    if (cell.to == ClientState::kTerminated) {
        close(handle);
    }
    if (!silent) {
        tell(handle, ref, cell.acts, at);
    }
}

void Clients::act_timers(Client& client, ClientHandle handle, ClientActs acts, const Occasion& at) {
    if (acts.has(ClientAct::kStop)) {
        stop(client);
    }
    if (acts.has(ClientAct::kBackOff)) {
        back_off(client, handle, at);
    }
    if (acts.has(ClientAct::kArmC)) {
        arm_c(client, handle, at);
    }
    if (acts.has(ClientAct::kArmD)) {
        const Millis d = std::max(context_.t1_times(64), kTimerDMinimum);
        arm(client.lifetime, handle, at.now + Context::unless_reliable(client.flow, d),
            ClientEvent::kTimerD);
    }
    if (acts.has(ClientAct::kArmK)) {
        const Millis k = Context::unless_reliable(client.flow, context_.settings.t4);
        arm(client.lifetime, handle, at.now + k, ClientEvent::kTimerK);
    }
    if (acts.has(ClientAct::kArmM)) {
        arm(client.lifetime, handle, at.now + context_.t1_times(64), ClientEvent::kTimerM);
    }
    if (acts.has(ClientAct::kArmCancelWait)) {
        client.ending = true;
        arm(client.lifetime, handle, at.now + context_.t1_times(64), ClientEvent::kCancelWait);
    }
}

void Clients::act_sends(Client& client, ClientHandle handle, ClientActs acts, const Occasion& at) {
    if (acts.has(ClientAct::kResend)) {
        context_.counters.retransmissions_out.add();
        if (!context_.send(client.flow, client.request.view())) {
            transport_failed(client, handle, at.now);
        }
    }
    if (acts.has(ClientAct::kAck)) {
        acknowledge(client, *at.response);
    }
    if (acts.has(ClientAct::kNoteCancel)) {
        client.cancel_due = true;
    }
    if (acts.has(ClientAct::kSendCancel) ||
        (acts.has(ClientAct::kFlushCancel) && client.cancel_due) ||
        (acts.has(ClientAct::kCancelOnce) && !client.cancel_sent)) {
        send_cancel(client, handle, at.now);
    }
}

void Clients::tell(ClientHandle handle, UserRef ref, ClientActs acts, const Occasion& at) {
    if (acts.has(ClientAct::kTellResponse)) {
        context_.user.on_response(handle, ref, *at.response, *at.flow);
    } else if (acts.has(ClientAct::kTellTimeout)) {
        context_.counters.client_timeouts.add();
        context_.user.on_client_failed(handle, ref, ClientFailure::kTimeout);
    } else if (acts.has(ClientAct::kTellTimerC)) {
        context_.counters.timer_c_fired.add();
        context_.user.on_client_failed(handle, ref, ClientFailure::kTimerC);
    } else if (acts.has(ClientAct::kTellTransport)) {
        context_.user.on_client_failed(handle, ref, ClientFailure::kTransport);
    }
}

void Clients::arm(TimerHandle& timer, ClientHandle handle, Moment deadline, ClientEvent event) {
    context_.timers.cancel(timer);
    timer = context_.timers.arm(deadline, {handle.index, handle.generation, Side::kClient,
                                           static_cast<std::uint8_t>(event)});
}

/// RFC 3261 s.16.6 step 11: C runs from the request; s.16.7 step 2: anew from each 101-199.
void Clients::arm_c(Client& client, ClientHandle handle, const Occasion& at) {
    const bool only_trying = at.response->status() == 100;
    if (client.ending || (only_trying && client.lifetime)) {
        return;
    }
    const Moment from = only_trying ? client.started : at.now;
    arm(client.lifetime, handle, from + context_.settings.timer_c, ClientEvent::kTimerC);
}

/// A doubles without a cap, E up to T2 and in Proceeding is T2.
void Clients::back_off(Client& client, ClientHandle handle, const Occasion& at) {
    client.interval *= 2;
    if (!client.invite) {
        const Millis t2 = context_.settings.t2;
        client.interval =
            client.state == ClientState::kProceeding ? t2 : std::min(client.interval, t2);
    }
    arm(client.resend, handle, Context::next_beat(at.deadline, client.interval, at.now),
        client.invite ? ClientEvent::kTimerA : ClientEvent::kTimerE);
}

void Clients::stop(Client& client) {
    context_.timers.cancel(client.resend);
    context_.timers.cancel(client.lifetime);
    client.resend = {};
    client.lifetime = {};
}

/// The user hears of it from the next advance(), never from within the call that failed.
void Clients::transport_failed(Client& client, ClientHandle handle, Moment now) {
    stop(client);
    arm(client.lifetime, handle, now, ClientEvent::kTransportError);
}

void Clients::acknowledge(Client& client, const sip::Message& response) {
    if (client.ack.empty()) {
        if (!own_.parse(client.request.view(), sip::kOwnLimits).ok()) {
            context_.counters.not_written.add();
            return;
        }
        const auto ack = write_ack(own_, response, context_.scratch);
        if (!ack) {
            context_.counters.not_written.add();
            return;
        }
        client.ack = context_.pool.copy(*ack);
        if (client.ack.empty()) {
            context_.counters.memory_full.add();  // this one goes out; the next is written anew
            context_.send(client.flow, *ack);
            return;
        }
    } else {
        context_.counters.retransmissions_out.add();
    }
    context_.send(client.flow, client.ack.view());
}

/// RFC 3261 s.9.1. The CANCEL is a transaction of its own, and the INVITE's has 64*T1 left.
void Clients::send_cancel(Client& client, ClientHandle handle, Moment now) {
    client.cancel_sent = true;
    client.ending = true;
    arm(client.lifetime, handle, now + context_.t1_times(64), ClientEvent::kCancelWait);
    if (!own_.parse(client.request.view(), sip::kOwnLimits).ok()) {
        context_.counters.not_written.add();
        return;
    }
    const auto cancel = write_cancel(own_, client.reason.view(), context_.scratch);
    if (!cancel) {
        context_.counters.not_written.add();
        return;
    }
    context_.counters.cancels_sent.add();
    const ClientHandle own = open(*cancel, client.flow, {}, now);
    if (own) {
        slab_.find(own)->own_cancel = true;
    } else {
        context_.send(client.flow, *cancel);  // no room (counted): one copy must do
    }
}

void Clients::close(ClientHandle handle) {
    Client& client = *slab_.find(handle);
    stop(client);
    index_for(client.invite).erase(handle);
    slab_.erase(handle);
}

}  // namespace sallyport::transaction
