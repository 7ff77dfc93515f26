// SPDX-License-Identifier: Apache-2.0
// Dialogs that SUBSCRIBE and REFER make outside calls, on each leg: who opens them, identity, route
// set, CSeq, Contact; what SUBSCRIBE and NOTIFY must say; and that the gateway invents none of them
// (RFC 6665 s.4, s.8.2, RFC 3515 s.2.4; spec D5-D10, M9-M11). Tests only.
#pragma once

#include "tests/sim/checker/findings.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace sallyport::sim {

class SubscriptionRules {
public:
    explicit SubscriptionRules(Findings& findings) : findings_(findings) {}

    void on_arrival(const Sight& sight);
    void on_sent(const Sight& sight);

private:
    struct Dialog {
        std::string our_party, their_party;
        std::string target, contact;
        std::vector<std::string> routes;
        std::uint32_t cseq{0};             // 0: we have sent nothing yet
        bool over{false};                  // we answered 2xx to NOTIFY terminated
        std::set<std::uint32_t> asking{};  // CSeq of ours that may open one more, not yet answered
    };
    struct Opening {  // the last SUBSCRIBE or REFER without a To tag
        std::uint32_t cseq{0};
        std::string party, contact, target;
        std::vector<std::string> record_routes;
        std::uint32_t expires{0};
    };
    struct Count {
        std::uint64_t arrived{0}, sent{0};
    };
    void on_request_sent(const Sight& sight);
    void on_response(const sip::Message& response);
    void open_by_notify(const sip::Message& notify);
    void open_by_response(const sip::Message& response);
    Dialog* dialog_of_sent(const Sight& sight);
    void check_opening_sent(const Sight& sight);
    void check_request(const Sight& sight, Dialog& dialog);
    void check_destination(const Sight& sight, const Dialog& dialog);
    void check_response(const Sight& sight);
    void check_headers(const Sight& sight);
    void check_refer_id(const Sight& sight);

    Findings& findings_;
    std::unordered_map<std::string, Dialog> dialogs_;       // Call-ID, our tag, their tag
    std::unordered_map<std::string, Opening> sent_, came_;  // Call-ID and From tag
    std::unordered_set<std::string> calls_;                 // Call-IDs of INVITEs
    std::unordered_set<std::string> refers_;                // Call-ID, their tag, CSeq of a REFER
    std::unordered_set<std::string> disowned_;              // Call-ID, their tag
    std::unordered_set<std::string> branches_;              // a repetition says nothing new
    std::unordered_map<std::string, std::string> ending_;   // branch of NOTIFY terminated -> dialog
    std::map<std::string, Count> crossed_;                  // number of the subscription and method
};

}  // namespace sallyport::sim
