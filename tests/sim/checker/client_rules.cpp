// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/checker/client_rules.h"

namespace sallyport::sim {

using sip::HeaderId;
using sip::Method;

namespace {

std::string name_of(const sip::Message& message) {
    std::string name(message.call_id());
    name.append(" ").append(message.from().tag).append(" ");
    return name.append(std::to_string(message.cseq().number));
}

std::string values_of(const sip::Message& message, HeaderId id) {
    std::string all;
    sip::ValueCursor cursor(message, id);
    while (const auto value = cursor.next()) {
        all.append(*value).append("\n");
    }
    return all;
}

}  // namespace

void ClientRules::on_sent(const Sight& sight) {
    const sip::Message& message = sight.message;
    std::string key(message.top_via().branch);
    if (message.method() == Method::kAck) {
        on_ack(sight);
        return;
    }
    if (message.method() == Method::kCancel) {
        if (clients_.count(key + " CANCEL") == 0) {
            check_cancel(sight);
        }
        key += " CANCEL";
    }
    on_request(sight, key);
}

void ClientRules::on_request(const Sight& sight, const std::string& key) {
    const sip::Message& message = sight.message;
    const bool invite = message.method() == Method::kInvite;
    const auto [found, fresh] = clients_.try_emplace(key);
    Client& client = found->second;
    if (fresh) {
        if (ack_branches_.count(key) > 0) {
            findings_.say(sight, "3261 s.8.1.1.7", "the branch of an earlier ACK");
        }
        client.octets = message.octets();
        client.peer = sight.peer;
        client.method = message.method();
        client.call = call_of(message.from().text);
        client.began = sight.now;
        client.repetition.start(sight.now, !invite);
        if (invite) {
            invites_[name_of(message)] = key;
        }
        return;
    }
    if (client.octets != message.octets()) {
        findings_.say(sight, "C1", "a branch used before, with other octets");
    } else if (client.peer != sight.peer) {
        findings_.say(sight, "C1", "repeated to another address");
    } else if (client.final_status != 0) {
        findings_.say(sight, "C2", "repeated after the final response");
    } else if (invite && client.provisional) {
        findings_.say(sight, "C2", "INVITE repeated after a provisional response");
    } else if (!client.repetition.take(sight.now)) {
        findings_.say(sight, "C1", "repeated at a moment that is none of timer A or E");
    }
}

/// R-URI, Call-ID, From, Via, Route and the CSeq number are the INVITE's (C10, C14).
void ClientRules::check_copy(const Sight& sight, const Client& invite, std::string_view rule) {
    sip::Message of;
    (void)of.parse(invite.octets);
    const sip::Message& message = sight.message;
    if (message.request_uri() != of.request_uri()) {
        findings_.say(sight, rule, "Request-URI is not the INVITE's");
    }
    if (message.top_via().text != of.top_via().text) {
        findings_.say(sight, rule, "Via is not the INVITE's");
    }
    if (message.call_id() != of.call_id() || message.from().text != of.from().text ||
        message.cseq().number != of.cseq().number) {
        findings_.say(sight, rule, "Call-ID, From or CSeq is not the INVITE's");
    }
    if (values_of(message, HeaderId::kRoute) != values_of(of, HeaderId::kRoute)) {
        findings_.say(sight, rule, "Route is not the INVITE's");
    }
    if (sight.peer != invite.peer) {
        findings_.say(sight, rule, "not sent where the INVITE was");
    }
    if (!message.body().empty()) {
        findings_.say(sight, rule, "it has a body");
    }
}

void ClientRules::check_cancel(const Sight& sight) {
    const auto found = clients_.find(std::string(sight.message.top_via().branch));
    if (found == clients_.end() || found->second.method != Method::kInvite) {
        findings_.say(sight, "C14", "CANCEL of no INVITE");
        return;
    }
    Client& invite = found->second;
    check_copy(sight, invite, "C14");
    sip::Message of;
    (void)of.parse(invite.octets);
    if (sight.message.to().text != of.to().text) {
        findings_.say(sight, "C14", "To is not the INVITE's");
    }
    if (!invite.provisional) {
        findings_.say(sight, "C14", "CANCEL before a provisional response");
    }
    if (invite.final_status != 0) {
        findings_.say(sight, "C14", "CANCEL after the final response");
    }
    invite.cancelled = sight.now;
}

void ClientRules::on_ack(const Sight& sight) {
    const auto found = clients_.find(std::string(sight.message.top_via().branch));
    if (found != clients_.end()) {
        check_final_ack(sight, found->second);
    } else {
        on_ack_of_ok(sight);
    }
}

void ClientRules::check_final_ack(const Sight& sight, Client& invite) {
    if (invite.method != Method::kInvite || invite.refused_to.empty()) {
        findings_.say(sight, "C10", "ACK on the branch of a request without a non-2xx final");
        return;
    }
    check_copy(sight, invite, "C10");
    if (sight.message.to().text != invite.refused_to) {
        findings_.say(sight, "C10", "To is not the response's");
    }
    if (invite.final_ack.empty()) {
        invite.final_ack = sight.message.octets();
    } else if (invite.final_ack != sight.message.octets()) {
        findings_.say(sight, "C10", "the repeated ACK differs");
    }
    // The gateway's timer D may end some ticks late.
    const Moment end = invite.final_at + k64T1;
    const bool at_the_end = end <= sight.now && sight.now <= end + kSlack;
    if (!at_the_end && --invite.acks_owed < 0) {
        findings_.say(sight, "C10", "more ACKs than responses");
    }
}

void ClientRules::on_ack_of_ok(const Sight& sight) {
    const sip::Message& message = sight.message;
    const auto name = invites_.find(name_of(message));
    if (name == invites_.end()) {
        findings_.say(sight, "C11", "ACK of no INVITE");
        return;
    }
    Client& invite = clients_.at(name->second);
    const auto ok = invite.oks.find(std::string(message.to().tag));
    if (ok == invite.oks.end()) {
        findings_.say(sight, "C11", "ACK of a 2xx that never came");
        return;
    }
    if (ok->second.ack.empty()) {
        if (!ack_branches_.emplace(message.top_via().branch, message.octets()).second) {
            findings_.say(sight, "C11", "the branch of another ACK");
        }
        ok->second.ack = message.octets();
        ok->second.ack_owed = false;
        return;
    }
    if (ok->second.ack != message.octets()) {
        findings_.say(sight, "E-R3", "the repeated ACK differs");
    }
    if (!ok->second.ack_owed) {
        findings_.say(sight, "E-R3", "ACK repeated without a repeated 2xx");
    }
    ok->second.ack_owed = false;
}

void ClientRules::on_arrival(const Sight& sight) {
    const sip::Message& message = sight.message;
    std::string key(message.top_via().branch);
    if (message.method() == Method::kCancel) {
        key += " CANCEL";
    }
    const auto found = clients_.find(key);
    if (found == clients_.end() || found->second.method != message.method()) {
        return;
    }
    Client& client = found->second;
    if (client.repetition.missed(sight.now)) {
        findings_.say(sight, "C1", "a repetition of the request was due before");
    }
    if (message.status() >= 200) {
        on_final(sight, client);
    } else if (client.final_status == 0) {
        client.provisional = true;
        client.repetition.stop();  // of a non-INVITE, no model sends any
    }
}

void ClientRules::note_timeout(Client& client, Moment now) {
    // Timer B or F has ended it (RFC 3261 Table 4), or nothing came after its CANCEL (s.9.1).
    const bool unanswered = !client.provisional && client.began + k64T1 <= now;
    const bool cancelled = client.cancelled && *client.cancelled + k64T1 <= now;
    if (client.final_status == 0 && (unanswered || cancelled)) {
        client.final_status = 408;
        client.final_at = (unanswered ? client.began : *client.cancelled) + k64T1;
    }
}

void ClientRules::on_final(const Sight& sight, Client& client) {
    const sip::Message& message = sight.message;
    client.repetition.stop();
    note_timeout(client, sight.now);
    if (client.final_status == 0) {
        client.final_status = message.status();
        client.final_at = sight.now;
    }
    if (client.refused_to.empty() && message.status() >= 300) {
        // Also the first after timer B (decision 7), or after a 2xx (E-R12): it gets its ACK.
        client.refused_to = message.to().text;
        client.refused_tag = message.to().tag;
    }
    if (client.method != Method::kInvite) {
        return;
    }
    const bool lives = sight.now < client.final_at + k64T1;
    if (message.status() >= 300) {
        if (lives) {
            ++client.acks_owed;
            handled_ = &client;
        }
        return;
    }
    // Behind a refusal only the 2xx of another fork counts (E-R7, E-R12).
    const bool contradicts = client.final_status >= 300 && client.refused_tag == message.to().tag;
    if (contradicts || !lives) {
        return;
    }
    const auto [ok, fresh] = client.oks.try_emplace(std::string(message.to().tag));
    if (fresh) {
        ok->second.first = sight.now;
    } else if (!ok->second.ack.empty()) {
        ok->second.ack_owed = true;
        handled_ = &client;
    }
}

/// The ACK of a non-2xx, and that of a repeated 2xx, leave at once.
void ClientRules::on_handled(Moment now) {
    if (handled_ == nullptr) {
        return;
    }
    if (handled_->acks_owed > 0) {
        findings_.say(now, handled_->call, "C10", "a non-2xx final was not acknowledged");
    }
    for (auto& [tag, ok] : handled_->oks) {
        if (ok.ack_owed) {
            findings_.say(now, handled_->call, "E-R3",
                          "a repeated 2xx was not acknowledged again, To tag " + tag);
            ok.ack_owed = false;
        }
    }
    handled_ = nullptr;
}

void ClientRules::finish(Moment now) {
    for (const auto& [key, client] : clients_) {
        const std::string line = client.octets.substr(0, client.octets.find("\r\n"));
        if (client.repetition.missed(now)) {
            findings_.say(now, client.call, "C1", "not repeated until timer B or F: " + line);
        }
        for (const auto& [tag, ok] : client.oks) {
            if (ok.ack.empty()) {
                findings_.say(now, client.call, "C11",
                              "2xx never acknowledged, To tag " + tag + ": " + line);
            }
        }
    }
}

}  // namespace sallyport::sim
