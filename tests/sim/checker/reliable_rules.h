// SPDX-License-Identifier: Apache-2.0
// Reliable provisional responses of the gateway (spec M6; RFC 3262 s.3): each is repeated, T1
// doubling without the cap of T2, until its PRACK or the final response, and not for longer than
// 64*T1. Tests only.
#pragma once

#include "tests/sim/checker/findings.h"
#include "tests/sim/checker/repetition.h"

#include <string>
#include <unordered_map>

namespace sallyport::sim {

class ReliableRules {
public:
    explicit ReliableRules(Findings& findings) : findings_(findings) {}

    void on_arrival(const Sight& sight);
    void on_sent(const Sight& sight);
    void finish(Moment now);

private:
    struct Reliable {
        std::string dialog, invite;
        std::string octets;
        int call{-1};
        Repetition repetition;
        std::string prack;  // branch of the one that has ended the repetition
        Moment pracked{};
        Repetition before;        // as it was then
        Moment asked{};           // the INVITE has come again
        bool may_be_over{false};  // its target has refused: nobody waits for its PRACK
    };
    void on_provisional(const Sight& sight);
    void on_prack(const Sight& sight, const std::string& dialog);
    void on_prack_refused(const Sight& sight);
    void on_refusal(const Sight& sight);
    void on_invite_again(const Sight& sight);
    void end(Reliable& reliable, Moment now);

    Findings& findings_;
    std::unordered_map<std::string, Reliable> sent_;  // by dialog, RSeq and CSeq
};

}  // namespace sallyport::sim
