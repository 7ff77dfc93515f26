// SPDX-License-Identifier: Apache-2.0
// A subscriber and a notifier (RFC 6665 s.4.1, s.4.2; REFER outside a dialog: RFC 3515 s.2.4). The
// subscriber's dialogs are made by NOTIFYs, one for each notifier that a fork has reached. Owner:
// one world. Tests only.
#pragma once

#include "tests/sim/peers/user_agent.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sallyport::sim {

struct SubscriberScript {
    bool refer{false};          // by REFER instead of SUBSCRIBE
    std::uint32_t expires{60};  // s; 0: fetches the state once (s.4.4.3)
    int refreshes{1};           // at half the time that is granted
    std::optional<Millis> unsubscribes_after;
    std::optional<Millis> restarts_after;
    bool wrong_event{false};  // a vice: its refresh names another package
    bool stale{false};        // a vice: its refresh repeats a CSeq number
};

struct NotifierScript {
    int status{200};
    bool challenged{false};
    std::uint32_t least{0};       // s; below it 423 with Min-Expires
    std::uint32_t at_most{3600};  // s; grants no more
    Millis answers_after{0};      // its NOTIFY is on its way by then
    bool pending{false};          // the state of the first NOTIFY
    std::vector<Millis> changes;  // further NOTIFYs, counted from the subscription
    std::optional<Millis> ends_after;
    std::optional<Millis> restarts_after;
    bool strays{false};  // a vice: a NOTIFY of a package that nobody subscribed to
};

struct SubscriptionScore {
    std::uint64_t subscribed{0}, refreshed{0}, unsubscribed{0}, notified{0}, forks{0};
    std::uint64_t terminated{0}, refused{0}, lost{0};
};

class Subscriber final : private TransactionUser {
public:
    Subscriber(Network& network, AgentPlace place, SubscriberScript script)
        : agent_(network, std::move(place), *this), script_(script) {}

    void start(const std::string& uri);
    [[nodiscard]] const SubscriptionScore& score() const noexcept { return score_; }

private:
    struct Usage {
        AgentDialog dialog;
        bool over{false};
        std::uint64_t notified{0};
        int refreshes_left{0};
    };
    void on_request(const sip::Message& request, const Packet& packet) override;
    void on_ack(const sip::Message&) override {}
    void on_response(const std::string& branch, const sip::Message& response) override;
    void on_timeout(const std::string&, sip::Method) override {}
    void on_unacknowledged(std::uint32_t) override {}

    void ask(std::string_view more);
    void on_first_response(const sip::Message& response);
    Usage* usage_of(const sip::Message& notify);
    void take_state(const std::string& tag, const sip::Message& notify);
    void refresh(const std::string& tag);
    void unsubscribe();
    void renew(const std::string& tag, std::uint32_t expires);
    [[nodiscard]] std::string event_line() const;

    UserAgent agent_;
    SubscriberScript script_;
    SubscriptionScore score_;
    AgentDialog root_;
    std::map<std::string, Usage> usages_;       // by the notifier's tag
    std::map<std::string, std::string> asked_;  // branch of a SUBSCRIBE in a dialog -> that tag
    Moment timer_n_{};
    std::uint32_t refer_number_{0};
    bool tried_again_{false}, raised_{false};
};

class Notifier final : private TransactionUser {
public:
    Notifier(Network& network, AgentPlace place, NotifierScript script)
        : agent_(network, std::move(place), *this), script_(std::move(script)) {}

    void register_at(const std::string& domain) { agent_.register_at(domain); }

private:
    struct Usage {
        AgentDialog dialog;
        std::string event;
        std::uint64_t serial{0};
        Moment expires{};
        bool over{false};
        bool ending{false};   // its last NOTIFY says terminated
        bool pending{false};  // a NOTIFY has no answer yet
        std::string reason;   // of the end that waits for its turn
    };
    void on_request(const sip::Message& request, const Packet& packet) override;
    void on_ack(const sip::Message&) override {}
    void on_response(const std::string& branch, const sip::Message& response) override;
    void on_timeout(const std::string& branch, sip::Method method) override;
    void on_unacknowledged(std::uint32_t) override {}

    [[nodiscard]] bool refuses(const sip::Message& request, const Packet& packet);
    void open(const sip::Message& request, const Packet& packet);
    void on_refresh(const sip::Message& request, const Packet& packet);
    void grant(Usage& usage, std::uint32_t seconds);
    void schedule(std::uint64_t serial);
    void notify(Usage& usage, std::string_view state);
    void change(Usage& usage);
    void end(Usage& usage, std::string reason);
    [[nodiscard]] Usage* find(std::uint64_t serial);

    UserAgent agent_;
    NotifierScript script_;
    std::map<std::uint64_t, Usage> usages_;
    std::map<std::string, std::uint64_t> notifies_;  // branch -> serial
    std::uint64_t last_serial_{0};
};

}  // namespace sallyport::sim
