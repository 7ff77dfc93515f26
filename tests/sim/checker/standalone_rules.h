// SPDX-License-Identifier: Apache-2.0
// Requests that make no dialog, as they cross (spec C5, M12-M14; RFC 3428, RFC 3903, RFC 4320 s.4):
// the far side hears what the near side said, and the near side hears the far side's final response
// or nothing. An exchange is known by the users that it is between, of which each sends one request
// at a time. Tests only.
#pragma once

#include "tests/sim/checker/findings.h"

#include <string>
#include <unordered_map>
#include <unordered_set>

namespace sallyport::sim {

class StandaloneRules {
public:
    explicit StandaloneRules(Findings& findings) : findings_(findings) {}

    void on_arrival(const Sight& sight);
    void on_sent(const Sight& sight);

private:
    struct Crossing {
        std::string method, body, entity_tag, if_match;
        std::string near_branch, far_branch;
        bool crossed{false};  // a request went out for it
        int far_status{0};    // the far side's final
        std::string far_tag;  // entity tag in that
        bool answered{false};
    };
    void on_request_sent(const Sight& sight);
    void on_final_sent(const Sight& sight, Crossing& crossing);
    [[nodiscard]] static std::string name_of(const sip::Message& message);

    Findings& findings_;
    std::unordered_map<std::string, Crossing> crossings_;  // by user that asks, and method
    std::unordered_set<std::string> seen_, sent_;          // branches of the near and the far side
};

}  // namespace sallyport::sim
