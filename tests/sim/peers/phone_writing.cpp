// SPDX-License-Identifier: Apache-2.0
// What a phone writes, and where it sends it.
#include "tests/sim/peers/address_text.h"
#include "tests/sim/peers/phone.h"

namespace sallyport::sim {
namespace {

std::string_view reason_of(int status) {
    switch (status) {
        case 180:
            return "Ringing";
        case 183:
            return "Session Progress";
        case 200:
            return "OK";
        case 481:
            return "Call/Transaction Does Not Exist";
        case 486:
            return "Busy Here";
        case 487:
            return "Request Terminated";
        case 491:
            return "Request Pending";
        default:
            return "As The Seed Says";
    }
}

}  // namespace

std::string Phone::new_branch() {
    return "z9hG4bK" + place_.name + std::to_string(network_.random().next());
}

std::string Phone::own_uri() const {
    return "sip:" + place_.name + "@" + place_.own.to_string();
}

PhoneDialog& Phone::dialog() {
    const auto found = dialogs_.find(current_);
    if (found != dialogs_.end()) {
        return found->second;
    }
    return dialogs_
        .emplace(current_, PhoneDialog{current_,
                                       remote_uri_party_,
                                       request_uri_,
                                       {},
                                       MediaEnd(place_.name, {place_.own.ip, place_.media}),
                                       0})
        .first->second;
}

Endpoint Phone::hop() const {
    if (place_.proxy) {
        return *place_.proxy;
    }
    const auto found = dialogs_.find(current_);
    const std::string& target = found == dialogs_.end() ? request_uri_ : found->second.target;
    const bool routed = found != dialogs_.end() && !found->second.routes.empty();
    const auto at = endpoint_of(routed ? inside_angles(found->second.routes.front()) : target);
    return at.value_or(place_.own);
}

Draft Phone::start(std::string_view method, const std::string& branch, std::uint32_t cseq) {
    const PhoneDialog& to = dialog();
    const bool strict = is_strict(to.routes);
    const std::string uri = strict ? std::string(inside_angles(to.routes.front())) : to.target;
    Draft draft = Draft::request(method, uri);
    draft.line("Via", "SIP/2.0/UDP " + place_.own.to_string() + ";branch=" + branch + ";rport");
    for (std::size_t i = strict ? 1 : 0; i < to.routes.size(); ++i) {
        draft.line("Route", to.routes[i]);
    }
    if (strict) {
        draft.line("Route", "<" + to.target + ">");
    }
    return draft.line("Max-Forwards", "70")
        .line("From", local_party_)
        .line("To", to.remote_party)
        .line("Call-ID", call_id_)
        .line("CSeq", std::to_string(cseq) + " " + std::string(method));
}

std::string Phone::reply(const sip::Message& request, int status, std::string_view lines,
                         std::string_view body) {
    Draft draft = Draft::response(status, reason_of(status));
    for (const auto& field : request.headers()) {
        if (field.id == sip::HeaderId::kVia || field.id == sip::HeaderId::kRecordRoute) {
            draft.line(request.name(field), request.value(field));
        }
    }
    std::string to(request.to().text);
    if (request.to().tag.empty()) {
        to += ";tag=" + local_tag_;
    }
    draft.line("From", request.from().text)
        .line("To", to)
        .line("Call-ID", request.call_id())
        .line("CSeq", request.value_of(sip::HeaderId::kCSeq))
        .lines(lines);
    const bool target =
        request.method() == sip::Method::kInvite || request.method() == sip::Method::kUpdate ||
        request.method() == sip::Method::kRefer || request.method() == sip::Method::kSubscribe;
    if (target && status < 300) {
        draft.line("Contact", "<" + own_uri() + ">");
    }
    if (status == 200 &&
        (request.method() == sip::Method::kInvite || request.method() == sip::Method::kUpdate)) {
        draft.lines(session_answer(request));
    }
    return draft.finish(body);
}

void Phone::respond(const sip::Message& request, const Packet& packet, int status,
                    std::string_view body) {
    std::string lines;
    if (status == 500) {
        lines = "Retry-After: " + std::to_string(network_.random().below(10)) + "\r\n";
    }
    transactions_.respond(Transactions::key_of(request), status,
                          reply(request, status, lines, body), Transactions::reply_to(packet));
}

void Phone::after(Millis delay, std::function<void()> what) {
    network_.after(delay, [this, life = life_, what = std::move(what)] {
        if (life == life_) {
            what();
        }
    });
}

}  // namespace sallyport::sim
