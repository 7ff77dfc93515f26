// SPDX-License-Identifier: Apache-2.0
// A phone inside a dialog: what its script makes it do there, and how it answers.
#include "b2bua/sip/params.h"
#include "tests/sim/peers/phone.h"

namespace sallyport::sim {

Phone::Phone(Network& network, PhonePlace place, Script script)
    : network_(network),
      place_(std::move(place)),
      script_(std::move(script)),
      transactions_(network, place_.own, *this) {
    network_.attach(place_.own, [this](const Packet& packet) { receive(packet); });
}

void Phone::restart() {
    ++life_;
    transactions_.clear();
    dialogs_.clear();
    asked_.reset();
    current_.clear();
    call_id_.clear();
    outcome_ = Outcome::kDone;
}

const std::vector<AgreedLine>* Phone::settled_media() const {
    const auto found = dialogs_.find(current_);
    const bool quiet = talking() && !invite_pending_ && !asked_ && !ack_owed_ && !bye_sent_ &&
                       update_branch_.empty() && found != dialogs_.end() &&
                       found->second.media.pending() == MediaEnd::Pending::kNone;
    return quiet ? &found->second.media.agreed() : nullptr;
}

void Phone::talk() {
    plan(script_.steps);
}

void Phone::plan(const std::vector<Step>& steps) {
    for (const Step& step : steps) {
        after(step.after, [this, deed = step.deed] {
            if ((talking() || outcome_ == Outcome::kTrying) && !bye_sent_) {
                act(deed);
            }
        });
    }
}

void Phone::act(Deed deed) {
    ++deeds_done_;
    switch (deed) {
        case Deed::kHold:
        case Deed::kResume:
        case Deed::kMove:
        case Deed::kAddLine:
        case Deed::kAskOffer:
        case Deed::kCancelledHold:
        case Deed::kUpdate:
        case Deed::kRefresh:
            return change_session(deed);
        case Deed::kInfo:
            return send_in_dialog("INFO", "Content-Type: application/dtmf-relay\r\n",
                                  "Signal=1\r\n");
        case Deed::kMessage:
            return send_in_dialog("MESSAGE", "Content-Type: text/plain\r\n", "hello");
        case Deed::kOptions:
            return send_in_dialog("OPTIONS");
        case Deed::kUnknown:
            return send_in_dialog("PROPOSE", "X-Strange: yes\r\n");
        case Deed::kRefer:
            return refer();
        case Deed::kNotify:
            return send_in_dialog("NOTIFY",
                                  "Event: refer\r\nSubscription-State: active;expires=60\r\n" +
                                      contact_line() + "Content-Type: message/sipfrag\r\n",
                                  "SIP/2.0 100 Trying\r\n");
        case Deed::kSubscribe:
            return subscribe();
        case Deed::kBye:
            return hang_up();
        case Deed::kWrongTagBye:
        case Deed::kStaleInfo:
        case Deed::kJunk:
            return misbehave(deed);
    }
}

void Phone::change_session(Deed deed) {
    if (deed == Deed::kUpdate || deed == Deed::kRefresh) {
        update(deed == Deed::kUpdate);
        return;
    }
    if (deed == Deed::kMove) {
        dialog().media.move();
    } else if (deed == Deed::kAddLine) {
        ++script_.lines;
    }
    const bool holds = deed == Deed::kHold || deed == Deed::kCancelledHold;
    reinvite(holds ? "sendonly" : "sendrecv", deed != Deed::kAskOffer);
    if (deed == Deed::kCancelledHold) {
        send_cancel();
    }
}

void Phone::reinvite(std::string_view direction, bool offer) {
    MediaEnd& media = dialog().media;
    if (!talking() || invite_pending_ || asked_ || ack_owed_ || !update_branch_.empty() ||
        media.pending() != MediaEnd::Pending::kNone) {
        return;
    }
    invite_branch_ = new_branch();
    invite_pending_ = true;
    invite_offers_ = offer;
    cancelled_ = false;
    Draft draft = start("INVITE", invite_branch_, ++cseq_);
    draft.line("Contact", "<" + own_uri() + ">").lines(session_lines());
    invite_octets_ = draft.finish(offer ? media.offer(script_.lines, direction) : std::string());
    transactions_.request(invite_branch_, sip::Method::kInvite, invite_octets_, hop());
}

void Phone::update(bool offer) {
    MediaEnd& media = dialog().media;
    const bool legal = media.pending() == MediaEnd::Pending::kNone && !invite_pending_ && !asked_ &&
                       !ack_owed_ && update_branch_.empty();
    const bool early = outcome_ == Outcome::kTrying;  // RFC 3311 s.5.1
    if (current_.empty() || (offer ? !legal : !talking() && !early)) {
        return;
    }
    const std::string branch = new_branch();
    Draft draft = start("UPDATE", branch, ++cseq_);
    draft.line("Contact", "<" + own_uri() + ">").lines(session_lines());
    update_offers_ = offer;
    update_branch_ = branch;
    const std::string body = offer ? media.offer(script_.lines, "sendrecv") : std::string();
    transactions_.request(branch, sip::Method::kUpdate, draft.finish(body), hop());
}

void Phone::send_in_dialog(std::string_view method, std::string_view lines, std::string_view body) {
    if (current_.empty()) {
        return;
    }
    const std::string branch = new_branch();
    Draft draft = start(method, branch, ++cseq_);
    draft.lines(lines);
    // The type of a body stands in the lines.
    std::string octets = draft.finish();
    if (!body.empty()) {
        octets.replace(octets.rfind("Content-Length: 0"), 17,
                       "Content-Length: " + std::to_string(body.size()));
        octets.append(body);
    }
    transactions_.request(branch, sip::method_of(method), std::move(octets), hop());
}

void Phone::hang_up() {
    const bool early = caller_ && outcome_ == Outcome::kTrying && !current_.empty();
    if (early && !bye_sent_) {
        bye_sent_ = true;  // RFC 3261 s.15: the caller may end an early dialog so
        send_in_dialog("BYE");
        return;
    }
    if (!talking() || bye_sent_) {
        return;
    }
    if (ack_owed_) {  // RFC 3261 s.15: who answered waits for the ACK
        after(Millis{500}, [this] { hang_up(); });
        return;
    }
    bye_sent_ = true;
    send_in_dialog("BYE");
}

void Phone::misbehave(Deed deed) {
    if (deed == Deed::kJunk) {
        transactions_.send("SIP/2.0 nonsense\r\nVia: what\r\n\r\n", hop());
        transactions_.send(std::string(300, '\x7f'), hop());
        return;
    }
    const std::string branch = new_branch();
    if (deed == Deed::kStaleInfo) {
        transactions_.request(branch, sip::Method::kInfo, start("INFO", branch, cseq_).finish(),
                              hop());
        return;
    }
    const std::string right = dialog().remote_party;
    dialog().remote_party += "0";
    transactions_.request(branch, sip::Method::kBye, start("BYE", branch, cseq_ + 1).finish(),
                          hop());
    dialog().remote_party = right;
    ++cseq_;
}

void Phone::on_request(const sip::Message& request, const Packet& packet) {
    if (request.method() == sip::Method::kCancel) {
        on_cancel(request, packet);
        return;
    }
    const bool mine = request.call_id() == call_id_ && request.to().tag == local_tag_;
    if (!request.to().tag.empty()) {
        if (!mine || outcome_ == Outcome::kIdle) {
            respond(request, packet, 481);
            return;
        }
        const auto last = remote_cseqs_.find(request.from().tag);
        if (last != remote_cseqs_.end() && request.cseq().number <= last->second) {
            respond(request, packet, 500);
            return;
        }
    }
    if (!request.to().tag.empty() || outcome_ == Outcome::kIdle) {
        remote_cseqs_.insert_or_assign(std::string(request.from().tag), request.cseq().number);
    }
    serve(request, packet);
}

void Phone::serve(const sip::Message& request, const Packet& packet) {
    const sip::Method method = request.method();
    if (method == sip::Method::kInvite) {
        on_invite(request, packet);
    } else if (method == sip::Method::kBye) {
        on_bye(request, packet);
    } else if (method == sip::Method::kUpdate) {
        on_update(request, packet);
    } else if (method == sip::Method::kPrack) {
        on_prack(request, packet);
    } else if (method == sip::Method::kSubscribe) {
        on_subscribe(request, packet);
    } else if (method == sip::Method::kRefer) {
        on_refer(request, packet);
    } else if (method == sip::Method::kNotify) {
        on_report(request, packet);
    } else if (method == sip::Method::kUnknown) {
        respond(request, packet, 501);
    } else {
        respond(request, packet, outcome_ == Outcome::kDone ? 481 : 200);
    }
}

void Phone::on_bye(const sip::Message& bye, const Packet& packet) {
    if (outcome_ == Outcome::kDone && !bye_sent_) {
        respond(bye, packet, 481);
        return;
    }
    respond(bye, packet, 200);
    timer_score_.expired += bye.octets().find("Session Expired") != std::string_view::npos ? 1 : 0;
    if (asked_) {
        refuse_invite(487);
    }
    bye_sent_ = true;
    outcome_ = Outcome::kDone;
}

void Phone::subscribe() {
    send_in_dialog("SUBSCRIBE", "Event: presence\r\nExpires: 0\r\n" + contact_line());
}

void Phone::on_subscribe(const sip::Message& subscribe, const Packet& packet) {
    if (outcome_ == Outcome::kDone || bye_sent_) {
        respond(subscribe, packet, 481);
        return;
    }
    transactions_.respond(Transactions::key_of(subscribe), 200,
                          reply(subscribe, 200, "Expires: 0\r\n"), Transactions::reply_to(packet));
    send_in_dialog(
        "NOTIFY",
        "Event: presence\r\nSubscription-State: terminated;reason=timeout\r\n" + contact_line());
}

void Phone::on_update(const sip::Message& update, const Packet& packet) {
    if (outcome_ == Outcome::kDone) {
        respond(update, packet, 481);
        return;
    }
    if (update.body().empty()) {
        respond(update, packet, 200);
        return;
    }
    MediaEnd& media = dialog().media;
    if (media.pending() == MediaEnd::Pending::kOurs) {
        respond(update, packet, 491);
    } else if (media.pending() == MediaEnd::Pending::kTheirs) {
        respond(update, packet, 500);
    } else {
        respond(update, packet, 200, media.answer(update.body()));
    }
}

void Phone::on_update_response(const sip::Message& response) {
    update_branch_.clear();
    if (response.status() < 300 && talking()) {
        take_session(response);
    }
    if (!update_offers_) {
        return;
    }
    if (response.status() < 300) {
        dialog().media.take_answer(response.body());
    } else {
        dialog().media.fail();
    }
}

void Phone::on_response(const std::string& branch, const sip::Message& response) {
    const sip::Method method = response.method();
    if (method == sip::Method::kInvite) {
        on_invite_response(branch, response);
    } else if (response.status() < 200) {
        return;
    } else if (method == sip::Method::kUpdate && branch == update_branch_) {
        on_update_response(response);
    } else if (method == sip::Method::kBye) {
        outcome_ = Outcome::kDone;
    } else if (method == sip::Method::kRegister) {
        on_registered(response);
    }
}

void Phone::on_timeout(const std::string& branch, sip::Method method) {
    if (method == sip::Method::kBye) {
        outcome_ = Outcome::kDone;
    } else if (method == sip::Method::kUpdate && branch == update_branch_) {
        update_branch_.clear();
        if (update_offers_) {
            dialog().media.fail();
        }
        hang_up();
    } else if (method == sip::Method::kInvite && branch == invite_branch_) {
        invite_pending_ = false;
        if (talking()) {
            dialog().media.fail();
            hang_up();  // RFC 3261 s.12.2.1.2
        } else {
            outcome_ = Outcome::kTimedOut;
        }
    }
}

}  // namespace sallyport::sim
