// SPDX-License-Identifier: Apache-2.0
// The session descriptions that the gateway sends: one origin per dialog whose version tells
// whether the text changed, and addresses and ports of its own realm (RFC 3264 s.5, s.8; spec E6,
// F3, F11). Tests only.
#pragma once

#include "config/config.h"
#include "tests/sim/checker/findings.h"
#include "tests/sim/peers/session_text.h"

#include <string>
#include <unordered_map>
#include <unordered_set>

namespace sallyport::sim {

class SessionRules {
public:
    SessionRules(const Config& config, Findings& findings) : config_(config), findings_(findings) {}
    void on_sent(const Sight& sight);

private:
    struct Shown {
        std::string origin, version, rest;
    };
    void check_version(const Sight& sight, const Shown& before, const SessionText& now);
    void check_lines(const Sight& sight, const SessionText& text);

    const Config& config_;
    Findings& findings_;
    std::unordered_map<std::string, Shown> shown_;  // by Call-ID and the two tags
    std::unordered_set<std::string> seen_;          // what is repeated says nothing new
};

}  // namespace sallyport::sim
