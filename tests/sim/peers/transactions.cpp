// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/peers/transactions.h"

#include "tests/sim/peers/draft.h"

#include <algorithm>

namespace sallyport::sim {
namespace {

constexpr Millis kT1{500};
constexpr Millis kT2{4000};
constexpr std::string_view kOfCancel = " CANCEL";  // its branch is the INVITE's

/// RFC 3261 s.17.1.1.3: the ACK of a non-2xx, from the INVITE and its answer.
std::string ack_for(const std::string& invite, const sip::Message& response) {
    sip::Message message;
    (void)message.parse(invite);
    Draft draft = Draft::request("ACK", message.request_uri());
    draft.line("Via", message.top_via().text);
    for (const auto& field : message.headers()) {
        if (field.id == sip::HeaderId::kRoute) {
            draft.line("Route", message.value(field));
        }
    }
    return draft.line("Max-Forwards", "70")
        .line("From", message.from().text)
        .line("To", response.to().text)
        .line("Call-ID", message.call_id())
        .line("CSeq", std::to_string(message.cseq().number) + " ACK")
        .finish();
}

}  // namespace

std::string Transactions::key_of(const sip::Message& request) {
    std::string key(request.top_via().branch);
    return key.append(" ").append(request.method_name());
}

void Transactions::clear() {
    clients_.clear();
    servers_.clear();
    ++life_;
}

bool Transactions::has_final(const std::string& key) const {
    const auto found = servers_.find(key);
    return found == servers_.end() || found->second.status >= 200;
}

bool Transactions::finished(const std::string& branch) const {
    const auto found = clients_.find(branch);
    return found == clients_.end() || found->second.final_status != 0;
}

bool Transactions::has_provisional(const std::string& branch) const {
    const auto found = clients_.find(branch);
    return found != clients_.end() && found->second.provisional;
}

void Transactions::receive(const Packet& packet) {
    if (!message_.parse(packet.payload).ok()) {
        return;  // the checker complains
    }
    if (!message_.is_request()) {
        on_response(message_);
    } else if (message_.method() == sip::Method::kAck) {
        on_ack(message_);
    } else {
        on_request(message_, packet);
    }
}

void Transactions::on_request(const sip::Message& request, const Packet& packet) {
    const std::string key = key_of(request);
    if (const auto found = servers_.find(key); found != servers_.end()) {
        if (!found->second.answer.octets.empty()) {
            send(found->second.answer.octets, found->second.answer.to);
        }
        return;
    }
    Server server{};
    server.method = request.method();
    server.cseq = request.cseq().number;
    server.call_id = request.call_id();
    servers_.emplace(key, std::move(server));
    user_.on_request(request, packet);
}

void Transactions::on_ack(const sip::Message& ack) {
    std::string key(ack.top_via().branch);
    if (const auto found = servers_.find(key.append(" INVITE")); found != servers_.end()) {
        found->second.acked = true;
        return;
    }
    for (auto& [name, server] : servers_) {
        if (server.method == sip::Method::kInvite && server.cseq == ack.cseq().number &&
            server.call_id == ack.call_id() && server.status / 100 == 2) {
            if (!server.acked) {
                server.acked = true;
                user_.on_ack(ack);
            }
            return;
        }
    }
    user_.on_ack(ack);
}

void Transactions::on_response(const sip::Message& response) {
    std::string branch(response.top_via().branch);
    if (response.method() == sip::Method::kCancel) {
        branch += kOfCancel;
    }
    const auto found = clients_.find(branch);
    if (found == clients_.end() || found->second.method != response.method()) {
        return;
    }
    Client& client = found->second;
    if (response.status() < 200) {
        client.provisional = true;
        if (client.final_status == 0) {
            user_.on_response(branch, response);
        }
        return;
    }
    on_final(branch, client, response);
}

void Transactions::on_final(const std::string& branch, Client& client,
                            const sip::Message& response) {
    const bool first = client.final_status == 0;
    const bool ok = response.status() < 300;
    client.final_status = first ? response.status() : client.final_status;
    if (client.method != sip::Method::kInvite) {
        if (first) {
            user_.on_response(branch, response);
        }
        return;
    }
    if (!ok) {
        if (client.final_ack.empty()) {
            client.final_ack = ack_for(client.request.octets, response);
        }
        send(client.final_ack, client.request.to);
        if (first) {
            user_.on_response(branch, response);
        }
        return;
    }
    const auto ack = client.acks.find(std::string(response.to().tag));
    if (ack != client.acks.end()) {
        send(ack->second.octets, ack->second.to);
    } else {
        user_.on_response(branch, response);
    }
}

void Transactions::request(const std::string& branch, sip::Method method, std::string octets,
                           const Endpoint& to) {
    Client client{};
    client.method = method;
    client.request = {std::move(octets), to};
    std::string key = branch;
    if (method == sip::Method::kCancel) {
        key += kOfCancel;
    }
    clients_.insert_or_assign(key, std::move(client));
    repeat_request(key, kT1, network_.now() + kT1 * 64);
}

void Transactions::repeat_request(const std::string& branch, Millis interval, Moment end) {
    const auto found = clients_.find(branch);
    if (found == clients_.end() || found->second.final_status != 0) {
        return;
    }
    const Client& client = found->second;
    const bool invite = client.method == sip::Method::kInvite;
    if (invite && client.provisional) {
        return;
    }
    if (end <= network_.now()) {
        found->second.final_status = 408;
        user_.on_timeout(branch, client.method);
        return;
    }
    send(client.request.octets, client.request.to);
    const Millis next = invite ? interval * 2 : std::min(interval * 2, kT2);
    const Millis wait = std::min(interval, end - network_.now());
    network_.after(wait, [this, branch, next, end, life = life_] {
        if (life == life_) {
            repeat_request(branch, next, end);
        }
    });
}

void Transactions::acknowledge(const std::string& branch, std::string_view to_tag,
                               std::string octets, const Endpoint& to) {
    const auto found = clients_.find(branch);
    if (found == clients_.end()) {
        return;
    }
    send(octets, to);
    found->second.acks.emplace(to_tag, Sent{std::move(octets), to});
}

void Transactions::respond(const std::string& key, int status, std::string octets,
                           const Endpoint& to) {
    const auto found = servers_.find(key);
    if (found == servers_.end()) {
        return;
    }
    Server& server = found->second;
    if (server.status >= 200) {
        send(std::move(octets), to);
        return;
    }
    server.status = status;
    server.answer = {std::move(octets), to};
    if (server.method == sip::Method::kInvite && status >= 200) {
        repeat_answer(key, kT1, network_.now() + kT1 * 64);
    } else {
        send(server.answer.octets, to);
    }
}

void Transactions::pass_2xx(const std::string& key, std::string octets, const Endpoint& to) {
    if (const auto found = servers_.find(key); found != servers_.end()) {
        found->second.status = 200;
        found->second.acked = true;
        found->second.answer = {};
        send(std::move(octets), to);
    }
}

void Transactions::repeat_answer(const std::string& key, Millis interval, Moment end) {
    const auto found = servers_.find(key);
    if (found == servers_.end() || found->second.acked) {
        return;
    }
    const Server& server = found->second;
    if (end <= network_.now()) {
        if (server.status < 300) {
            user_.on_unacknowledged(server.cseq);
        }
        return;
    }
    send(server.answer.octets, server.answer.to);
    network_.after(std::min(interval, end - network_.now()),
                   [this, key, next = std::min(interval * 2, kT2), end, life = life_] {
                       if (life == life_) {
                           repeat_answer(key, next, end);
                       }
                   });
}

}  // namespace sallyport::sim
