// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/peers/user_agent.h"

#include "tests/sim/peers/address_text.h"

namespace sallyport::sim {

UserAgent::UserAgent(Network& network, AgentPlace place, TransactionUser& user)
    : network_(network), place_(std::move(place)), transactions_(network, place_.own, user) {
    network_.attach(place_.own, [this](const Packet& packet) { transactions_.receive(packet); });
}

AgentDialog UserAgent::address(const std::string& uri) {
    AgentDialog dialog;
    dialog.call_id = place_.name + "-" + new_tag();
    dialog.local_tag = new_tag();
    dialog.local_party = "<sip:" + place_.name + "@" +
                         (place_.proxy ? std::string("example.com") : place_.own.ip.to_string()) +
                         ">;tag=" + dialog.local_tag;
    dialog.remote_party = "<" + uri + ">";
    dialog.target = uri;
    return dialog;
}

std::string UserAgent::contact_line() const {
    return "Contact: <sip:" + place_.name + "@" + place_.own.to_string() + ">\r\n";
}

std::string UserAgent::credentials(std::string_view user) {
    return "Authorization: Digest username=\"" + std::string(user) +
           "\", realm=\"sim\", nonce=\"1\", uri=\"sip:example.com\", "
           "response=\"0123456789abcdef0123456789abcdef\"\r\n";
}

Endpoint UserAgent::hop(const AgentDialog& dialog) const {
    if (place_.proxy) {
        return *place_.proxy;
    }
    const auto at = endpoint_of(dialog.routes.empty() ? std::string_view(dialog.target)
                                                      : inside_angles(dialog.routes.front()));
    return at.value_or(place_.own);
}

std::string UserAgent::send(AgentDialog& dialog, std::string_view method, std::string_view lines,
                            const Body& body) {
    const std::string branch = "z9hG4bK" + place_.name + new_tag();
    const bool strict = is_strict(dialog.routes);
    Draft draft = Draft::request(
        method, strict ? inside_angles(dialog.routes.front()) : std::string_view(dialog.target));
    draft.line("Via", "SIP/2.0/UDP " + place_.own.to_string() + ";branch=" + branch + ";rport");
    for (std::size_t i = strict ? 1 : 0; i < dialog.routes.size(); ++i) {
        draft.line("Route", dialog.routes[i]);
    }
    if (strict) {
        draft.line("Route", "<" + dialog.target + ">");
    }
    draft.line("Max-Forwards", "70")
        .line("From", dialog.local_party)
        .line("To", dialog.remote_party)
        .line("Call-ID", dialog.call_id)
        .line("CSeq", std::to_string(++dialog.cseq) + " " + std::string(method))
        .lines(lines);
    transactions_.request(branch, sip::method_of(method), draft.finish(body.text, body.type),
                          hop(dialog));
    return branch;
}

void UserAgent::respond(const sip::Message& request, const Packet& packet, int status,
                        std::string_view tag, std::string_view lines) {
    Draft draft = Draft::response(status, status == 200 ? "OK" : "As The Seed Says");
    for (const auto& field : request.headers()) {
        if (field.id == sip::HeaderId::kVia || field.id == sip::HeaderId::kRecordRoute) {
            draft.line(request.name(field), request.value(field));
        }
    }
    std::string to(request.to().text);
    if (request.to().tag.empty()) {
        to.append(";tag=").append(tag);
    }
    draft.line("From", request.from().text)
        .line("To", to)
        .line("Call-ID", request.call_id())
        .line("CSeq", request.value_of(sip::HeaderId::kCSeq))
        .lines(lines);
    transactions_.respond(Transactions::key_of(request), status, draft.finish(),
                          Transactions::reply_to(packet));
}

bool UserAgent::in_order(AgentDialog& dialog, const sip::Message& request) {
    if (dialog.remote_cseq && request.cseq().number <= *dialog.remote_cseq) {
        return false;
    }
    dialog.remote_cseq = request.cseq().number;
    return true;
}

void UserAgent::register_at(const std::string& domain) {
    registration_ = address("sip:" + place_.name + "@" + domain);
    registration_.local_party = registration_.remote_party + ";tag=" + registration_.local_tag;
    registration_.target = "sip:" + domain;
    send_register({});
}

void UserAgent::send_register(std::string_view credentials) {
    (void)send(registration_, "REGISTER",
               contact_line() + "Expires: 60\r\n" + std::string(credentials));
}

void UserAgent::on_registered(const sip::Message& response) {
    if (response.status() == 401 && registration_.cseq == 1) {
        send_register(credentials(place_.name));
    }
}

void UserAgent::after(Millis delay, std::function<void()> what) {
    network_.after(delay, [this, life = life_, what = std::move(what)] {
        if (life == life_) {
            what();
        }
    });
}

void UserAgent::restart() {
    ++life_;
    transactions_.clear();
}

}  // namespace sallyport::sim
