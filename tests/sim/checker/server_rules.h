// SPDX-License-Identifier: Apache-2.0
// The gateway as a server: each response belongs to a request, copies what it must, goes back where
// that came from; one final and no other, repeated byte by byte when it is due (RFC 3261 s.8.2.6,
// s.9.2, s.13.3.1.4, s.17.2, s.18.2.2, RFC 3581, RFC 4320, RFC 6026). Tests only.
#pragma once

#include "tests/sim/checker/findings.h"
#include "tests/sim/checker/repetition.h"

#include <string>
#include <unordered_map>

namespace sallyport::sim {

class ServerRules {
public:
    explicit ServerRules(Findings& findings) : findings_(findings) {}

    void on_arrival(const Sight& sight);  // a request, or a 481
    void on_sent(const Sight& sight);     // a response, or our BYE
    void on_handled(Moment now);
    void finish(Moment now);

private:
    struct Server {
        std::string octets;  // of the request
        Endpoint peer;
        sip::Method method{sip::Method::kUnknown};
        int call{-1};
        Moment came{};
        int last_status{0};
        std::string final_octets;
        Repetition repetition;
        Moment repeated{};  // the request came again
        bool acked{false};
        bool bye{false};  // the dialog ended: a 2xx need not be repeated any more (E-R5)
    };

    void on_ack(const Sight& sight);
    void check_echo(const Sight& sight, const Server& server);
    void check_vias(const Sight& sight, const sip::Message& request);
    void check_provisional(const Sight& sight, const Server& server);
    void on_final(const Sight& sight, Server& server);
    void end_dialog(const sip::Message& of);
    [[nodiscard]] static bool missed(const Server& server, Moment now) noexcept {
        return server.repetition.missed(now) && !(server.bye && server.last_status < 300);
    }

    Findings& findings_;
    std::unordered_map<std::string, Server> servers_;  // by branch, sent-by and method
    std::string fresh_invite_;                         // key; it must be answered at once
};

}  // namespace sallyport::sim
