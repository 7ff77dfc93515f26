// SPDX-License-Identifier: Apache-2.0
// Server transactions: states, timers, responses. What opens them and what is answered without
// them: arrivals.cpp.
#include "b2bua/transaction/servers.h"

#include <algorithm>

namespace sallyport::transaction {

Servers::Servers(Context& context)
    : context_(context),
      slab_(context.settings.max_transactions / 2),
      invites_(slab_),
      others_(slab_),
      merges_(slab_) {}

void Servers::on_timer(ServerHandle handle, ServerEvent event, Moment deadline, Moment now) {
    step(handle, event, {now, deadline});
}

bool Servers::respond(ServerHandle handle, int status, std::string_view response, Moment now) {
    Server* server = slab_.find(handle);
    ServerEvent event = ServerEvent::kRejection;
    if (status < 300) {
        event = status < 200 ? ServerEvent::kProvisional : ServerEvent::kSuccess;
    }
    // RFC 4320 s.4.1: the only provisional response to a non-INVITE is 100 (C5).
    const bool forbidden = server != nullptr && !server->invite && status < 200 && status != 100;
    if (server == nullptr || forbidden ||
        !(server->invite ? kInviteServer : kOtherServer).at(server->state, event).legal) {
        context_.counters.refused_responses.add();
        return false;
    }
    if (!server->invite && status == 408) {
        // RFC 4320 s.4.2: it would come too late for its client, whoever made it; silence (C5).
        abandon(handle, now);
        return true;
    }
    if (server->invite && status > 100) {
        learn_tag(*server, response);
    }
    server->rejected = status >= 300;
    step(handle, event, {now, now, response});
    return true;
}

void Servers::abandon(ServerHandle handle, Moment now) {
    step(handle, ServerEvent::kAbandon, {now, now});
}

void Servers::step(ServerHandle handle, ServerEvent event, const Occasion& at) {
    Server* server = slab_.find(handle);
    if (server == nullptr) {
        return;
    }
    const auto& cell = (server->invite ? kInviteServer : kOtherServer).at(server->state, event);
    if (!cell.legal) {
        context_.counters.ignored_events.add();
        return;
    }
    act_timers(*server, handle, cell.acts, at);
    server->state = cell.to;
    act_sends(*server, cell.acts, at);
    const UserRef ref = server->ref;
    if (cell.to == ServerState::kTerminated) {
        close(handle);
        context_.user.on_server_ended(handle, ref);
    } else if (cell.acts.has(ServerAct::kTellAck)) {
        context_.user.on_ack(handle, *at.ack, *at.flow);
    }
}

void Servers::act_timers(Server& server, ServerHandle handle, ServerActs acts, const Occasion& at) {
    const Moment in_64_t1 = at.now + context_.t1_times(64);
    if (acts.has(ServerAct::kStop)) {
        stop(server);
    }
    if (acts.has(ServerAct::kArmG) && !reliable(server.flow.transport)) {
        server.interval = context_.settings.t1;
        arm(server.resend, handle, at.now + server.interval, ServerEvent::kTimerG);
    }
    if (acts.has(ServerAct::kBackOff)) {
        server.interval = std::min(server.interval * 2, context_.settings.t2);
        arm(server.resend, handle, Context::next_beat(at.deadline, server.interval, at.now),
            ServerEvent::kTimerG);
    }
    if (acts.has(ServerAct::kArmH)) {
        arm(server.lifetime, handle, in_64_t1, ServerEvent::kTimerH);
    }
    if (acts.has(ServerAct::kArmI)) {
        const Millis i = Context::unless_reliable(server.flow, context_.settings.t4);
        arm(server.lifetime, handle, at.now + i, ServerEvent::kTimerI);
    }
    if (acts.has(ServerAct::kArmJ)) {
        const Millis j = Context::unless_reliable(server.flow, context_.t1_times(64));
        arm(server.lifetime, handle, at.now + j, ServerEvent::kTimerJ);
    }
    if (acts.has(ServerAct::kArmL)) {
        arm(server.lifetime, handle, in_64_t1, ServerEvent::kTimerL);
    }
}

void Servers::act_sends(Server& server, ServerActs acts, const Occasion& at) {
    if (acts.has(ServerAct::kSend)) {
        context_.send(server.flow, at.response);
        server.response = acts.has(ServerAct::kKeep) ? context_.pool.copy(at.response) : Octets{};
        if (acts.has(ServerAct::kKeep) && server.response.empty()) {
            context_.counters.memory_full.add();
        }
    }
    if (acts.has(ServerAct::kResend) && !server.response.empty()) {
        context_.counters.retransmissions_out.add();
        context_.send(server.flow, server.response.view());
    }
    if (acts.has(ServerAct::kSendTrying)) {
        send_trying(server);
    }
    if (acts.has(ServerAct::kNoteNoAck)) {
        context_.counters.acks_missing.add();
    }
    if (acts.has(ServerAct::kNoteUnanswered)) {
        server.rejected = true;
        context_.counters.unanswered_requests.add();
    }
}

void Servers::arm(TimerHandle& timer, ServerHandle handle, Moment deadline, ServerEvent event) {
    context_.timers.cancel(timer);
    timer = context_.timers.arm(deadline, {handle.index, handle.generation, Side::kServer,
                                           static_cast<std::uint8_t>(event)});
}

void Servers::stop(Server& server) {
    context_.timers.cancel(server.resend);
    context_.timers.cancel(server.lifetime);
    server.resend = {};
    server.lifetime = {};
}

/// RFC 3261 s.8.2.6.1.
void Servers::send_trying(Server& server) {
    std::optional<std::string_view> trying;
    if (own_.parse(server.request.view(), sip::kOwnLimits).ok()) {
        Reply reply;
        reply.status = 100;
        trying = write_reply(own_, server.vias.view(), reply, context_.scratch);
    }
    if (!trying) {
        context_.counters.not_written.add();
        return;
    }
    server.response = context_.pool.copy(*trying);
    context_.send(server.flow, *trying);
}

/// The tag that the ACK of an RFC 2543 client and our 200 to a CANCEL carry (C7, C15).
void Servers::learn_tag(Server& server, std::string_view response) {
    if (own_.parse(response, sip::kOwnLimits).ok() && own_.to().tag != server.to_tag.view()) {
        server.to_tag = context_.pool.copy(own_.to().tag);
    }
}

void Servers::set_to_tag(ServerHandle handle, std::string_view tag) {
    if (Server* server = slab_.find(handle); server != nullptr) {
        server->to_tag = context_.pool.copy(tag);
    }
}

void Servers::close(ServerHandle handle) {
    Server& server = *slab_.find(handle);
    stop(server);
    index_for(server.invite).erase(handle);
    merges_.erase(handle);
    slab_.erase(handle);
}

}  // namespace sallyport::transaction
