// SPDX-License-Identifier: Apache-2.0
// Responses: the answers in 2xx and reliable 1xx, previews, and the offers of those that were asked
// for one (RFC 3261 s.13.2.1, RFC 3262 s.5, RFC 6337 s.3.1).
#include "tests/sim/checker/offer_answer_rules.h"
#include "tests/sim/checker/repetition.h"

namespace sallyport::sim {

using sip::HeaderId;
using sip::Method;

namespace {

/// RFC 3262 s.4; 0: it is not reliable.
std::uint32_t rseq_of(const sip::Message& response) {
    const std::string_view text = response.value_of(HeaderId::kRSeq);
    std::uint32_t number = 0;
    (void)std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

}  // namespace

void OfferAnswerRules::on_response(const Sight& sight, bool ours) {
    const sip::Message& m = sight.message;
    if (!ours && m.status() >= 200) {
        glare_.heard(call_of(m.from().text), m.status(), sight.now);
    }
    const std::string_view cseq = m.value_of(HeaderId::kCSeq);
    const std::string key =
        std::string(m.top_via().branch) + std::string(cseq.substr(cseq.rfind(' ')));
    if (Leg* leg = leg_of(m, ours); leg != nullptr && ours && m.status() == 481) {
        leg->bye = leg->bye == key ? std::string() : leg->bye;  // a callee's early BYE (s.15)
    }
    const auto found = requests_.find(key);
    if (found == requests_.end() || found->second.ours == ours) {
        return;
    }
    Request& request = found->second;
    const bool invite = request.method == Method::kInvite;
    // Another fork's may come behind a refusal as well, but no callee's own (E-R12, R7).
    const bool again_ok = invite && m.status() / 100 == 2 && m.to().tag != request.refused_by &&
                          (request.ours || request.status / 100 == 2);
    const bool late = !invite && request.ours && request.began + k64T1 <= sight.now;
    if ((request.status >= 200 && !again_ok) || late) {
        return;
    }
    if (m.status() >= 200) {
        request.status = m.status();
        if (m.status() >= 300) {
            request.refused_by = m.to().tag;
        }
        if (ours) {
            glare_.on_final(sight, request.glare, request.call, request.began);
        }
    }
    if (invite) {
        on_invite_response(sight, key, request);
    } else if (m.status() >= 200) {
        on_other_response(sight, key, request);
    }
}

/// UPDATE, or PRACK with an offer.
void OfferAnswerRules::on_other_response(const Sight& sight, const std::string& key,
                                         const Request& request) {
    Leg* leg = leg_of(sight.message, !request.ours);
    if (leg == nullptr || !request.offers) {
        return;
    }
    const auto lines = media_lines_of(sight.message);
    if (sight.message.status() < 300 && !request.ours) {
        if (lines) {
            leg->media.give_answer(sight, request.lines, *lines, findings_);
        } else {
            findings_.say(sight, "3264 s.4", "2xx without the answer");
        }
    } else if (sight.message.status() < 300 && lines && leg->media.open_in(key)) {
        leg->media.take_answer(*lines);
    }
    leg->media.drop(key);
}

void OfferAnswerRules::on_invite_response(const Sight& sight, const std::string& key,
                                          Request& invite) {
    const sip::Message& m = sight.message;
    if (m.status() >= 300) {
        on_refusal(key);
        return;
    }
    Leg* leg = early_leg(sight, key, invite);
    if (leg == nullptr) {
        return;
    }
    if (m.status() < 200 && !invite.ours) {
        on_our_provisional(sight, key, invite, *leg);
    } else if (m.status() < 200) {
        const auto lines = media_lines_of(m);
        leg->previewed |= lines.has_value();
        if (const std::uint32_t rseq = rseq_of(m); rseq != 0) {
            leg->heard.emplace(rseq, lines.value_or(MediaLines{}));
        }
    } else if (invite.ours) {
        on_their_ok(sight, key, invite, *leg);
    } else {
        on_our_ok(sight, key, invite, *leg);
    }
}

/// The INVITE failed in all its dialogs, and with it what it or its responses offered.
void OfferAnswerRules::on_refusal(const std::string& key) {
    for (auto& [name, leg] : legs_) {
        if (leg.our_invite == key || leg.their_invite == key) {
            const auto& open = leg.media.open();
            if (open && open->carrier.substr(0, key.size()) == key) {
                leg.media.drop(std::string(open->carrier));
            }
            leg.unpracked.reset();
        }
        leg.our_invite = leg.our_invite == key ? std::string() : leg.our_invite;
        leg.their_invite = leg.their_invite == key ? std::string() : leg.their_invite;
    }
}

void OfferAnswerRules::on_our_provisional(const Sight& sight, const std::string& key,
                                          const Request& invite, Leg& leg) {
    const auto lines = media_lines_of(sight.message);
    const std::uint32_t rseq = rseq_of(sight.message);
    if (!lines) {
        return;
    }
    if (invite.offers && rseq == 0) {
        if (leg.settled.count(key) == 0) {
            leg.media.preview(sight, invite.lines, *lines, findings_);
        }
    } else if (invite.offers) {
        if (leg.settled.emplace(key).second) {
            leg.media.give_answer(sight, invite.lines, *lines, findings_);
        }
        leg.unpracked = rseq;
    } else if (rseq == 0) {
        findings_.say(sight, "E3", "a description in an unreliable 1xx, and nobody has offered");
    } else if (leg.offered.emplace(key).second) {
        leg.media.make_offer(sight, key + " 1xx " + std::to_string(rseq), *lines, findings_);
        leg.unpracked = rseq;
    }
}

/// The far side's 2xx had no description, nor had a 1xx before it: there is nothing to pass.
bool OfferAnswerRules::told_nothing(const Request& invite) const {
    const auto bare = bare_.find(invite.call);
    return bare != bare_.end() && invite.began <= bare->second;
}

void OfferAnswerRules::on_our_ok(const Sight& sight, const std::string& key, const Request& invite,
                                 Leg& leg) {
    const auto lines = media_lines_of(sight.message);
    if (leg.unpracked) {
        findings_.say(sight, "M6", "2xx while a reliable 1xx with SDP waits for its PRACK");
    }
    if (invite.offers && leg.settled.emplace(key).second) {
        if (lines) {
            leg.media.give_answer(sight, invite.lines, *lines, findings_);
        }
        if (lines.has_value() == told_nothing(invite)) {
            findings_.say(sight, "E2",
                          lines ? "an answer that nobody has given" : "2xx without the answer");
        }
        leg.media.drop(key);
    } else if (!invite.offers && leg.offered.emplace(key).second) {
        if (lines) {
            leg.media.make_offer(sight, key + " 2xx", *lines, findings_);
        } else if (!told_nothing(invite)) {
            findings_.say(sight, "E3", "2xx without the offer that it owes");
        }
    }
    leg.their_invite.clear();
    on_refusal(key);  // the other early dialogs end
}

void OfferAnswerRules::on_their_ok(const Sight& sight, const std::string& key,
                                   const Request& invite, Leg& leg) {
    auto lines = media_lines_of(sight.message);
    if (!lines && !leg.previewed && asked_[invite.call] == key) {
        bare_[invite.call] = sight.now;
    }
    leg.our_invite.clear();
    leg.unacknowledged = invite.cseq;
    if (invite.offers && leg.settled.emplace(key).second) {
        if (lines && leg.media.open_in(key)) {
            leg.media.take_answer(*lines);
        }
        leg.media.drop(key);
    } else if (!invite.offers && leg.offered.emplace(key).second && lines) {
        leg.media.hear_offer(key + " 2xx", std::move(*lines));
    }
}

}  // namespace sallyport::sim
