// SPDX-License-Identifier: Apache-2.0
// A phone that is called: it rings, reliably or not, answers, refuses, and hears CANCEL and PRACK
// (RFC 3261 s.13.3, s.9.2, RFC 3262 s.3).
#include "tests/sim/peers/phone.h"

namespace sallyport::sim {

void Phone::on_invite(const sip::Message& invite, const Packet& packet) {
    if (asked_) {
        respond(invite, packet, 500);
        return;
    }
    const bool initial = invite.to().tag.empty();
    if (initial && outcome_ != Outcome::kIdle) {
        respond(invite, packet, 486);
        return;
    }
    if (!initial && (!talking() || invite_pending_ || ack_owed_ ||
                     dialog().media.pending() != MediaEnd::Pending::kNone)) {
        respond(invite, packet, talking() ? 491 : 481);
        return;
    }
    if (initial && refuse_session(invite, packet)) {
        return;
    }
    asked_ = Asked{Transactions::key_of(invite), std::string(invite.octets()),
                   Transactions::reply_to(packet), initial};
    if (initial) {
        on_first_invite(invite);
    } else {
        on_reinvite(invite);
    }
}

void Phone::on_first_invite(const sip::Message& invite) {
    outcome_ = Outcome::kTrying;
    call_id_ = invite.call_id();
    local_tag_ = std::to_string(network_.random().next());
    local_party_ = std::string(invite.to().text) + ";tag=" + local_tag_;
    current_ = invite.from().tag;
    remote_uri_party_ = invite.from().text;
    request_uri_ = invite.contact().uri;
    PhoneDialog& early = dialog();
    sip::ValueCursor routes(invite, sip::HeaderId::kRecordRoute);
    while (const auto route = routes.next()) {
        early.routes.emplace_back(*route);
    }
    if (!invite.body().empty()) {
        early.media.hear_offer();
        pending_offer_ = invite.body();
    }
    for (const Ring& each : script_.rings) {
        after(each.after, [this, each] { ring(each); });
    }
    after(script_.final_after, [this] { answer(); });
    if (script_.restart_after) {
        after(*script_.restart_after, [this] { restart(); });
    }
    if (script_.vices.early_bye) {
        after(script_.final_after / 2, [this] { send_in_dialog("BYE"); });
    }
}

void Phone::on_reinvite(const sip::Message& invite) {
    pending_offer_ = invite.body();
    if (!invite.body().empty()) {
        dialog().media.hear_offer();
    }
    if (invite.contact_count() > 0) {
        dialog().target = invite.contact().uri;
    }
    if (script_.think.count() == 0) {
        answer();
    } else {
        after(script_.think, [this] { answer(); });
    }
}

void Phone::ring(const Ring& each) {
    if (!asked_ || !asked_->initial || rseq_ != pracked_) {
        return;  // answered, or the one before waits for its PRACK (RFC 3262 s.3)
    }
    sip::Message invite;
    (void)invite.parse(asked_->octets);
    std::string lines;
    std::string body;
    const bool offered = dialog().media.pending() == MediaEnd::Pending::kTheirs;
    if (each.sdp && offered) {
        // A preview; a reliable one is the answer itself (RFC 3264 s.4, RFC 6337 s.3.1.1).
        body = dialog().media.answer(pending_offer_);
        if (!each.reliable) {
            dialog().media.hear_offer();
        }
    }
    const bool reliable =
        each.reliable && script_.reliable &&
        invite.value_of(sip::HeaderId::kSupported).find("100rel") != std::string_view::npos;
    if (reliable) {
        rseq_ =
            rseq_ == 0 ? 1 + static_cast<std::uint32_t>(network_.random().below(1000)) : rseq_ + 1;
        lines = "Require: 100rel\r\nRSeq: " + std::to_string(rseq_) + "\r\n";
    } else if (each.reliable && !body.empty()) {
        dialog().media.hear_offer();
    }
    const std::string octets = reply(invite, each.status, lines, body);
    transactions_.respond(asked_->key, each.status, octets, asked_->to);
    if (reliable) {
        repeat_reliable(octets, asked_->to, rseq_, Millis{500});
    }
    if (!early_seen_) {
        early_seen_ = true;
        plan(script_.early);
    }
}

/// RFC 3262 s.3: T1 doubling until its PRACK.
void Phone::repeat_reliable(std::string octets, Endpoint to, std::uint32_t rseq, Millis interval) {
    after(interval, [this, octets = std::move(octets), to, rseq, interval] {
        if (pracked_ >= rseq || !asked_ || interval > Millis{16'000}) {
            return;
        }
        transactions_.send(octets, to);
        repeat_reliable(octets, to, rseq, interval * 2);
    });
}

void Phone::on_prack(const sip::Message& prack, const Packet& packet) {
    const auto rseq = static_cast<std::uint32_t>(
        std::stoul("0" + std::string(prack.value_of(sip::HeaderId::kRAck))));
    if (rseq != rseq_ || pracked_ == rseq_) {
        respond(prack, packet, 481);
        return;
    }
    pracked_ = rseq;
    respond(prack, packet, 200);
}

void Phone::answer() {
    if (!asked_) {
        return;  // cancelled, or a BYE came
    }
    const bool unsure = rseq_ != pracked_;  // RFC 3262 s.3: no 2xx before the PRACK
    if (unsure && script_.final_status < 300 && asked_->initial) {
        after(Millis{250}, [this] { answer(); });
        return;
    }
    const int status = asked_->initial ? script_.final_status : script_.reinvite_status;
    if (status >= 300) {
        refuse_invite(status);
        return;
    }
    sip::Message invite;
    (void)invite.parse(asked_->octets);
    if (asked_->initial && script_.vices.changed_tag) {
        local_tag_ += "x";
        local_party_ = std::string(invite.to().text) + ";tag=" + local_tag_;
    }
    answer_ok(invite);
}

void Phone::answer_ok(const sip::Message& invite) {
    MediaEnd& media = dialog().media;
    const Vices& vices = script_.vices;
    std::string body;
    if (!vices.ok_without_sdp) {
        if (media.pending() == MediaEnd::Pending::kTheirs) {
            body = media.answer(pending_offer_, vices.too_few_lines ? 1 : 0);
        } else if (pending_offer_.empty() && media.pending() == MediaEnd::Pending::kNone) {
            body = media.offer(script_.lines, "sendrecv");
        }
    }
    const Asked asked = std::move(*asked_);
    asked_.reset();
    pending_offer_.clear();
    ack_owed_ = true;
    if (asked.initial) {
        outcome_ = Outcome::kTalking;
        final_status_ = 200;
    }
    transactions_.respond(asked.key, 200, reply(invite, 200, {}, body), asked.to);
    if (vices.final_after_final) {
        transactions_.respond(asked.key, 486, reply(invite, 486), asked.to);
    }
}

void Phone::refuse_invite(int status) {
    const Asked asked = std::move(*asked_);
    asked_.reset();
    pending_offer_.clear();
    sip::Message invite;
    (void)invite.parse(asked.octets);
    std::string lines;
    if (status == 401 || status == 407) {
        lines = std::string(status == 401 ? "WWW" : "Proxy") +
                "-Authenticate: Digest realm=\"sim\", nonce=\"1\"\r\n";
    } else if (status / 100 == 3) {
        lines = "Contact: <sip:elsewhere@example.net>\r\n";
    }
    if (asked.initial) {
        outcome_ = status == 487 ? Outcome::kCancelled : Outcome::kRefused;
        final_status_ = status;
    }
    dialog().media.fail();
    transactions_.respond(asked.key, status, reply(invite, status, lines), asked.to);
    if (asked.initial && script_.vices.final_after_final) {
        transactions_.respond(asked.key, 200, reply(invite, 200), asked.to);
    }
}

void Phone::on_cancel(const sip::Message& cancel, const Packet& packet) {
    std::string invite(cancel.top_via().branch);
    if (!asked_ || asked_->key != invite.append(" INVITE")) {
        respond(cancel, packet, transactions_.has_final(invite) && !talking() ? 481 : 200);
        return;
    }
    respond(cancel, packet, 200);
    refuse_invite(487);
}

void Phone::on_ack(const sip::Message& ack) {
    if (ack.call_id() != call_id_ || !ack_owed_) {
        return;
    }
    ack_owed_ = false;
    if (dialog().media.pending() == MediaEnd::Pending::kOurs) {
        if (ack.body().empty()) {
            dialog().media.fail();
        } else {
            dialog().media.take_answer(ack.body());
        }
    }
    if (!caller_ && !talk_planned_ && !bye_sent_) {
        talk_planned_ = true;
        talk();
    }
}

void Phone::on_unacknowledged(std::uint32_t) {
    ack_owed_ = false;
    hang_up();  // RFC 3261 s.13.3.1.4
}

}  // namespace sallyport::sim
