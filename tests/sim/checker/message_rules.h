// SPDX-License-Identifier: Apache-2.0
// What each message that the gateway sends must be, whatever came before it (RFC 3261 s.7, s.8.1.1,
// s.18.1.1, s.20.14; spec B8, D11, D19). Tests only.
#pragma once

#include "config/config.h"
#include "tests/sim/checker/findings.h"

#include <string>
#include <vector>

namespace sallyport::sim {

class MessageRules {
public:
    explicit MessageRules(const Config& config);
    void on_sent(const Sight& sight, std::size_t packet_octets, Findings& findings) const;

private:
    void check_request(const Sight& sight, Findings& findings) const;
    void check_response(const Sight& sight, Findings& findings) const;

    std::vector<std::string> networks_;  // "10.10." of each realm
    std::vector<Endpoint> own_;
};

}  // namespace sallyport::sim
