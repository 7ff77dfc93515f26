// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/world.h"

#include "tests/sim/places.h"

#include <array>
#include <cstdio>

namespace sallyport::sim {
namespace {

constexpr Port kMediaPort{4000};
constexpr Millis kLookEvery{250};

std::string first_line(const std::string& payload) {
    return payload.substr(0, payload.find("\r\n"));
}

Config config_of(const Plan& plan) {
    Config config = example_config();
    if (plan.outside == Outside::kRecurse) {
        config.peers.front().redirect = Redirect::kRecurse;
    } else if (plan.outside != Outside::kCarrier) {
        config.peers.push_back({"first", kOutside, "sip:10.20.0.3:5060", kFirstPeer});
        config.routes.front().to = ToPeers{{1, 0}};
    }
    return config;
}

/// Contacts of a 302, the worst one first: q tells their order (RFC 3261 s.20.10).
std::string contacts_of(const std::string& user, const std::vector<Endpoint>& targets, bool dead) {
    const auto contact = [&user](const Endpoint& at) {
        return "<sip:" + user + "@" + at.to_string() + ">";
    };
    std::string text = "<sip:elsewhere@example.net>;q=0.1";
    for (std::size_t i = targets.size(); i-- > 0;) {
        text += ", " + contact(targets[i]) + ";q=0." + std::to_string(8 - i);
    }
    return dead ? text + ", " + contact(kNobody) : text;
}

void count_phone(const Phone& phone, Tally& tally) {
    const Phone::TimerScore& timer = phone.timer_score();
    tally.transfers_reported += phone.transfers_reported();
    tally.deeds += static_cast<std::uint64_t>(phone.deeds_done());
    tally.session_refreshes += timer.refreshed;
    tally.sessions_expired += timer.expired;
    tally.session_intervals_raised += timer.raised;
}

}  // namespace

World::World(std::uint64_t seed) : World(seed, plan_of(seed)) {}

World::World(std::uint64_t seed, const Plan& plan)
    : plan_(plan),
      network_(seed, plan_.weather),
      gate_(network_, seed, config_of(plan_)),
      checker_(gate_.config()),
      carrier_(network_, kCarrier, gate_.outside()),
      beside_(network_, gate_, carrier_) {
    gate_.tap(this);
    if (plan_.outside == Outside::kBusyFirst) {
        busy_ = std::make_unique<Carrier>(network_, kFirstPeer, gate_.outside());
    }
    for (const CallPlan& call : plan_.calls) {
        stage(call);
    }
    for (const StandalonePlan& each : plan_.standalone) {
        beside_.stage(each);
    }
    for (const SubscriptionPlan& each : plan_.subscriptions) {
        beside_.stage(each);
    }
    if (plan_.carrier_restart) {
        network_.after(*plan_.carrier_restart, [this] { carrier_.restart(); });
    }
    network_.after(kLookEvery, [this] { look_at_media(); });
}

void World::stage(const CallPlan& plan) {
    const std::string name = "c" + std::to_string(plan.number);
    const Endpoint inside = phone_at(kInsideNetwork, plan.number);
    const Endpoint outside = phone_at(kOutsideNetwork, plan.number);
    Call call{&plan, nullptr, {}};
    Treatment how = plan.treatment;
    if (plan.inbound) {
        call.caller = std::make_unique<Phone>(
            network_, PhonePlace{outside, kCarrier, name + "a", kMediaPort}, plan.caller);
        call.callees.push_back(std::make_unique<Phone>(
            network_, PhonePlace{inside, gate_.inside(), name + "b", kMediaPort},
            plan.callees.front()));
        how.targets = {gate_.outside()};
    } else {
        call.caller = std::make_unique<Phone>(
            network_, PhonePlace{inside, gate_.inside(), name + "a", kMediaPort}, plan.caller);
        std::uint32_t network = kOutsideNetwork;
        for (const Script& script : plan.callees) {
            const Endpoint at = phone_at(network, plan.number);
            network += kNextNetwork;
            call.callees.push_back(std::make_unique<Phone>(
                network_, PhonePlace{at, std::nullopt, name + "b", kMediaPort}, script));
            how.targets.push_back(at);
        }
    }
    if (plan.redirected) {
        how.contacts = contacts_of(name + "b", how.targets, plan.dead_contact);
    }
    treat(name + "b", std::move(how));
    calls_.push_back(std::move(call));
    network_.after(plan.begins, [this, i = calls_.size() - 1] { start(calls_[i]); });
    if (plan.inbound) {
        network_.after(Millis{0}, [this, i = calls_.size() - 1] {
            calls_[i].callees.front()->register_at("example.com");
        });
    }
}

void World::treat(const std::string& callee, Treatment how) {
    carrier_.treat(callee, how);
    if (busy_) {
        how.answer = 503;
        how.challenge = 0;
        how.silent = false;
        busy_->treat(callee, how);
    }
}

void World::start(Call& call) {
    const std::string user = "c" + std::to_string(call.plan->number) + "b";
    call.caller->call("sip:" + user + "@" + (call.plan->inbound ? "10.20.0.2" : "10.10.0.1"));
}

void World::run(Millis at_least) {
    constexpr Millis kAtMost{700'000};  // timer C, then a retry context's 300 s
    constexpr Millis kStep{10'000};
    network_.run_until(Moment{} + at_least);
    while (!left_over().empty() && network_.now() < Moment{} + kAtMost) {
        network_.run_until(network_.now() + kStep);
    }
    if (const std::string left = left_over(); !left.empty()) {
        checker_.findings().say(network_.now(), -1, "K", "left behind: " + left);
    }
    checker_.finish(network_.now());
}

std::string World::left_over() {
    const ShardGauges gauges = gate_.gauges();
    std::string left;
    const auto add = [&left](const char* what, std::size_t count) {
        left += count == 0 ? "" : " " + std::to_string(count) + " " + what;
    };
    add("calls", gauges.calls);
    add("dialogs", gauges.dialogs);
    add("client transactions", gauges.clients);
    add("server transactions", gauges.servers);
    add("standalone exchanges", gauges.standalone);
    add("timers", gauges.timers);
    add("relays", gate_.relays().live());
    return left;
}

void World::on_arrival(RealmId realm, const Packet& packet, Moment now) {
    ++messages_;
    if (trace_) {
        note("-->", packet, packet.from, now);
    }
    if (also_ != nullptr) {
        also_->on_arrival(realm, packet, now);
    }
    checker_.on_arrival(realm, packet, now);
}

void World::on_handled(Moment now) {
    if (also_ != nullptr) {
        also_->on_handled(now);
    }
    checker_.on_handled(now);
}

void World::on_sent(RealmId realm, const Packet& packet, Moment now) {
    ++messages_;
    if (trace_) {
        note("<--", packet, packet.to, now);
    }
    if (also_ != nullptr) {
        also_->on_sent(realm, packet, now);
    }
    checker_.on_sent(realm, packet, now);
}

/// One line: when, which way, with whom, the start line, and what tells dialogs apart.
void World::note(const char* arrow, const Packet& packet, const Endpoint& peer, Moment now) {
    sip::Message message;
    std::string more;
    if (message.parse(packet.payload).ok()) {
        more.append("  c").append(std::to_string(call_of(message.from().text)));
        more.append(" CSeq ").append(message.value_of(sip::HeaderId::kCSeq));
        more.append(" from ").append(message.from().tag.substr(0, 6));
        more.append(" to ").append(message.to().tag.substr(0, 6));
        more.append(message.body().empty() ? "" : " +SDP");
        for (const auto id : {sip::HeaderId::kEvent, sip::HeaderId::kSubscriptionState}) {
            more.append(message.has(id) ? " " : "").append(message.value_of(id));
        }
    }
    std::array<char, 64> head{};
    (void)std::snprintf(head.data(), head.size(), "%9.3f %-16s %s gate  ",
                        static_cast<double>(now.since_start.count()) / 1000.0,
                        peer.to_string().c_str(), arrow);
    trace_(head.data() + first_line(packet.payload) + more);
}

void World::look_at_media() {
    for (const Call& call : calls_) {
        if (!call.plan->vicious) {
            check_media(call);
        }
    }
    if (network_.now() < Moment{} + Millis{60'000}) {
        network_.after(kLookEvery, [this] { look_at_media(); });
    }
}

/// When both phones have agreed and nothing is under way, each sends to a port of ours in its
/// realm, and the relay behind sends to where the other one listens.
void World::check_media(const Call& call) {
    const Phone* callee = nullptr;
    for (const auto& phone : call.callees) {
        if (phone->left()) {
            return;  // another fork may still wait for its BYE
        }
        if (phone->outcome() == Outcome::kTalking) {
            if (callee != nullptr) {
                return;  // a fork that will hear BYE
            }
            callee = phone.get();
        }
    }
    const auto* ours = call.caller->settled_media();
    const auto* theirs = callee == nullptr ? nullptr : callee->settled_media();
    if (ours == nullptr || theirs == nullptr) {
        return;
    }
    ++media_checks_;
    std::string wrong = ours->size() == theirs->size() ? "" : "not the same number of m-lines";
    for (std::size_t i = 0; wrong.empty() && i < ours->size(); ++i) {
        const AgreedLine& a = (*ours)[i];
        const AgreedLine& b = (*theirs)[i];
        if (a.theirs.port.value == 0 && b.theirs.port.value == 0) {
            continue;
        }
        const auto [relay, side] = gate_.relays().owner_of(a.theirs);
        const auto [far_relay, far_side] = gate_.relays().owner_of(b.theirs);
        if (!relay || relay != far_relay || side == far_side) {
            wrong = "line " + std::to_string(i) + ": the two ports are not of one relay";
        } else {
            wrong = wrong_side(a, relay, side) + wrong_side(b, relay, far_side);
        }
    }
    if (!wrong.empty()) {
        checker_.findings().say(network_.now(), call.plan->number, "K media", wrong);
    }
}

std::string World::wrong_side(const AgreedLine& line, dataplane::RelayId relay,
                              dataplane::Side side) {
    const auto* view = gate_.relays().side(relay, side);
    if (view != nullptr && view->told && view->remote.rtp == line.ours) {
        return {};
    }
    return "the relay sends to " +
           (view == nullptr ? std::string("nobody") : view->remote.rtp.to_string()) + ", not to " +
           line.ours.to_string() + "; ";
}

Tally World::tally() const {
    Tally tally;
    tally.worlds = 1;
    tally.media_checks = media_checks_;
    tally.messages = messages_;
    for (const Call& call : calls_) {
        ++tally.calls;
        const Outcome outcome = call.caller->outcome();
        const bool answered = call.caller->final_status() == 200 && !call.plan->inbound;
        const bool listed =
            plan_.outside == Outside::kDeadFirst || plan_.outside == Outside::kBusyFirst;
        tally.redirects_followed += answered && call.plan->redirected ? 1 : 0;
        tally.failovers_answered += answered && listed ? 1 : 0;
        tally.answered += call.caller->final_status() == 200 ? 1 : 0;
        tally.refused += outcome == Outcome::kRefused ? 1 : 0;
        tally.cancelled += outcome == Outcome::kCancelled ? 1 : 0;
        tally.timed_out += outcome == Outcome::kTimedOut ? 1 : 0;
        count_phone(*call.caller, tally);
        for (const auto& phone : call.callees) {
            count_phone(*phone, tally);
        }
    }
    tally.gateway_refreshes = gate_.counters().own_refreshes.read();
    beside_.count(tally);
    return tally;
}

}  // namespace sallyport::sim
