// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/side_traffic.h"

#include "tests/sim/places.h"

namespace sallyport::sim {

/// The one inside goes through the gateway, the one outside through the carrier or not at all.
Stage SideTraffic::place(int number, bool inbound, std::size_t answering) const {
    const std::string name = "c" + std::to_string(number);
    Stage at;
    const Endpoint inside = phone_at(kInsideNetwork, number);
    at.asks = inbound ? AgentPlace{phone_at(kOutsideNetwork, number), kCarrier, name + "a"}
                      : AgentPlace{inside, gate_.inside(), name + "a"};
    std::uint32_t network = kOutsideNetwork;
    for (std::size_t i = 0; i < answering; ++i) {
        at.answers.push_back(inbound
                                 ? AgentPlace{inside, gate_.inside(), name + "b"}
                                 : AgentPlace{phone_at(network, number), std::nullopt, name + "b"});
        network += kNextNetwork;
    }
    at.uri = "sip:" + name + "b@" + (inbound ? "10.20.0.2" : "10.10.0.1");
    return at;
}

void SideTraffic::treat(const Stage& at, bool inbound, Treatment how) {
    if (inbound) {
        how.targets = {gate_.outside()};
    } else {
        for (const AgentPlace& place : at.answers) {
            how.targets.push_back(place.own);
        }
    }
    carrier_.treat(at.answers.front().name, how);
}

void SideTraffic::stage(const StandalonePlan& plan) {
    const Stage at = place(plan.number, plan.inbound, 1);
    treat(at, plan.inbound, {});
    const StandaloneScript& asks = plan.script;
    const std::string gate_uri = plan.inbound ? "sip:10.20.0.1" : "sip:10.10.0.1";
    Exchange made{std::make_unique<StandaloneClient>(network_, at.asks, asks),
                  std::make_unique<StandaloneServer>(network_, at.answers.front(), asks)};
    network_.after(plan.begins,
                   [this, i = exchanges_.size(), uri = asks.to_gate ? gate_uri : at.uri] {
                       exchanges_[i].client->start(uri);
                   });
    if (plan.inbound) {
        network_.after(Millis{0}, [this, i = exchanges_.size()] {
            exchanges_[i].server->register_at("example.com");
        });
    }
    exchanges_.push_back(std::move(made));
}

void SideTraffic::stage(const SubscriptionPlan& plan) {
    const Stage at = place(plan.number, plan.inbound, plan.notifiers.size());
    Treatment how;
    how.record_route = plan.record_route;
    treat(at, plan.inbound, how);
    Subscription made{std::make_unique<Subscriber>(network_, at.asks, plan.subscriber), {}};
    for (std::size_t i = 0; i < plan.notifiers.size(); ++i) {
        made.notifiers.push_back(
            std::make_unique<Notifier>(network_, at.answers[i], plan.notifiers[i]));
    }
    network_.after(plan.begins, [this, i = subscriptions_.size(), uri = at.uri] {
        subscriptions_[i].subscriber->start(uri);
    });
    if (plan.inbound) {
        network_.after(Millis{0}, [this, i = subscriptions_.size()] {
            subscriptions_[i].notifiers.front()->register_at("example.com");
        });
    }
    subscriptions_.push_back(std::move(made));
}

void SideTraffic::count(Tally& tally) const {
    for (const Subscription& subscription : subscriptions_) {
        const SubscriptionScore& score = subscription.subscriber->score();
        tally.subscriptions += score.subscribed;
        tally.subscription_refreshes += score.refreshed;
        tally.unsubscriptions += score.unsubscribed;
        tally.notifications += score.notified;
        tally.subscription_forks += score.forks;
        tally.subscriptions_terminated += score.terminated;
        tally.subscriptions_refused += score.refused;
        tally.subscriptions_lost += score.lost;
    }
    for (const Exchange& exchange : exchanges_) {
        const StandaloneScore& score = exchange.client->score();
        tally.standalone_requests += score.sent;
        tally.standalone_answered += score.answered;
        tally.standalone_challenged += score.challenged;
        tally.standalone_unanswered += score.unanswered;
        tally.publications += score.published;
    }
}

}  // namespace sallyport::sim
