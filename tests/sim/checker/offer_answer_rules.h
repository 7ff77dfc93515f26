// SPDX-License-Identifier: Apache-2.0
// Offers and answers of the gateway on each leg, from the wire: in INVITE and 2xx, in INVITE and
// reliable 1xx, in 2xx and ACK, in reliable 1xx and PRACK, in PRACK and its 2xx, in UPDATE and its
// 2xx, and the previews of other 1xx (RFC 3264 s.4, RFC 3261 s.13.2.1, RFC 3262 s.5, RFC 3311 s.5,
// RFC 6337 s.2.2; spec E1-E5, E7, E10, M6). Tests only.
#pragma once

#include "tests/sim/checker/findings.h"
#include "tests/sim/checker/glare_rules.h"
#include "tests/sim/checker/media_session.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace sallyport::sim {

class OfferAnswerRules {
public:
    explicit OfferAnswerRules(Findings& findings) : findings_(findings), glare_(findings) {}

    void on_arrival(const Sight& sight) { on_message(sight, false); }
    void on_sent(const Sight& sight) { on_message(sight, true); }
    void finish(Moment now);

private:
    /// One dialog of the gateway.
    struct Leg {
        MediaSession media;
        int call{-1};
        std::string our_invite, their_invite;  // the one without a final
        std::string their_update;
        std::uint32_t their_cseq{0};
        std::set<std::string> settled;           // INVITEs whose offer has its answer
        std::set<std::string> offered;           // INVITEs without offer that got one in a response
        std::optional<std::uint32_t> unpracked;  // RSeq of our reliable 1xx with SDP
        std::map<std::uint32_t, MediaLines> heard;    // their reliable 1xx
        std::optional<std::uint32_t> unacknowledged;  // CSeq of our INVITE; its 2xx has come
        bool previewed{false};                        // a 1xx to our INVITE had SDP
        std::string bye;                              // the one that ended it
    };
    struct Request {  // INVITE, UPDATE, PRACK
        sip::Method method{sip::Method::kUnknown};
        bool ours{false};
        bool offers{false};
        MediaLines lines;
        std::uint32_t cseq{0};
        int call{-1};
        Moment began{};
        int status{0};           // its final
        std::string refused_by;  // To tag of that, if no 2xx
        bool opens{false};
        Glare glare;
    };

    void on_message(const Sight& sight, bool ours);
    void on_request(const Sight& sight, bool ours);
    void on_response(const Sight& sight, bool ours);
    [[nodiscard]] Leg* leg_of(const sip::Message& message, bool ours);
    [[nodiscard]] Leg* early_leg(const Sight& sight, const std::string& key, const Request& invite);

    // Requests (offer_answer_rules.cpp).
    Request& made(const Sight& sight, const std::string& key, bool ours);
    void on_invite(const Sight& sight, const std::string& key, Request& invite, Leg* leg);
    void on_update(const Sight& sight, const std::string& key, Request& update, Leg& leg);
    void on_their_prack(const Sight& sight, const std::string& key, Request& prack, Leg& leg);
    void on_our_prack(const Sight& sight, const std::string& key, Request& prack, Leg& leg);
    void on_ack(const Sight& sight, bool ours);
    void check_delayed(const Sight& sight, const Request& invite, const Leg* leg);
    [[nodiscard]] bool busy(int call) const;
    [[nodiscard]] bool awaits_offer(const Leg& leg, const std::string& invite) const;

    // Responses (offer_answer_responses.cpp).
    void on_our_provisional(const Sight& sight, const std::string& key, const Request& invite,
                            Leg& leg);
    void on_our_ok(const Sight& sight, const std::string& key, const Request& invite, Leg& leg);
    void on_their_ok(const Sight& sight, const std::string& key, const Request& invite, Leg& leg);
    [[nodiscard]] bool told_nothing(const Request& invite) const;
    void on_refusal(const std::string& key);
    void on_invite_response(const Sight& sight, const std::string& key, Request& invite);
    void on_other_response(const Sight& sight, const std::string& key, const Request& request);

    Findings& findings_;
    GlareRules glare_;
    std::unordered_set<std::size_t> seen_;                  // what is repeated says nothing new
    std::unordered_map<std::string, Request> requests_;     // by branch and method
    std::unordered_map<std::string, std::string> invites_;  // by Call-ID, From tag, CSeq
    std::map<std::string, Leg> legs_;                       // by Call-ID, our tag, their tag
    std::map<int, bool> opened_;        // calls: their first INVITE has an offer
    std::map<int, std::string> asked_;  // calls: our INVITE that went out last
    std::map<int, Moment> bare_;        // calls: the far side answered it without any SDP
};

/// The m-lines of the message's session description; none: it has no such body.
[[nodiscard]] std::optional<MediaLines> media_lines_of(const sip::Message& message);

}  // namespace sallyport::sim
