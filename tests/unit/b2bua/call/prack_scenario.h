// SPDX-License-Identifier: Apache-2.0
// A stage on which bob sends reliable provisional responses and alice acknowledges them. Tests
// only.
#pragma once

#include "tests/unit/b2bua/call/scenario.h"

#include <string>
#include <string_view>

namespace sallyport::call {

inline constexpr std::string_view kKnown = "Supported: 100rel\r\n";

class PrackScenario : public Scenario {
protected:
    /// bob sends a reliable 1xx to the INVITE; alice has had time to hear it.
    void ring(std::uint32_t rseq, std::string_view body = {}, std::string_view tag = "b1",
              std::string_view status = "183 Session Progress") {
        bob.say(bob.response(bob.got("INVITE"), status, tag,
                             "Require: 100rel\r\nRSeq: " + std::to_string(rseq) + "\r\n", body));
        turn();
    }
    /// alice acknowledges a response that she heard, with this CSeq number.
    void prack(const std::string& heard, std::uint32_t cseq, std::string_view body = {}) {
        alice.learn_response(heard);
        alice.say(alice.request("PRACK", cseq, rack(heard), body));
        turn();
    }
    static std::string rack(const std::string& heard) {
        return "RAck: " + header(heard, "RSeq") + " " + header(heard, "CSeq") + "\r\n";
    }
    void accept_prack(std::string_view body = {}) {
        bob.say(bob.response(bob.got("PRACK"), "200 OK", {}, {}, body));
        turn();
    }
    std::string far_rack(std::uint32_t rseq) const {
        return std::to_string(rseq) + " " + header(bob.got("INVITE"), "CSeq");
    }
    Port towards_bob() { return remote(Side::kB); }
    Port remote(Side side) {
        return gate.relays().side(gate.relays().ids().front(), side)->remote.rtp.port;
    }
};

}  // namespace sallyport::call
