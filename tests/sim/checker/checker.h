// SPDX-License-Identifier: Apache-2.0
// Judges a gateway by its wire: every message that reached it and every one that it sent, as each
// peer sees them. It shares the parser with the gateway and nothing else. Tests only.
#pragma once

#include "tests/sim/checker/client_rules.h"
#include "tests/sim/checker/dialog_rules.h"
#include "tests/sim/checker/findings.h"
#include "tests/sim/checker/message_rules.h"
#include "tests/sim/checker/offer_answer_rules.h"
#include "tests/sim/checker/reliable_rules.h"
#include "tests/sim/checker/server_rules.h"
#include "tests/sim/checker/session_rules.h"
#include "tests/sim/checker/session_timer_rules.h"
#include "tests/sim/checker/standalone_rules.h"
#include "tests/sim/checker/subscription_rules.h"
#include "tests/sim/gate.h"

#include <functional>

namespace sallyport::sim {

class Checker final : public Tap {
public:
    explicit Checker(const Config& config)
        : messages_(config),
          clients_(findings_),
          servers_(findings_),
          dialogs_(findings_),
          sessions_(config, findings_),
          standalone_(findings_),
          session_timers_(findings_),
          subscriptions_(findings_),
          reliable_(findings_),
          offers_(findings_) {}

    void on_arrival(RealmId realm, const Packet& packet, Moment now) override;
    void on_handled(Moment now) override;
    void on_sent(RealmId realm, const Packet& packet, Moment now) override;
    /// Everything is over: what was still owed?
    void finish(Moment now);

    [[nodiscard]] Findings& findings() noexcept { return findings_; }

private:
    Findings findings_;
    MessageRules messages_;
    ClientRules clients_;
    ServerRules servers_;
    DialogRules dialogs_;
    SessionRules sessions_;
    StandaloneRules standalone_;
    SessionTimerRules session_timers_;
    SubscriptionRules subscriptions_;
    ReliableRules reliable_;
    OfferAnswerRules offers_;
    sip::Message message_;
};

}  // namespace sallyport::sim
