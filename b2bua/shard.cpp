// SPDX-License-Identifier: Apache-2.0
#include "b2bua/shard.h"

#include "b2bua/call/dispatch.h"
#include "b2bua/call/media_reports.h"
#include "b2bua/call/options.h"
#include "b2bua/call/relay_events.h"
#include "b2bua/call/standalone.h"
#include "b2bua/call/steps.h"
#include "b2bua/not_sip.h"
#include "b2bua/policy/error_reply_budget.h"
#include "b2bua/registration/register_relay.h"
#include "b2bua/registration/registrar.h"
#include "b2bua/routing/incoming_route.h"
#include "b2bua/routing/own_address.h"
#include "b2bua/transaction/reply.h"

#include <algorithm>
#include <array>

namespace sallyport {
namespace {

constexpr Millis kSlowTick{100};
/// Who speaks of a dialog that is not there need not say who he is; who sets something up, or tells
/// or asks somebody something, does (H23).
constexpr std::array kAnonymousMethods{sip::Method::kBye, sip::Method::kPrack, sip::Method::kUpdate,
                                       sip::Method::kInfo};
constexpr std::uint64_t kOwnerMask = 0xffULL << 56;

transaction::Settings layer_settings(const ShardParts& parts) {
    transaction::Settings settings;
    settings.secret = {parts.random.next(), parts.random.next()};
    for (std::size_t i = 0; i < parts.config.realms.size(); ++i) {
        if (parts.config.realms[i].nat) {
            settings.force_rport |= 1U << i;  // B5
        }
    }
    return settings;
}

}  // namespace

class Shard::State final : public transaction::User {
public:
    explicit State(const ShardParts& parts)
        : parts_(parts),
          identifiers_(parts.random, parts.id, parts.config.shards),
          layer_(layer_settings(parts), parts.sender, *this),
          registration_({parts.config,
                         layer_,
                         identifiers_,
                         parts.token_key,
                         parts.publish,
                         {},
                         parts.id,
                         parts.seal_key,
                         parts.unix_time,
                         &parts.sender,
                         &parts.journal}),
          sealed_(parts.seal_key.octets),
          flow_tokens_(parts.token_key.octets),
          error_replies_({parts.random.next(), parts.random.next()}),
          not_sip_({parts.config,
                    parts.sender,
                    registration_,
                    parts.counters,
                    {parts.random.next(), parts.random.next()}}),
          environment_{parts.config,  layer_,         parts.sender, parts.relays,
                       identifiers_,  registration_,  sealed_,      flow_tokens_,
                       parts.journal, parts.counters, retries_,     scratch_},
          calls_(environment_),
          standalone_(environment_) {
        environment_.share = parts.share;
        environment_.media_record = parts.media_record;
        environment_.routed = parts.routed;
    }

    void receive(const dataplane::Datagram& datagram, Moment now);
    void advance(Moment now);
    [[nodiscard]] Moment next_deadline() const;
    void drain(bool on) noexcept { draining_ = on; }
    void apply(const registration::BindingChange& change) { registration_.apply(change); }
    void apply(const call::DialogChange& change) { calls_.apply(change); }
    [[nodiscard]] ShardGauges gauges() const;
    [[nodiscard]] std::vector<call::MediaReport> explain_media(std::string_view call_id,
                                                               std::size_t limit) {
        return call::explain_media(calls_, call_id, limit);
    }

    [[nodiscard]] const transaction::Layer& layer() const noexcept { return layer_; }
    [[nodiscard]] const registration::RegisterRelay& registration() const noexcept {
        return registration_;
    }

    [[nodiscard]] bool admits(const sip::Message& request, const Flow& flow) override;
    void on_request(transaction::ServerHandle server, const sip::Message& request,
                    const Flow& flow) override;
    void on_cancel(transaction::ServerHandle invite, const sip::Message& cancel) override;
    void on_ack(transaction::ServerHandle server, const sip::Message& ack,
                const Flow& flow) override;
    void on_response(transaction::ClientHandle client, transaction::UserRef ref,
                     const sip::Message& response, const Flow& flow) override;
    void on_stray_2xx(const sip::Message&, const Flow&) override {}  // the layer counted it (C12)
    void on_client_failed(transaction::ClientHandle client, transaction::UserRef ref,
                          transaction::ClientFailure failure) override;
    void on_server_ended(transaction::ServerHandle, transaction::UserRef) override {}

private:
    void refuse_unreadable(sip::ParseFault fault, const Flow& flow);
    void on_register(transaction::ServerHandle server, const sip::Message& request,
                     const Flow& flow);
    void on_new_request(transaction::ServerHandle server, const sip::Message& request,
                        const Flow& flow);
    [[nodiscard]] bool is_cut_off(const sip::Message& request, const Flow& flow) const;
    [[nodiscard]] bool needs_sender(const sip::Message& request, const Flow& flow) const;

    ShardParts parts_;
    std::array<char, 65536> scratch_{};
    sip::Message message_;
    Identifiers identifiers_;
    transaction::Layer layer_;
    registration::RegisterRelay registration_;
    routing::SealedTargets sealed_;
    routing::FlowTokens flow_tokens_;
    ErrorReplyBudget error_replies_;
    NotSip not_sip_;
    call::RetryContexts retries_;
    call::Environment environment_;
    call::CallTable calls_;
    call::StandaloneRelay standalone_;
    Moment next_slow_tick_{};
    bool draining_{false};
};

void Shard::State::receive(const dataplane::Datagram& datagram, Moment now) {
    environment_.now = now;
    const Flow flow{datagram.realm, Transport::kUdp, datagram.local, datagram.remote};
    if (not_sip_.take(datagram.payload, flow, now)) {
        return;
    }
    const auto parsed = message_.parse(datagram.payload, parts_.config.limits);
    if (!parsed.ok()) {
        refuse_unreadable(parsed.error().fault, flow);
        return;
    }
    if (flow.realm.value < kMaxRealms) {
        parts_.counters.received[flow.realm.value].count(
            message_.method(), message_.is_request() ? 0 : message_.status());
    }
    if (!message_.is_request() && registration_.is_keepalive(message_, flow, now)) {
        return;
    }
    layer_.receive(message_, flow, now);
}

/// A20: answered without state when it can be and the source has not had enough; counted always.
void Shard::State::refuse_unreadable(sip::ParseFault fault, const Flow& flow) {
    const auto row = static_cast<std::size_t>(fault);
    if (row < parts_.counters.parse_faults.size()) {
        parts_.counters.parse_faults[row].add();
    }
    const int status = sip::status_for(fault);
    if (status == 0 || !message_.is_request() || !message_.echoable()) {
        return;
    }
    if (!error_replies_.take(flow.remote.ip, environment_.now)) {
        parts_.counters.error_replies_withheld.add();
        return;
    }
    transaction::Reply reply;
    reply.status = status;
    reply.reason = sip::reason_for(fault);
    layer_.reply_stateless(message_, flow, reply);
}

void Shard::State::advance(Moment now) {
    environment_.now = now;
    layer_.advance(now);
    call::dispatch_deadlines(calls_);
    registration_.advance(now);
    if (next_slow_tick_ <= now) {
        next_slow_tick_ = now + kSlowTick;
        retries_.expire(now);
        parts_.relays.tick();
    }
    call::read_relay_events(calls_);
}

Moment Shard::State::next_deadline() const {
    Moment next = std::min(layer_.next_deadline(), next_slow_tick_);
    if (const auto call = calls_.next_deadline()) {
        next = std::min(next, *call);
    }
    return next;
}

ShardGauges Shard::State::gauges() const {
    const auto layer = layer_.gauges();
    ShardGauges gauges;
    gauges.calls = calls_.size();
    gauges.subscribed = calls_.subscribed();
    gauges.dialogs = calls_.dialogs();
    gauges.clients = layer.invite_clients + layer.clients;
    gauges.servers = layer.invite_servers + layer.servers;
    gauges.registrations = registration_.size();
    gauges.surviving = registration_.dead();
    gauges.timers = layer.timers;
    gauges.standalone = standalone_.size();
    return gauges;
}

/// H23: who sends it is asked before it may hold anything of ours.
bool Shard::State::admits(const sip::Message& request, const Flow& flow) {
    const bool in_dialog = !request.to().tag.empty() && request.method() != sip::Method::kRegister;
    return draining_ || in_dialog || !needs_sender(request, flow) ||
           registration_.registrar().knows_sender(request, flow, environment_.now);
}

void Shard::State::on_request(transaction::ServerHandle server, const sip::Message& request,
                              const Flow& flow) {
    const bool registers = request.method() == sip::Method::kRegister;
    if (!request.to().tag.empty() && !registers) {
        call::dispatch_in_dialog(calls_, server, request, flow);
    } else if (draining_) {
        parts_.counters.draining.add();
        call::refuse_busy(environment_, server, "Draining");
    } else if (registers) {
        on_register(server, request, flow);
    } else {
        on_new_request(server, request, flow);
    }
}

bool Shard::State::needs_sender(const sip::Message& request, const Flow& flow) const {
    if (!asks_for_credentials(environment_.realm(flow.realm))) {
        return false;
    }
    if (request.method() == sip::Method::kOptions) {  // whoever asks about us need not, either
        const auto route = routing::incoming_route(parts_.config, request, flow.realm);
        return !call::is_for_us(parts_.config, request, route.request_uri);
    }
    return std::find(kAnonymousMethods.begin(), kAnonymousMethods.end(), request.method()) ==
           kAnonymousMethods.end();
}

/// H24: while nobody can be asked who a caller is, only phones that are bound are served.
bool Shard::State::is_cut_off(const sip::Message& request, const Flow& flow) const {
    return registration_.survives(flow.realm) && request.method() != sip::Method::kOptions &&
           !registration_.has_identity(flow, request.from().uri, environment_.now);
}

void Shard::State::on_new_request(transaction::ServerHandle server, const sip::Message& request,
                                  const Flow& flow) {
    if (needs_sender(request, flow) &&
        !registration_.registrar().admits(server, request, environment_.now)) {
        return;
    }
    if (is_cut_off(request, flow)) {
        return call::respond_here(environment_, server, 480, "Registrar Not Reachable");
    }
    switch (request.method()) {
        case sip::Method::kInvite:
            call::dispatch_invite(calls_, server, request, flow);
            break;
        case sip::Method::kBye:
        case sip::Method::kPrack:
        case sip::Method::kUpdate:
        case sip::Method::kInfo:
            parts_.counters.no_dialog.add();
            call::respond_here(environment_, server, 481, {});  // M8, RFC 3261 s.15.1.2
            break;
        case sip::Method::kSubscribe:
        case sip::Method::kRefer:
            call::dispatch_subscribe(calls_, server, request, flow);
            break;
        case sip::Method::kNotify:  // nobody asked for it: docs/decisions/0004
        case sip::Method::kOptions:
        case sip::Method::kMessage:
        case sip::Method::kPublish:
        case sip::Method::kUnknown:
            standalone_.on_request(server, request, flow);
            break;
        case sip::Method::kAck:
        case sip::Method::kCancel:
        case sip::Method::kRegister:
            break;  // never come here: the layer and on_register have them
    }
}

void Shard::State::on_register(transaction::ServerHandle server, const sip::Message& request,
                               const Flow& flow) {
    if (const auto rejection = policy::admit(request)) {
        parts_.counters.policy_refused.add();
        call::respond_here(environment_, server, rejection->status, rejection->reason,
                           rejection->header_line);
        return;
    }
    if (environment_.realm(flow.realm).registration == RegistrationMode::kLocal) {
        registration_.registrar().on_register(server, request, flow, environment_.now);
        return;
    }
    const Peer* registrar = routing::peer_behind(parts_.config, flow.realm);
    if (registrar == nullptr) {
        parts_.counters.no_route.add();
        call::respond_here(environment_, server, 403, "No Registrar Behind This Realm");
        return;
    }
    registration_.on_register(server, request, flow, *registrar, environment_.now);
}

void Shard::State::on_cancel(transaction::ServerHandle invite, const sip::Message& cancel) {
    call::dispatch_cancel(calls_, invite, cancel);
}

void Shard::State::on_ack(transaction::ServerHandle, const sip::Message& ack, const Flow& flow) {
    call::dispatch_ack(calls_, ack, flow);
}

void Shard::State::on_response(transaction::ClientHandle client, transaction::UserRef ref,
                               const sip::Message& response, const Flow& flow) {
    switch (ref.value & kOwnerMask) {
        case call::kCallRef:
            call::dispatch_response(calls_, client, ref, response, flow);
            break;
        case registration::kRegistrationRef:
            registration_.on_response(ref, response, environment_.now);
            break;
        case call::kStandaloneRef:
            standalone_.on_response(ref, response);
            break;
        default:
            break;  // kUnattended
    }
}

void Shard::State::on_client_failed(transaction::ClientHandle client, transaction::UserRef ref,
                                    transaction::ClientFailure failure) {
    switch (ref.value & kOwnerMask) {
        case call::kCallRef:
            call::dispatch_failed(calls_, client, ref, failure);
            break;
        case registration::kRegistrationRef:
            registration_.on_failed(ref, failure, environment_.now);
            break;
        case call::kStandaloneRef:
            standalone_.on_failed(ref);
            break;
        default:
            break;
    }
}

Shard::Shard(const ShardParts& parts) : state_(std::make_unique<State>(parts)) {}
Shard::~Shard() = default;
void Shard::receive(const dataplane::Datagram& datagram, Moment now) {
    state_->receive(datagram, now);
}
void Shard::advance(Moment now) {
    state_->advance(now);
}
Moment Shard::next_deadline() const {
    return state_->next_deadline();
}
void Shard::drain(bool on) {
    state_->drain(on);
}
void Shard::apply(const registration::BindingChange& change) {
    state_->apply(change);
}
void Shard::walk(registration::TableWalk& place, std::size_t most,
                 const std::function<void(const registration::Binding&)>& each) const {
    state_->registration().walk(place, most, each);
}
void Shard::apply(const call::DialogChange& change) {
    state_->apply(change);
}
std::vector<call::MediaReport> Shard::explain_media(std::string_view call_id, std::size_t limit) {
    return state_->explain_media(call_id, limit);
}
ShardGauges Shard::gauges() const {
    return state_->gauges();
}
const transaction::Counters& Shard::transaction_counters() const noexcept {
    return state_->layer().counters();
}
const registration::Counters& Shard::registration_counters() const noexcept {
    return state_->registration().counters();
}

}  // namespace sallyport
