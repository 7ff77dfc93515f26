// SPDX-License-Identifier: Apache-2.0
// Who asks and who answers outside of dialogs: MESSAGE (RFC 3428), OPTIONS (RFC 3261 s.11), PUBLISH
// (RFC 3903), NOTIFYs that nobody subscribed to, methods that nobody knows. Owner: one world. Tests
// only.
#pragma once

#include "tests/sim/peers/user_agent.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::sim {

struct StandaloneScript {
    std::string_view method{"MESSAGE"};
    int requests{1};           // one after the other, each when the one before is over
    std::size_t octets{20};    // of a MESSAGE
    bool to_gate{false};       // OPTIONS that ask the gateway itself
    int status{200};           // the answer
    Millis think{0};           // before it
    bool challenged{false};    // 401 first
    bool silent{false};        // no answer at all
    std::string_view forgets;  // "publication": the compositor has lost it when it is refreshed
};

/// What came back.
struct StandaloneScore {
    std::uint64_t sent{0}, answered{0}, challenged{0}, unanswered{0}, published{0};
};

class StandaloneClient final : private TransactionUser {
public:
    StandaloneClient(Network& network, AgentPlace place, StandaloneScript script)
        : agent_(network, std::move(place), *this), script_(script) {}

    void start(const std::string& uri);
    [[nodiscard]] const StandaloneScore& score() const noexcept { return score_; }

private:
    void on_request(const sip::Message& request, const Packet& packet) override;
    void on_ack(const sip::Message&) override {}
    void on_response(const std::string& branch, const sip::Message& response) override;
    void on_timeout(const std::string& branch, sip::Method method) override;
    void on_unacknowledged(std::uint32_t) override {}

    void ask(std::string_view credentials);
    [[nodiscard]] std::string lines() const;
    [[nodiscard]] Body body() const;
    void go_on();

    UserAgent agent_;
    StandaloneScript script_;
    StandaloneScore score_;
    AgentDialog asking_;
    std::string uri_;
    std::string entity_tag_;  // RFC 3903 s.4.1
    int left_{0};
    bool tried_again_{false};
};

class StandaloneServer final : private TransactionUser {
public:
    StandaloneServer(Network& network, AgentPlace place, StandaloneScript script)
        : agent_(network, std::move(place), *this), script_(script) {}

    void register_at(const std::string& domain) { agent_.register_at(domain); }

private:
    void on_request(const sip::Message& request, const Packet& packet) override;
    void on_ack(const sip::Message&) override {}
    void on_response(const std::string& branch, const sip::Message& response) override;
    void on_timeout(const std::string&, sip::Method) override {}
    void on_unacknowledged(std::uint32_t) override {}

    void answer(const sip::Message& request, const Packet& packet);
    void on_publish(const sip::Message& request, const Packet& packet);

    UserAgent agent_;
    StandaloneScript script_;
    std::string entity_tag_;
};

}  // namespace sallyport::sim
