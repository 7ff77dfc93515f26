// SPDX-License-Identifier: Apache-2.0
// The gateway as a client: branches, repetitions, ACK and CANCEL (RFC 3261 s.17.1, s.9.1,
// s.13.2.2.4, RFC 6026; spec C1, C2, C4, C8-C14, E-R3). Tests only.
#pragma once

#include "tests/sim/checker/findings.h"
#include "tests/sim/checker/repetition.h"

#include <map>
#include <optional>
#include <string>
#include <unordered_map>

namespace sallyport::sim {

class ClientRules {
public:
    explicit ClientRules(Findings& findings) : findings_(findings) {}

    void on_sent(const Sight& sight);     // a request
    void on_arrival(const Sight& sight);  // a response
    void on_handled(Moment now);
    void finish(Moment now);

private:
    struct Ok {  // a 2xx, by its To tag
        Moment first{};
        std::string ack;
        bool ack_owed{false};  // the ACK was sent before and the 2xx came again
    };
    struct Client {
        std::string octets;
        Endpoint peer;
        sip::Method method{sip::Method::kUnknown};
        int call{-1};
        Moment began{};
        Repetition repetition;
        bool provisional{false};
        int final_status{0};
        Moment final_at{};
        std::string refused_to, refused_tag;  // To of the first 3xx-6xx
        std::string final_ack;
        int acks_owed{0};
        std::map<std::string, Ok> oks;
        std::optional<Moment> cancelled;
    };

    void on_request(const Sight& sight, const std::string& key);
    void on_ack(const Sight& sight);
    void on_ack_of_ok(const Sight& sight);
    void check_final_ack(const Sight& sight, Client& invite);
    void check_cancel(const Sight& sight);
    static void note_timeout(Client& client, Moment now);
    void on_final(const Sight& sight, Client& client);
    void check_copy(const Sight& sight, const Client& invite, std::string_view rule);

    Findings& findings_;
    std::unordered_map<std::string, Client> clients_;       // by branch; CANCEL: with its method
    std::unordered_map<std::string, std::string> invites_;  // Call-ID, From tag, CSeq -> branch
    std::unordered_map<std::string, std::string> ack_branches_;  // -> octets
    Client* handled_{nullptr};                                   // whose final has just come
};

}  // namespace sallyport::sim
