// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/checker/server_rules.h"

namespace sallyport::sim {

using sip::HeaderId;
using sip::Method;

namespace {

std::string key_of(const sip::Message& message, std::string_view method) {
    const sip::Via& via = message.top_via();
    std::string key(via.branch);
    key.append(" ").append(via.host).append(":");
    key.append(std::to_string(via.port.value_or(Port{5060}).value));
    return key.append(" ").append(method);
}

std::string_view method_name(const sip::Message& message) {
    return message.is_request() ? message.method_name()
                                : message.value_of(HeaderId::kCSeq)
                                      .substr(message.value_of(HeaderId::kCSeq).rfind(' ') + 1);
}

}  // namespace

void ServerRules::on_arrival(const Sight& sight) {
    const sip::Message& message = sight.message;
    if (!message.is_request()) {
        if (message.status() == 481) {
            end_dialog(message);  // its other end has forgotten it (E-R9)
        }
        return;
    }
    if (message.method() == Method::kAck) {
        on_ack(sight);
        return;
    }
    const std::string key = key_of(message, message.method_name());
    const auto [found, fresh] = servers_.try_emplace(key);
    Server& server = found->second;
    if (!fresh) {
        server.repeated = sight.now;
        return;
    }
    server.octets = message.octets();
    server.peer = sight.peer;
    server.method = message.method();
    server.call = call_of(message.from().text);
    server.came = sight.now;
    server.repeated = Moment{Millis{-1}};
    if (message.method() == Method::kInvite) {
        fresh_invite_ = key;
    } else if (message.method() == Method::kBye) {
        end_dialog(message);
    }
}

void ServerRules::end_dialog(const sip::Message& of) {
    for (auto& [key, server] : servers_) {
        server.bye |= server.method == Method::kInvite &&
                      server.octets.find(of.call_id()) != std::string::npos;
    }
}

void ServerRules::on_ack(const Sight& sight) {
    const sip::Message& ack = sight.message;
    auto found = servers_.find(key_of(ack, "INVITE"));
    if (found == servers_.end()) {
        for (found = servers_.begin(); found != servers_.end(); ++found) {
            const Server& server = found->second;
            sip::Message answer;
            if (server.method == Method::kInvite && server.last_status / 100 == 2 &&
                answer.parse(server.final_octets).ok() && answer.call_id() == ack.call_id() &&
                answer.cseq().number == ack.cseq().number && answer.to().tag == ack.to().tag) {
                break;
            }
        }
    }
    if (found == servers_.end() || found->second.last_status < 200) {
        return;
    }
    if (missed(found->second, sight.now)) {
        findings_.say(sight, "C1", "a repetition of the final was due before this ACK");
    }
    found->second.acked = true;
    found->second.repetition.stop();
}

void ServerRules::check_vias(const Sight& sight, const sip::Message& request) {
    sip::ValueCursor asked(request, HeaderId::kVia);
    sip::ValueCursor given(sight.message, HeaderId::kVia);
    (void)asked.next();
    const auto top = given.next();
    const sip::Via& was = request.top_via();
    const sip::Via& is = sight.message.top_via();
    if (!top || is.host != was.host || is.branch != was.branch || is.transport != was.transport) {
        findings_.say(sight, "D11", "the top Via is not the request's");
    }
    if (was.rport && (!is.rport || *is.rport != std::to_string(sight.peer.port.value) ||
                      is.received != sight.peer.ip.to_string())) {
        findings_.say(sight, "B5", "received or rport is not the source of the request");
    }
    for (;;) {
        const auto a = asked.next();
        const auto b = given.next();
        if (a != b) {
            findings_.say(sight, "D11", "the lower Vias are not the request's");
        }
        if (!a || !b) {
            return;
        }
    }
}

void ServerRules::check_echo(const Sight& sight, const Server& server) {
    sip::Message request;
    (void)request.parse(server.octets);
    const sip::Message& message = sight.message;
    check_vias(sight, request);
    if (sight.peer != server.peer) {
        findings_.say(sight, "B6", "not sent where the request came from");
    }
    if (message.from().text != request.from().text || message.call_id() != request.call_id() ||
        message.value_of(HeaderId::kCSeq) != request.value_of(HeaderId::kCSeq)) {
        findings_.say(sight, "3261 s.8.2.6.2", "From, Call-ID or CSeq is not the request's");
    }
    const bool tagged = !request.to().tag.empty();
    const bool same = message.to().text == request.to().text;
    const bool grown = message.to().text.substr(0, request.to().text.size()) == request.to().text;
    if (tagged ? !same : !grown) {
        findings_.say(sight, "3261 s.8.2.6.2", "To is not the request's");
    }
    if (server.method != Method::kInvite || tagged || message.status() <= 100 ||
        message.status() >= 300) {
        return;
    }
    sip::ValueCursor asked(request, HeaderId::kRecordRoute);
    sip::ValueCursor given(message, HeaderId::kRecordRoute);
    for (auto a = asked.next(), b = given.next(); a || b; a = asked.next(), b = given.next()) {
        if (a != b) {
            findings_.say(sight, "D6", "Record-Route is not the request's");
            return;
        }
    }
}

void ServerRules::check_provisional(const Sight& sight, const Server& server) {
    constexpr Millis kNotBefore{3'500};
    if (server.last_status >= 200) {
        findings_.say(sight, "3261 s.17.2.1", "a provisional response after the final");
    }
    if (server.method != Method::kInvite && sight.now < server.came + kNotBefore) {
        findings_.say(sight, "4320 s.4.1", "100 to a non-INVITE before 3.5 s");
    }
}

void ServerRules::on_sent(const Sight& sight) {
    if (sight.message.is_request()) {
        if (sight.message.method() == Method::kBye) {
            end_dialog(sight.message);
        }
        return;
    }
    const auto found = servers_.find(key_of(sight.message, method_name(sight.message)));
    if (found == servers_.end()) {
        findings_.say(sight, "3261 s.17.2.3", "a response to no request");
        return;
    }
    Server& server = found->second;
    check_echo(sight, server);
    if (sight.message.status() < 200) {
        check_provisional(sight, server);
        server.last_status = std::max(server.last_status, sight.message.status());
        return;
    }
    on_final(sight, server);
}

void ServerRules::on_final(const Sight& sight, Server& server) {
    const sip::Message& message = sight.message;
    const bool invite = server.method == Method::kInvite;
    if (server.last_status < 200) {
        server.last_status = message.status();
        server.final_octets = message.octets();
        if (invite) {
            server.repetition.start(sight.now, true);
        }
        return;
    }
    if (server.final_octets != message.octets()) {
        findings_.say(
            sight, "3261 s.17.2",
            "a second final that differs from the first, " + std::to_string(server.last_status));
        return;
    }
    const bool asked = server.repeated == sight.now;
    server.repeated = Moment{Millis{-1}};  // one for each request; timer G may be due as well
    if (!invite) {
        if (!asked) {
            findings_.say(sight, "3261 s.17.2.2", "final repeated though the request was not");
        }
    } else if (server.acked) {
        findings_.say(sight, "3261 s.17.2.1", "final repeated after its ACK");
    } else if (!(asked && message.status() >= 300) && !server.repetition.take(sight.now)) {
        findings_.say(sight, "C1", "final repeated at a moment that is none of timer G");
    }
}

/// C3: an INVITE is answered at once.
void ServerRules::on_handled(Moment now) {
    if (fresh_invite_.empty()) {
        return;
    }
    const Server& invite = servers_.at(fresh_invite_);
    if (invite.last_status == 0) {
        findings_.say(now, invite.call, "C3", "an INVITE got no 100");
    }
    fresh_invite_.clear();
}

void ServerRules::finish(Moment now) {
    for (const auto& [key, server] : servers_) {
        const std::string line = server.octets.substr(0, server.octets.find("\r\n"));
        const bool owed = server.method == Method::kInvite || server.method == Method::kBye ||
                          server.method == Method::kCancel;
        if (owed && server.last_status < 200) {
            findings_.say(now, server.call, "3261 s.17.2", "never got a final: " + line);
        }
        if (missed(server, now)) {
            findings_.say(now, server.call, "C1", "final not repeated for 64*T1: " + line);
        }
    }
}

}  // namespace sallyport::sim
