// SPDX-License-Identifier: Apache-2.0
// A phone that calls: INVITE, CANCEL, PRACK, ACK (RFC 3261 s.13.2, s.9.1, RFC 3262 s.4).
#include "b2bua/sip/params.h"
#include "tests/sim/peers/phone.h"

#include <algorithm>

namespace sallyport::sim {

void Phone::call(const std::string& uri) {
    caller_ = true;
    outcome_ = Outcome::kTrying;
    call_id_ = place_.name + "-" + std::to_string(network_.random().next());
    local_tag_ = std::to_string(network_.random().next());
    local_party_ = "<sip:" + place_.name + "@" +
                   (place_.proxy ? std::string("example.com") : place_.own.ip.to_string()) +
                   ">;tag=" + local_tag_;
    remote_uri_party_ = "<" + uri + ">";
    request_uri_ = uri;
    send_invite({});
    if (script_.cancel_after) {
        after(*script_.cancel_after, [this] { send_cancel(); });
    }
    if (script_.restart_after) {
        after(*script_.restart_after, [this] { restart(); });
    }
}

void Phone::send_invite(const std::string& credentials) {
    invite_branch_ = new_branch();
    invite_cseq_ = ++cseq_;
    invite_offers_ = !script_.delayed_offer;
    invite_pending_ = true;
    Draft draft = start("INVITE", invite_branch_, invite_cseq_);
    draft.line("Contact", "<" + own_uri() + ">").lines(credentials);
    draft.line("Allow", "INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE, PRACK, INFO, REFER, NOTIFY");
    if (script_.reliable) {
        draft.line("Supported", "100rel");
    }
    draft.lines(session_lines());
    invite_octets_ =
        draft.finish(invite_offers_ ? dialog().media.offer(script_.lines, "sendrecv") : "");
    transactions_.request(invite_branch_, sip::Method::kInvite, invite_octets_, hop());
}

/// RFC 3261 s.9.1: not before a provisional response.
void Phone::send_cancel() {
    if (transactions_.finished(invite_branch_)) {
        return;
    }
    cancelled_ = true;
    if (!transactions_.has_provisional(invite_branch_)) {
        after(Millis{100}, [this] { send_cancel(); });
        return;
    }
    sip::Message invite;
    (void)invite.parse(invite_octets_);
    Draft draft = Draft::request("CANCEL", invite.request_uri());
    draft.line("Via", invite.top_via().text);
    for (const auto& field : invite.headers()) {
        if (field.id == sip::HeaderId::kRoute) {
            draft.line("Route", invite.value(field));
        }
    }
    draft.line("Max-Forwards", "70")
        .line("From", invite.from().text)
        .line("To", invite.to().text)
        .line("Call-ID", invite.call_id())
        .line("CSeq", std::to_string(invite.cseq().number) + " CANCEL");
    transactions_.request(invite_branch_, sip::Method::kCancel, draft.finish(), hop());
}

PhoneDialog& Phone::dialog_of(const sip::Message& response) {
    const std::string tag(response.to().tag);
    if (const auto found = dialogs_.find(tag); found != dialogs_.end()) {
        return found->second;
    }
    PhoneDialog made = dialogs_.at("");
    made.remote_tag = tag;
    made.remote_party = response.to().text;
    return dialogs_.emplace(tag, std::move(made)).first->second;
}

void Phone::on_invite_response(const std::string& branch, const sip::Message& response) {
    if (response.status() < 200) {
        if (branch == invite_branch_) {
            on_provisional(response);
        }
        return;
    }
    if (response.status() < 300) {
        on_ok(branch, response);
        return;
    }
    if (branch == invite_branch_) {
        invite_pending_ = false;
        on_refusal(response);
    }
}

void Phone::on_provisional(const sip::Message& response) {
    ringing_ += response.status() == 180 ? 1 : 0;
    if (response.to().tag.empty() || outcome_ != Outcome::kTrying) {
        return;
    }
    PhoneDialog& early = dialog_of(response);
    current_ = response.to().tag;
    if (response.contact_count() > 0) {
        early.target = response.contact().uri;
    }
    early.routes.clear();
    sip::ValueCursor routes(response, sip::HeaderId::kRecordRoute);
    while (const auto route = routes.next()) {
        early.routes.emplace_back(*route);
    }
    std::reverse(early.routes.begin(), early.routes.end());
    if (response.has(sip::HeaderId::kRSeq)) {
        send_prack(early, response);
    }
    if (!early_seen_) {
        early_seen_ = true;
        plan(script_.early);
    }
}

/// RFC 3262 s.4: in order, once each; the answer to an offer in a reliable 1xx goes along.
void Phone::send_prack(PhoneDialog& early, const sip::Message& response) {
    const auto rseq = static_cast<std::uint32_t>(
        std::stoul("0" + std::string(response.value_of(sip::HeaderId::kRSeq))));
    if (early.rseq != 0 && rseq != early.rseq + 1) {
        return;  // a repetition, or a gap
    }
    early.rseq = rseq;
    std::string body;
    if (!response.body().empty()) {
        if (invite_offers_) {
            early.media.take_answer(response.body());
        } else {
            body = early.media.answer(response.body());
        }
    }
    const std::string branch = new_branch();
    Draft draft = start("PRACK", branch, ++cseq_);
    draft.line("RAck",
               std::to_string(rseq) + " " + std::string(response.value_of(sip::HeaderId::kCSeq)));
    transactions_.request(branch, sip::Method::kPrack, draft.finish(body), hop());
}

void Phone::on_refusal(const sip::Message& response) {
    if (outcome_ != Outcome::kTrying) {  // a re-INVITE, or one that we ended by BYE
        final_status_ = final_status_ == 0 ? response.status() : final_status_;
        dialog().media.fail();
        return;
    }
    final_status_ = response.status();
    current_.clear();
    dialogs_.clear();
    const bool challenge = response.status() == 401 || response.status() == 407;
    if (challenge && !tried_again_ && !cancelled_) {
        tried_again_ = true;
        const bool proxy = response.status() == 407;
        send_invite(std::string(proxy ? "Proxy-" : "") + "Authorization: Digest username=\"" +
                    place_.name +
                    "\", realm=\"sim\", nonce=\"1\", uri=\"sip:example.com\", "
                    "response=\"0123456789abcdef0123456789abcdef\"\r\n");
        return;
    }
    if (!cancelled_ && raise_session(response)) {
        send_invite({});
        return;
    }
    outcome_ = response.status() == 487 && cancelled_ ? Outcome::kCancelled : Outcome::kRefused;
}

void Phone::on_ok(const std::string& branch, const sip::Message& response) {
    const bool again = talking();
    if (outcome_ == Outcome::kDone && branch != invite_branch_) {
        return;
    }
    invite_pending_ = false;
    PhoneDialog& confirmed = dialog_of(response);
    if (!again) {
        current_ = response.to().tag;
        confirmed.routes.clear();
        sip::ValueCursor routes(response, sip::HeaderId::kRecordRoute);
        while (const auto route = routes.next()) {
            confirmed.routes.emplace_back(*route);
        }
        std::reverse(confirmed.routes.begin(), confirmed.routes.end());
    }
    if (response.contact_count() > 0) {
        confirmed.target = response.contact().uri;
    }
    send_ack(branch, response);
    take_session(response);
    if (again || outcome_ == Outcome::kDone) {
        return;
    }
    final_status_ = response.status();
    outcome_ = Outcome::kTalking;
    if (cancelled_) {
        hang_up();  // our CANCEL came too late (E-R2)
        return;
    }
    talk();
}

void Phone::send_ack(const std::string& branch, const sip::Message& response) {
    PhoneDialog& with = dialog();
    std::string body;
    if (!response.body().empty()) {
        if (invite_offers_) {
            with.media.take_answer(response.body());
        } else if (with.media.pending() == MediaEnd::Pending::kNone) {
            body = with.media.answer(response.body());
        }
    } else if (invite_offers_) {
        with.media.fail();
    }
    if (script_.vices.never_ack) {
        return;
    }
    const std::string own_branch = new_branch();
    Draft draft = start("ACK", own_branch, response.cseq().number);
    transactions_.acknowledge(branch, response.to().tag, draft.finish(body), hop());
}

}  // namespace sallyport::sim
