// SPDX-License-Identifier: Apache-2.0
// The gateway inside dialogs: tags, CSeq, remote target and route set, Contact, when BYE and INVITE
// may be sent (RFC 3261 s.12, s.14, s.15; spec D1-D10, E9, E10, E-R6). Tests only.
#pragma once

#include "tests/sim/checker/findings.h"

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace sallyport::sim {

class DialogRules {
public:
    explicit DialogRules(Findings& findings) : findings_(findings) {}

    void on_arrival(const Sight& sight);
    void on_sent(const Sight& sight);

private:
    struct Dialog {
        std::string our_party, their_party;  // values of From and To in our requests
        std::string target, next_target;     // next: named by a request that is not answered yet
        std::vector<std::string> routes;
        std::string contact;  // ours
        std::optional<std::uint32_t> our_cseq;
        std::unordered_set<std::string> branches;  // of our requests
        std::uint32_t invite_cseq{0};
        bool server{false};  // the other side sent the first request
        bool confirmed{false};
        std::optional<Moment> answered;  // we sent 2xx to the first INVITE
        bool acked{false};
        bool bye_sent{false}, bye_came{false};
        bool our_invite{false};    // no final yet
        bool their_invite{false};  // no final yet
        std::uint32_t their_invite_cseq{0};
    };
    struct Opening {  // the first INVITE of a Call-ID that we sent, or that came
        std::uint32_t cseq{0};
        std::string branch, contact, target;
        std::vector<std::string> record_routes;
    };

    void on_response_arrival(const Sight& sight);
    void on_response_sent(const Sight& sight);
    Dialog* dialog_of_response_sent(const sip::Message& response, bool opens);
    static void on_final_sent(const Sight& sight, Dialog& dialog, bool opens);
    void on_request_arrival(const Sight& sight);
    void on_request_sent(const Sight& sight);
    void check_opening(const Sight& sight);
    void check_identity(const Sight& sight, Dialog& dialog);
    void check_destination(const Sight& sight, const Dialog& dialog);
    void check_moment(const Sight& sight, Dialog& dialog);
    void check_cseq(const Sight& sight, Dialog& dialog);
    void learn_route(const sip::Message& response, Dialog& dialog);

    Findings& findings_;
    std::unordered_map<std::string, Dialog> dialogs_;       // Call-ID, our tag, their tag
    std::unordered_set<std::string> opening_branches_;      // of our requests without a To tag
    std::unordered_map<std::string, Opening> sent_, came_;  // Call-ID and From tag
    std::unordered_map<std::string, Opening> invites_;      // those sent, by their CSeq number, too
};

}  // namespace sallyport::sim
