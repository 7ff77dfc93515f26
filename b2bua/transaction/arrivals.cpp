// SPDX-License-Identifier: Apache-2.0
// Requests as they arrive: retransmission, merged, refused, or a new server transaction (RFC 3261
// s.17.2.3, s.8.2.2.2); ACK (s.17.2.1, RFC 6026 s.7.1), CANCEL (s.9.2) and stateless replies
// (s.8.2.7). The other half of servers.cpp.
#include "b2bua/sip/params.h"
#include "b2bua/transaction/servers.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace sallyport::transaction {
namespace {

using TagText = std::array<char, 16>;

std::string_view hex(std::uint64_t value, TagText& out) noexcept {
    constexpr std::string_view kDigits = "0123456789abcdef";
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = kDigits[(value >> (60 - 4 * i)) & 0xf];
    }
    return {out.data(), out.size()};
}

}  // namespace

void Servers::on_request(const sip::Message& request, const Flow& flow, Moment now) {
    const RequestKey key = request_key(request);
    const bool invite = request.method() == sip::Method::kInvite;
    const ServerHandle known = index_for(invite).find(
        request_hash(key, context_.settings.secret),
        [&key](const Server& server) { return retransmits(server.key, key); });
    if (known) {
        context_.counters.retransmissions_in.add();
        step(known, ServerEvent::kRequest, {now, now});
        return;
    }
    if (!answerable(reply_flow(request, flow, context_.forces_rport(flow.realm)).remote)) {
        context_.counters.bad_reply_address.add();
        return;
    }
    if (merged(key)) {
        context_.counters.merged_requests.add();
        Reply reply;
        reply.status = 482;
        reply_stateless(request, flow, reply);
        return;
    }
    if (!has_room(key)) {
        refuse(request, flow);
        return;
    }
    if (!context_.user.admits(request, flow)) {
        return;
    }
    const ServerHandle handle = open(request, key, flow, now);
    if (!handle) {
        refuse(request, flow);
        return;
    }
    context_.user.on_request(handle, request, flow);
}

/// RFC 3261 s.8.2.2.2, limited to equal Request-URIs (C19). A first request that was rejected no
/// longer counts: a client that fails over (RFC 3263 s.4.3) repeats it with another branch and the
/// same CSeq.
bool Servers::merged(const RequestKey& key) {
    if (!may_be_merged(key)) {
        return false;
    }
    const auto same = [&key](const Server& server) {
        return !server.rejected && merges(server.key, key);
    };
    return static_cast<bool>(merges_.find(merge_hash(key, context_.settings.secret), same));
}

/// The last eighth of the table is kept for requests within dialogs (C22, J7).
bool Servers::has_room(const RequestKey& key) const noexcept {
    const std::size_t max = slab_.max_size();
    return slab_.size() < (key.to_tag.empty() ? max - max / 8 : max);
}

void Servers::refuse(const sip::Message& request, const Flow& flow) {
    context_.counters.table_full.add();
    // RFC 3261 s.20.33; spread over 5 to 15 s so that those refused do not return together (J7).
    std::array<char, 32> line;
    constexpr std::string_view kName = "Retry-After: ";
    char* end = std::copy(kName.begin(), kName.end(), line.data());
    const std::uint64_t spread = stateless_tag(request, context_.settings.secret) % 11;
    end = std::to_chars(end, line.data() + line.size() - 2, 5 + spread).ptr;
    *end++ = '\r';
    *end++ = '\n';
    Reply reply;
    reply.status = 503;
    reply.lines = {line.data(), static_cast<std::size_t>(end - line.data())};
    reply_stateless(request, flow, reply);
}

ServerHandle Servers::open(const sip::Message& request, const RequestKey& key, const Flow& flow,
                           Moment now) {
    const ServerHandle handle = slab_.emplace();
    if (!handle) {
        return {};
    }
    Server& server = *slab_.find(handle);
    if (!fill(server, request, key, flow)) {
        context_.counters.memory_full.add();
        slab_.erase(handle);
        return {};
    }
    index_for(server.invite).insert(handle, request_hash(key, context_.settings.secret));
    if (may_be_merged(key)) {
        merges_.insert(handle, merge_hash(key, context_.settings.secret));
    }
    if (server.invite) {
        server.state = ServerState::kProceeding;
        send_trying(server);  // at once: the far end may need long (C3)
    } else {
        arm(server.resend, handle, now + context_.t1_times(7), ServerEvent::kTryingTimer);
        arm(server.lifetime, handle, now + context_.t1_times(64), ServerEvent::kTimerJ);
    }
    return handle;
}

bool Servers::fill(Server& server, const sip::Message& request, const RequestKey& key,
                   const Flow& flow) {
    const bool force = context_.forces_rport(flow.realm);
    const auto vias = write_vias(request, flow, force, vias_);
    server.request = context_.pool.copy(request.octets());
    server.vias = vias ? context_.pool.copy(*vias) : Octets{};
    if (server.request.empty() || server.vias.empty()) {
        return false;
    }
    server.key = rebased(key, request.octets(), server.request.view());
    server.flow = reply_flow(request, flow, force);
    server.invite = request.method() == sip::Method::kInvite;
    return true;
}

void Servers::on_ack(const sip::Message& ack, const Flow& flow, Moment now) {
    const RequestKey key = request_key(ack);
    const ServerHandle handle =
        invites_.find(request_hash(key, context_.settings.secret), [&key](const Server& server) {
            return acknowledges(server.key, server.to_tag.view(), key);
        });
    TagText text;
    if (handle) {
        step(handle, ServerEvent::kAck, {now, now, {}, &ack, &flow});
    } else if (sip::iequals(key.to_tag, hex(stateless_tag(ack, context_.settings.secret), text))) {
        context_.counters.stateless_acks.add();
    } else {
        context_.counters.unmatched_acks.add();
        context_.user.on_ack({}, ack, flow);
    }
}

/// RFC 3261 s.9.2 (C15).
void Servers::on_cancel(const sip::Message& cancel, const Flow& flow, Moment now) {
    const RequestKey key = request_key(cancel);
    const std::uint64_t hash = request_hash(key, context_.settings.secret);
    const ServerHandle known =
        others_.find(hash, [&key](const Server& server) { return retransmits(server.key, key); });
    if (known) {
        context_.counters.retransmissions_in.add();
        step(known, ServerEvent::kRequest, {now, now});
        return;
    }
    const auto same = [&key](const Server& server) { return cancels(server.key, key); };
    const ServerHandle invite = invites_.find(hash, same);
    const ServerHandle other = invite ? ServerHandle{} : others_.find(hash, same);
    Reply reply;
    reply.to_tag = to_tag_of(invite);
    if (!invite && !other) {
        context_.counters.unmatched_cancels.add();
        reply.status = 481;
        reply_stateless(cancel, flow, reply);
        return;
    }
    reply.status = 200;
    answer_cancel(cancel, key, flow, reply, now);
    Server* server = slab_.find(invite);
    if (server == nullptr || server->state != ServerState::kProceeding || server->cancelled) {
        context_.counters.late_cancels.add();
        return;
    }
    server->cancelled = true;
    context_.user.on_cancel(invite, cancel);
}

/// A transaction of its own keeps the answer for 64*T1: the CANCEL may be repeated when its INVITE
/// is gone (RFC 3261 s.9.2, s.17.2.2). Where there is no room for one, the answer has no state.
void Servers::answer_cancel(const sip::Message& cancel, const RequestKey& key, const Flow& flow,
                            const Reply& reply, Moment now) {
    const Flow back = reply_flow(cancel, flow, context_.forces_rport(flow.realm));
    const bool opens = answerable(back.remote) && has_room(key);
    const ServerHandle handle = opens ? open(cancel, key, flow, now) : ServerHandle{};
    const auto response =
        handle ? write_reply(cancel, slab_.find(handle)->vias.view(), reply, context_.scratch)
               : std::nullopt;
    if (response) {
        respond(handle, reply.status, *response, now);
        return;
    }
    if (handle) {
        close(handle);
    }
    reply_stateless(cancel, flow, reply);
}

void Servers::reply_stateless(const sip::Message& request, const Flow& arrival, Reply reply) {
    if (!request.is_request() || request.method() == sip::Method::kAck || !request.echoable()) {
        return;
    }
    const bool force = context_.forces_rport(arrival.realm);
    const Flow back = reply_flow(request, arrival, force);
    if (!answerable(back.remote)) {
        context_.counters.bad_reply_address.add();
        return;
    }
    TagText text;
    if (reply.to_tag.empty()) {
        reply.to_tag = hex(stateless_tag(request, context_.settings.secret), text);
    }
    const auto vias = write_vias(request, arrival, force, vias_);
    const auto response =
        vias ? write_reply(request, *vias, reply, context_.scratch) : std::nullopt;
    if (!response) {
        context_.counters.not_written.add();
        return;
    }
    context_.counters.stateless_replies.add();
    context_.send(back, *response);
}

std::string_view Servers::to_tag_of(ServerHandle handle) {
    Server* server = slab_.find(handle);
    if (server == nullptr) {
        return {};
    }
    if (server->to_tag.empty() && own_.parse(server->request.view(), sip::kOwnLimits).ok()) {
        TagText text;
        server->to_tag =
            context_.pool.copy(hex(stateless_tag(own_, context_.settings.secret), text));
    }
    return server->to_tag.view();
}

}  // namespace sallyport::transaction
