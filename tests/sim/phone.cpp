// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/phone.h"

#include "b2bua/sip/writer.h"

#include <algorithm>

namespace sallyport::sim {
namespace {

constexpr Millis kT1{500};
constexpr Millis kT2{4000};
constexpr Millis kNoCap{1'000'000};

std::string strip(std::string_view name_addr) {
    const auto parsed = sip::NameAddr::parse(name_addr);
    return parsed.ok() ? std::string(parsed->uri) : std::string();
}

}  // namespace

Phone::Phone(Network& network, Endpoint own, Endpoint proxy, std::string name)
    : network_(network), own_(own), proxy_(proxy), name_(std::move(name)) {
    network_.attach(own_, [this](const Packet& packet) { on_packet(packet); });
}

void Phone::call(const std::string& target_uri, const Manners& manners) {
    manners_ = manners;
    caller_ = true;
    outcome_ = Outcome::kTrying;
    call_id_ = name_ + "-" + std::to_string(network_.random().next());
    local_tag_ = std::to_string(network_.random().next());
    local_party_ = "<" + own_uri() + ">;tag=" + local_tag_;
    remote_party_ = "<" + target_uri + ">";
    target_ = target_uri;
    send_invite();
    if (manners.cancel_after) {
        network_.after(*manners.cancel_after, [this] {
            if (!final_seen_ && provisional_seen_) {
                cancelled_ = true;
                std::string cancel = invite_octets_.substr(0, invite_octets_.find("Content-Type"));
                cancel.replace(0, 6, "CANCEL");
                const auto at = cancel.find(" INVITE\r\n");
                cancel.replace(at, 9, " CANCEL\r\n");
                send_until(
                    cancel + "Content-Length: 0\r\n\r\n", [this] { return !final_seen_; }, kT2);
            }
        });
    }
}

void Phone::send_invite() {
    invite_branch_ = "z9hG4bK" + std::to_string(network_.random().next());
    invite_cseq_ = ++cseq_;
    final_seen_ = acked_ = provisional_seen_ = false;
    const bool resume = outcome_ == Outcome::kTalking && reinvites_done_ == 1;
    const bool hold = outcome_ == Outcome::kTalking && reinvites_done_ == 0;
    std::string buffer(4096, '\0');
    sip::Writer writer(buffer);
    writer.request_line("INVITE", target_)
        .header("Via", via(invite_branch_))
        .header("Max-Forwards", "70")
        .header("From", local_party_)
        .header("To", remote_party_)
        .header("Call-ID", call_id_)
        .header("CSeq", std::to_string(invite_cseq_) + " INVITE")
        .header("Contact", "<" + own_uri() + ">");
    const auto octets = writer.finish("application/sdp", sdp(hold     ? "sendonly"
                                                             : resume ? "sendrecv"
                                                                      : "sendrecv"));
    invite_octets_ = std::string(*octets);
    send_until(
        invite_octets_, [this] { return !provisional_seen_ && !final_seen_; }, kNoCap);
    network_.after(kT1 * 64, [this, branch = invite_branch_] {
        if (branch == invite_branch_ && !provisional_seen_ && !final_seen_ &&
            outcome_ == Outcome::kTrying) {
            outcome_ = Outcome::kTimedOut;
        }
    });
}

void Phone::send_until(const std::string& octets, std::function<bool()> while_true, Millis cap) {
    repeat(octets, std::move(while_true), kT1, cap, network_.now() + kT1 * 64);
}

void Phone::repeat(std::string octets, std::function<bool()> while_true, Millis interval,
                   Millis cap, Moment end) {
    if (!while_true() || end <= network_.now()) {
        return;
    }
    send(octets);
    network_.after(interval, [this, octets = std::move(octets), while_true = std::move(while_true),
                              next = std::min(interval * 2, cap), cap,
                              end] { repeat(octets, while_true, next, cap, end); });
}

void Phone::check(const sip::Message& message, const Packet& packet) {
    const std::string foreign = own_.ip.to_string().substr(0, 5) == "10.10" ? "10.20." : "10.10.";
    if (message.octets().find(foreign) != std::string_view::npos) {
        complain("B2BUA-D19: address of the other realm in " +
                 std::string(message.octets().substr(0, 60)));
    }
    if (packet.from != proxy_) {
        complain("message from " + packet.from.to_string());
    }
    if (message.via_count() != 1) {
        complain("B2BUA-D11: more than one Via");
    }
    if (!remote_origin_.empty() && !message.body().empty()) {
        const auto at = message.body().find("o=");
        const auto origin = message.body().substr(
            at, message.body().find(' ', message.body().find(' ', at) + 1) - at);
        if (origin != remote_origin_) {
            complain("B2BUA-E6: o= changed its identity");
        }
    }
}

void Phone::on_packet(const Packet& packet) {
    sip::Message message;
    if (!message.parse(packet.payload).ok()) {
        complain("unreadable message: " + packet.payload.substr(0, 80));
        return;
    }
    check(message, packet);
    if (message.is_request()) {
        on_request(message);
    } else {
        on_response(message);
    }
}

void Phone::on_response(const sip::Message& response) {
    if (response.call_id() != call_id_) {
        complain("B2BUA-D3: response with a foreign Call-ID");
        return;
    }
    if (response.method() == sip::Method::kBye && response.status() >= 200) {
        bye_answered_ = true;
        outcome_ = Outcome::kDone;
    } else if (response.method() == sip::Method::kInvite) {
        on_invite_response(response);
    }
}

void Phone::on_invite_response(const sip::Message& response) {
    if (response.top_via().branch != invite_branch_) {
        if (response.status() >= 200 && response.status() < 300 && !last_ack_.empty()) {
            send(last_ack_);
        }
        return;
    }
    if (response.status() < 200) {
        provisional_seen_ = true;
        ringing_ += response.status() == 180 ? 1 : 0;
        return;
    }
    if (final_seen_) {
        if (response.status() < 300) {
            send(last_ack_);
        } else {
            send_ack(response);
        }
        return;
    }
    final_seen_ = true;
    on_final(response);
}

void Phone::on_final(const sip::Message& response) {
    final_status_ = response.status();
    const bool established = outcome_ == Outcome::kTalking;
    if (response.status() >= 300) {
        send_ack(response);
        if (!established) {
            outcome_ =
                response.status() == 487 && cancelled_ ? Outcome::kCancelled : Outcome::kRefused;
        }
        return;
    }
    remote_party_ = response.to().text;
    remote_tag_ = response.to().tag;
    target_ = strip(response.value_of(sip::HeaderId::kContact));
    remote_sdp_ = response.body();
    send_ack(response);
    if (established) {
        ++reinvites_done_;
        return;
    }
    outcome_ = Outcome::kTalking;
    if (cancelled_) {
        hang_up();  // our CANCEL came too late (E-R2)
        return;
    }
    schedule_talk();
}

void Phone::schedule_talk() {
    if (caller_ && manners_.reinvites) {
        network_.after(manners_.talk / 4, [this] { send_invite(); });
        network_.after(manners_.talk / 2, [this] {
            if (reinvites_done_ == 1) {
                send_invite();
            }
        });
    }
    if (caller_ != manners_.callee_hangs_up) {
        network_.after(manners_.talk, [this] { hang_up(); });
    }
}

void Phone::hang_up() {
    if (outcome_ == Outcome::kTalking && !bye_sent_) {
        bye_sent_ = true;
        send_in_dialog("BYE");
        network_.after(kT1 * 64, [this] { outcome_ = Outcome::kDone; });
    }
}

void Phone::on_request(const sip::Message& request) {
    const auto key = std::string(request.top_via().branch) + std::string(request.method_name());
    if (const auto done = answered_.find(key); done != answered_.end()) {
        send(done->second);
        return;
    }
    const sip::Method method = request.method();
    if (method == sip::Method::kInvite) {
        on_invite(request);
    } else if (method == sip::Method::kAck) {
        acked_ = true;
    } else if (method == sip::Method::kBye) {
        on_bye(request);
    } else if (method == sip::Method::kCancel) {
        on_cancel(request);
    } else {
        respond(request, 405, "Method Not Allowed", false);
    }
}

void Phone::on_cancel(const sip::Message& cancel) {
    respond(cancel, 200, "OK", false);
    if (final_seen_) {
        return;
    }
    final_seen_ = true;
    acked_ = false;
    outcome_ = Outcome::kCancelled;
    sip::Message invite;
    (void)invite.parse(invite_octets_);
    respond(invite, 487, "Request Terminated", false);
    send_until(
        last_final_, [this] { return !acked_; }, kT2);  // timer G
}

void Phone::on_invite(const sip::Message& invite) {
    const bool again = outcome_ == Outcome::kTalking;
    if (!again && invite.octets() == invite_octets_) {
        return;  // a retransmission while it rings
    }
    if (remote_cseq_ && invite.cseq().number <= *remote_cseq_) {
        return;  // an old copy that the network kept
    }
    remote_cseq_ = invite.cseq().number;
    invite_octets_ = std::string(invite.octets());
    call_id_ = invite.call_id();
    remote_sdp_ = invite.body();
    remote_party_ = invite.from().text;
    target_ = strip(invite.value_of(sip::HeaderId::kContact));
    final_seen_ = false;
    if (again) {
        finish_ringing(invite_octets_);
        return;
    }
    outcome_ = Outcome::kTrying;
    local_tag_ = std::to_string(network_.random().next());
    respond(invite, 180, "Ringing", false);
    network_.after(manners_.ring, [this, octets = invite_octets_] { finish_ringing(octets); });
}

void Phone::finish_ringing(const std::string& invite_octets) {
    if (invite_octets != invite_octets_ || final_seen_) {
        return;  // another call came, or this one was cancelled
    }
    sip::Message invite;
    (void)invite.parse(invite_octets_);
    final_seen_ = true;
    acked_ = false;
    final_status_ = manners_.answer;
    if (manners_.answer < 300) {
        answer(invite);
        return;
    }
    outcome_ = Outcome::kRefused;
    respond(invite, manners_.answer, "No", false);
    send_until(
        last_final_, [this] { return !acked_; }, kT2);  // timer G
}

void Phone::answer(const sip::Message& invite) {
    local_party_ = std::string(invite.to().text);
    if (invite.to().tag.empty()) {
        local_party_ += ";tag=" + local_tag_;
    }
    const bool first = outcome_ != Outcome::kTalking;
    outcome_ = Outcome::kTalking;
    respond(invite, 200, "OK", true);
    send_until(
        last_final_, [this] { return !acked_ && !bye_sent_; }, kT2);
    if (first) {
        schedule_talk();
    }
}

void Phone::on_bye(const sip::Message& bye) {
    if (remote_cseq_ && bye.cseq().number <= *remote_cseq_) {
        complain("B2BUA-D5: CSeq does not rise");
    }
    remote_cseq_ = bye.cseq().number;
    bye_sent_ = true;
    acked_ = true;
    outcome_ = Outcome::kDone;
    respond(bye, 200, "OK", false);
}

}  // namespace sallyport::sim
