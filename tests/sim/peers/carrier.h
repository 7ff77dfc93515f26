// SPDX-License-Identifier: Apache-2.0
// The carrier outside: registrar and proxy in one (RFC 3261 s.10.3, s.16). Per callee it passes
// requests on without state, or asks for credentials, forks, redirects, refuses or keeps silent;
// with Record-Route of either kind or without. Owner: one world. Tests only.
#pragma once

#include "b2bua/sip/message.h"
#include "tests/sim/peers/draft.h"
#include "tests/sim/peers/transactions.h"

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace sallyport::sim {

enum class RecordRoute : std::uint8_t { kNone, kLoose, kStrict };

/// What the carrier does with requests for one user.
struct Treatment {
    std::vector<Endpoint> targets;  // more than one: forked to all at once
    RecordRoute record_route{RecordRoute::kNone};
    int challenge{0};                                     // 401 or 407, once
    int answer{0};                                        // refuses with it
    std::string contacts{"<sip:elsewhere@example.net>"};  // of a 3xx
    bool silent{false};
    [[nodiscard]] bool stateless() const noexcept {
        return targets.size() == 1 && challenge == 0 && answer == 0 && !silent;
    }
};

class Carrier final : private TransactionUser {
public:
    Carrier(Network& network, const Endpoint& own, const Endpoint& gate);

    void treat(const std::string& user, Treatment treatment) {
        treatments_[user] = std::move(treatment);
    }
    /// Loses its transactions; what it passes on without state is not harmed.
    void restart();

private:
    struct Branch {
        int status{0};
        bool cancel_wanted{false};
        std::string octets;
        Endpoint to;
    };
    struct Fork {
        std::string key;  // of the server transaction
        std::string octets;
        Endpoint reply_to;
        std::map<std::string, Branch> branches;
        std::string best;
        int best_status{0};
        bool answered{false};
    };

    // TransactionUser.
    void on_request(const sip::Message& request, const Packet& packet) override;
    void on_ack(const sip::Message&) override {}
    void on_response(const std::string& branch, const sip::Message& response) override;
    void on_timeout(const std::string& branch, sip::Method method) override;
    void on_unacknowledged(std::uint32_t) override {}

    void receive(const Packet& packet);
    void on_register(const sip::Message& request, const Packet& packet);
    void start_fork(const sip::Message& invite, const Packet& packet, const Treatment& treatment);
    void on_cancel(const sip::Message& cancel, const Packet& packet);
    void on_other_response(Fork& fork, const std::string& branch, const sip::Message& response);
    void cancel_rest(Fork& fork);
    void send_cancel(const std::string& branch, const Branch& of);
    void finish(Fork& fork, const std::string& branch, const sip::Message* response);
    void refuse(const sip::Message& request, const Packet& packet, int status,
                std::string_view lines);

    // Passing on (carrier_forwarding.cpp).
    void pass_request(const sip::Message& request);
    void pass_response(const sip::Message& response);
    [[nodiscard]] std::string forward(const sip::Message& request, std::string_view uri,
                                      std::string_view branch, RecordRoute record) const;
    [[nodiscard]] RecordRoute record_of(const sip::Message& notify) const;
    [[nodiscard]] const Treatment* treatment_of(const sip::Message& request) const;

    Network& network_;
    Endpoint own_, gate_;
    Transactions transactions_;
    std::map<std::string, Treatment> treatments_;
    std::map<std::string, std::string> bindings_;  // user -> Contact URI
    std::map<std::string, Fork> forks_;            // by server key
    std::map<std::string, std::string> fork_of_;   // client branch -> server key
    sip::Message message_;
};

/// The message without its topmost Via, as it goes back.
[[nodiscard]] std::string without_top_via(const sip::Message& response);

}  // namespace sallyport::sim
