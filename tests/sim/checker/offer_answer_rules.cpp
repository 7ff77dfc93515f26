// SPDX-License-Identifier: Apache-2.0
// Requests: the offers in INVITE, UPDATE and PRACK, the answers in PRACK and ACK.
#include "tests/sim/checker/offer_answer_rules.h"

#include "b2bua/sip/rack.h"
#include "tests/sim/checker/repetition.h"

#include <algorithm>
#include <functional>

namespace sallyport::sim {

using sip::HeaderId;
using sip::Method;

namespace {

std::string key_of(const sip::Message& message) {
    std::string key(message.top_via().branch);
    const std::string_view cseq = message.value_of(HeaderId::kCSeq);
    return key.append(cseq.substr(cseq.rfind(' ')));
}

std::string transaction_of(const sip::Message& message) {
    std::string name(message.call_id());
    name.append(" ").append(message.from().tag).append(" ");
    return name.append(std::to_string(message.cseq().number));
}

std::uint32_t acknowledged_by(const sip::Message& prack) {
    const auto rack = sip::RAck::parse(prack.value_of(HeaderId::kRAck));
    return rack.ok() ? rack->rseq : 0;
}

}  // namespace

std::optional<MediaLines> media_lines_of(const sip::Message& message) {
    if (message.body().empty() ||
        message.value_of(HeaderId::kContentType).substr(0, 15) != "application/sdp") {
        return std::nullopt;
    }
    return read_session(message.body()).lines;
}

void OfferAnswerRules::on_message(const Sight& sight, bool ours) {
    if (!seen_.emplace(std::hash<std::string_view>{}(sight.message.octets())).second) {
        return;
    }
    if (sight.message.is_request()) {
        on_request(sight, ours);
    } else {
        on_response(sight, ours);
    }
}

/// ours: the gateway has sent the message.
OfferAnswerRules::Leg* OfferAnswerRules::leg_of(const sip::Message& message, bool ours) {
    const bool from_us = ours == message.is_request();
    std::string key(message.call_id());
    key.append(" ").append(from_us ? message.from().tag : message.to().tag);
    key.append(" ").append(from_us ? message.to().tag : message.from().tag);
    const auto found = legs_.find(key);
    return found == legs_.end() ? nullptr : &found->second;
}

/// The dialog of a response; one to the first INVITE makes it.
OfferAnswerRules::Leg* OfferAnswerRules::early_leg(const Sight& sight, const std::string& key,
                                                   const Request& invite) {
    const sip::Message& m = sight.message;
    if (Leg* known = leg_of(m, !invite.ours); known != nullptr || !invite.opens) {
        return known;
    }
    if (m.to().tag.empty() || m.status() <= 100 || m.status() >= 300) {
        return nullptr;
    }
    std::string name(m.call_id());
    name.append(" ").append(invite.ours ? m.from().tag : m.to().tag);
    name.append(" ").append(invite.ours ? m.to().tag : m.from().tag);
    Leg& leg = legs_[name];
    leg.call = invite.call;
    (invite.ours ? leg.our_invite : leg.their_invite) = key;
    if (invite.offers && invite.ours) {
        leg.media.make_offer(sight, key, invite.lines, findings_);
    } else if (invite.offers) {
        leg.media.hear_offer(key, invite.lines);
    }
    return &leg;
}

OfferAnswerRules::Request& OfferAnswerRules::made(const Sight& sight, const std::string& key,
                                                  bool ours) {
    const sip::Message& m = sight.message;
    const auto lines = media_lines_of(m);
    Request& request = requests_[key];
    request.method = m.method();
    request.ours = ours;
    request.offers = lines.has_value();
    request.lines = lines.value_or(MediaLines{});
    request.cseq = m.cseq().number;
    request.call = call_of(m.from().text);
    request.began = sight.now;
    request.opens = m.to().tag.empty();
    request.glare.busy = busy(request.call);
    return request;
}

void OfferAnswerRules::on_request(const Sight& sight, bool ours) {
    const sip::Message& m = sight.message;
    if (m.method() == Method::kAck) {
        on_ack(sight, ours);
        return;
    }
    const std::string key = key_of(m);
    Leg* leg = m.to().tag.empty() ? nullptr : leg_of(m, ours);
    const bool stale =
        leg != nullptr && !ours && (!leg->bye.empty() || m.cseq().number <= leg->their_cseq);
    if (leg != nullptr && m.method() != Method::kCancel) {
        leg->bye = m.method() == Method::kBye && leg->bye.empty() ? key : leg->bye;
        leg->their_cseq = ours ? leg->their_cseq : std::max(leg->their_cseq, m.cseq().number);
    }
    const bool negotiates = m.method() == Method::kInvite || m.method() == Method::kUpdate ||
                            m.method() == Method::kPrack;
    if (!negotiates || requests_.count(key) > 0) {
        return;
    }
    Request& request = made(sight, key, ours);
    if (stale) {
        return;  // 500 without more, or 481
    }
    if (m.method() == Method::kInvite) {
        on_invite(sight, key, request, leg);
    } else if (leg != nullptr && m.method() == Method::kUpdate) {
        on_update(sight, key, request, *leg);
    } else if (leg != nullptr && ours) {
        on_our_prack(sight, key, request, *leg);
    } else if (leg != nullptr) {
        on_their_prack(sight, key, request, *leg);
    }
}

bool OfferAnswerRules::busy(int call) const {
    return std::any_of(legs_.begin(), legs_.end(), [call](const auto& each) {
        const Leg& leg = each.second;
        return leg.call == call && (leg.media.open() || !leg.our_invite.empty() ||
                                    !leg.their_invite.empty() || leg.unacknowledged);
    });
}

void OfferAnswerRules::on_invite(const Sight& sight, const std::string& key, Request& invite,
                                 Leg* leg) {
    invites_[transaction_of(sight.message)] = key;
    if (invite.ours) {
        asked_[invite.call] = key;
        check_delayed(sight, invite, leg);
    } else if (invite.opens) {
        opened_[invite.call] = invite.offers;
    }
    if (leg == nullptr) {
        return;
    }
    Leg& in = *leg;
    if (invite.ours) {
        if (in.unacknowledged) {
            findings_.say(sight, "E10", "INVITE before the ACK of the one before");
        }
        in.our_invite = key;
        in.previewed = false;
        if (invite.offers) {
            in.media.make_offer(sight, key, invite.lines, findings_);
        }
        return;
    }
    const auto& open = in.media.open();
    const bool ack_owed = open && open->ours && in.our_invite.empty() &&
                          open->carrier.find(" 2xx") != std::string::npos;
    if (!in.their_invite.empty()) {
        invite.glare.due = 500;
    } else if (!in.our_invite.empty() || (open && open->ours && !ack_owed)) {
        invite.glare.due = 491;
    } else {
        in.their_invite = key;
        if (invite.offers && !open) {
            in.media.hear_offer(key, invite.lines);
        }
    }
}

/// E3: no offer is invented, and none is kept back.
void OfferAnswerRules::check_delayed(const Sight& sight, const Request& invite, const Leg* leg) {
    const auto first = opened_.find(invite.call);
    if (invite.opens && first != opened_.end() && first->second != invite.offers) {
        findings_.say(sight, "E3",
                      invite.offers ? "an offer that the caller's INVITE has not"
                                    : "without the offer of the caller's INVITE");
    }
    if (invite.opens) {
        return;
    }
    for (const auto& [name, other] : legs_) {
        const auto theirs = requests_.find(other.their_invite);
        if (other.call == invite.call && &other != leg && theirs != requests_.end() &&
            theirs->second.offers != invite.offers) {
            findings_.say(sight, "E3",
                          invite.offers ? "an offer that the re-INVITE has not"
                                        : "without the offer of the re-INVITE");
        }
    }
}

/// An INVITE without an offer waits for one, on the way of its responses.
bool OfferAnswerRules::awaits_offer(const Leg& leg, const std::string& invite) const {
    const auto found = requests_.find(invite);
    return found != requests_.end() && !found->second.offers && leg.offered.count(invite) == 0;
}

void OfferAnswerRules::on_update(const Sight& sight, const std::string& key, Request& update,
                                 Leg& leg) {
    if (update.ours) {
        if (!update.offers) {
            return;
        }
        if (leg.unpracked) {
            findings_.say(sight, "3311 s.5.1", "an offer before the PRACK of our answer");
        }
        leg.media.make_offer(sight, key, update.lines, findings_);
        return;
    }
    const auto before = requests_.find(leg.their_update);
    const bool waits = before != requests_.end() && before->second.status == 0 &&
                       sight.now < before->second.began + k64T1;
    leg.their_update = waits ? leg.their_update : key;
    const auto& open = leg.media.open();
    if (waits) {
        update.glare.due = 500;
    } else if (!update.offers) {
        return;
    } else if ((open && open->ours) || awaits_offer(leg, leg.our_invite)) {
        update.glare.due = 491;
    } else if (open || awaits_offer(leg, leg.their_invite)) {
        update.glare.due = 500;
    } else {
        leg.media.hear_offer(key, update.lines);
    }
}

void OfferAnswerRules::on_their_prack(const Sight& sight, const std::string& key, Request& prack,
                                      Leg& leg) {
    const std::uint32_t rseq = acknowledged_by(sight.message);
    if (leg.unpracked == rseq) {
        leg.unpracked.reset();
    }
    const std::string carrier = leg.their_invite + " 1xx " + std::to_string(rseq);
    if (leg.media.open_in(carrier)) {
        if (prack.offers) {
            leg.media.take_answer(prack.lines);
        }
        leg.media.drop(carrier);
        prack.offers = false;
    } else if (prack.offers) {
        leg.media.hear_offer(key, prack.lines);
    }
}

void OfferAnswerRules::on_our_prack(const Sight& sight, const std::string& key, Request& prack,
                                    Leg& leg) {
    const auto heard = leg.heard.find(acknowledged_by(sight.message));
    const auto invite = requests_.find(leg.our_invite);
    if (heard != leg.heard.end() && !heard->second.empty() && invite != requests_.end()) {
        if (invite->second.offers) {
            if (leg.settled.emplace(leg.our_invite).second) {
                leg.media.take_answer(heard->second);
            }
        } else if (leg.offered.emplace(leg.our_invite).second) {
            if (prack.offers) {
                leg.media.give_answer(sight, heard->second, prack.lines, findings_);
            } else {
                findings_.say(sight, "E3", "PRACK without the answer to the offer in the 1xx");
            }
            prack.offers = false;
        }
    }
    if (prack.offers) {
        leg.media.make_offer(sight, key, prack.lines, findings_);
    }
}

void OfferAnswerRules::on_ack(const Sight& sight, bool ours) {
    const sip::Message& m = sight.message;
    Leg* leg = leg_of(m, ours);
    const auto invite = invites_.find(transaction_of(m));
    std::string own(m.top_via().branch);
    if (leg == nullptr || invite == invites_.end() || invite->second == own.append(" INVITE")) {
        return;  // of a non-2xx, or of nothing
    }
    const std::string carrier = invite->second + " 2xx";
    const auto lines = media_lines_of(m);
    if (ours && leg->unacknowledged == m.cseq().number) {
        leg->unacknowledged.reset();
    }
    if (!leg->media.open_in(carrier)) {
        if (ours && lines) {
            findings_.say(sight, "3264 s.4", "a description in an ACK that owes none");
        }
        return;
    }
    if (!ours && lines) {
        leg->media.take_answer(*lines);
    } else if (ours && lines) {
        leg->media.give_answer(sight, MediaLines(leg->media.open()->lines), *lines, findings_);
    } else if (ours) {
        findings_.say(sight, "E3", "ACK without the answer to the offer in the 2xx");
    }
    leg->media.drop(carrier);
}

void OfferAnswerRules::finish(Moment now) {
    for (const auto& [name, leg] : legs_) {
        const auto& open = leg.media.open();
        if (open && !open->ours && leg.bye.empty()) {
            findings_.say(now, leg.call, "3264 s.4", "an offer never answered: " + open->carrier);
        }
    }
}

}  // namespace sallyport::sim
