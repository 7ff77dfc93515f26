// SPDX-License-Identifier: Apache-2.0
// What the checker sees and says. The checker judges the gateway by what reached it and what it
// sent, at each peer; of the gateway's code it uses the parser alone. Tests only.
#pragma once

#include "b2bua/sip/message.h"
#include "config/types/id.h"
#include "config/types/ip.h"
#include "config/types/units.h"

#include <charconv>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::sim {

/// One message at the gateway's port.
struct Sight {
    const sip::Message& message;
    RealmId realm;
    Endpoint peer;
    Moment now;
};

struct Finding {
    Moment at;
    int call{-1};      // number of the call, -1: of none
    std::string rule;  // of the specification, or the RFC section
    std::string text;
};

class Findings {
public:
    void say(const Sight& at, std::string_view rule, std::string text);
    void say(Moment at, int call, std::string_view rule, std::string text) {
        all_.push_back({at, call, std::string(rule), std::move(text)});
    }
    [[nodiscard]] const std::vector<Finding>& all() const noexcept { return all_; }

private:
    std::vector<Finding> all_;
};

/// Calls are told apart by the users in From: c17a calls c17b. -1: it is none of these.
[[nodiscard]] inline int call_of(std::string_view party) noexcept {
    const auto at = party.find("sip:c");
    int number = -1;
    if (at != party.npos) {
        (void)std::from_chars(party.data() + at + 5, party.data() + party.size(), number);
    }
    return number;
}

inline void Findings::say(const Sight& at, std::string_view rule, std::string text) {
    const sip::Message& m = at.message;
    const std::string_view octets = m.octets();
    text.append(" [").append(octets.substr(0, octets.find("\r\n"))).append(" | CSeq ");
    text.append(m.value_of(sip::HeaderId::kCSeq)).append(" | ").append(at.peer.to_string());
    say(at.now, call_of(m.from().text), rule, text + "]");
}

}  // namespace sallyport::sim
