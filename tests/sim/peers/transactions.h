// SPDX-License-Identifier: Apache-2.0
// The transactions of one peer over UDP, RFC 3261 s.17, written for the models alone so that they
// do not share the gateway's mistakes: client requests are repeated and time out, requests that
// come twice are answered twice, finals of INVITE are repeated until their ACK. Owner: one peer.
// Tests only.
#pragma once

#include "b2bua/sip/message.h"
#include "tests/sim/network.h"

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sallyport::sim {

class TransactionUser {
public:
    virtual ~TransactionUser() = default;
    /// A new request other than ACK. It is answered by respond().
    virtual void on_request(const sip::Message& request, const Packet& packet) = 0;
    /// The first ACK of a 2xx, or one that fits nothing.
    virtual void on_ack(const sip::Message& ack) = 0;
    /// Each 1xx and the final; of INVITE each 2xx that no acknowledge() has answered.
    virtual void on_response(const std::string& branch, const sip::Message& response) = 0;
    virtual void on_timeout(const std::string& branch, sip::Method method) = 0;
    /// 64*T1 without an ACK of the 2xx to this INVITE.
    virtual void on_unacknowledged(std::uint32_t cseq) = 0;
};

class Transactions {
public:
    Transactions(Network& network, const Endpoint& own, TransactionUser& user)
        : network_(network), own_(own), user_(user) {}

    void receive(const Packet& packet);
    /// branch: the one in its top Via.
    void request(const std::string& branch, sip::Method method, std::string octets,
                 const Endpoint& to);
    /// The ACK of a 2xx of that client INVITE under that To tag, sent now and for each repetition.
    void acknowledge(const std::string& branch, std::string_view to_tag, std::string octets,
                     const Endpoint& to);
    /// Answers a request that came under this key; a second final is sent as it is (a vice).
    void respond(const std::string& key, int status, std::string octets, const Endpoint& to);
    /// A 2xx that a proxy passes on: its callee repeats it, not we.
    void pass_2xx(const std::string& key, std::string octets, const Endpoint& to);
    [[nodiscard]] static std::string key_of(const sip::Message& request);
    [[nodiscard]] bool has_final(const std::string& key) const;
    [[nodiscard]] bool knows_server(const std::string& key) const {
        return servers_.count(key) > 0;
    }
    [[nodiscard]] bool knows_client(const std::string& branch) const {
        return clients_.count(branch) > 0;
    }
    [[nodiscard]] bool finished(const std::string& branch) const;
    [[nodiscard]] bool has_provisional(const std::string& branch) const;
    /// Everything is forgotten, as by a restart.
    void clear();
    void send(std::string octets, const Endpoint& to) {
        network_.send({own_, to, std::move(octets)});
    }
    /// Where the answer to this request goes: to its source, as its Via asks by rport (RFC 3581).
    [[nodiscard]] static Endpoint reply_to(const Packet& packet) { return packet.from; }

private:
    struct Sent {
        std::string octets;
        Endpoint to;
    };
    struct Client {
        sip::Method method;
        Sent request;
        bool provisional{false};
        int final_status{0};
        std::string final_ack;             // of a non-2xx
        std::map<std::string, Sent> acks;  // of 2xx, by To tag
    };
    struct Server {
        sip::Method method;
        std::uint32_t cseq{0};
        std::string call_id;
        int status{0};
        Sent answer;
        bool acked{false};
    };

    void on_request(const sip::Message& request, const Packet& packet);
    void on_ack(const sip::Message& ack);
    void on_response(const sip::Message& response);
    void on_final(const std::string& branch, Client& client, const sip::Message& response);
    void repeat_request(const std::string& branch, Millis interval, Moment end);
    void repeat_answer(const std::string& key, Millis interval, Moment end);

    Network& network_;
    Endpoint own_;
    TransactionUser& user_;
    std::unordered_map<std::string, Client> clients_;
    std::unordered_map<std::string, Server> servers_;
    sip::Message message_;
    std::uint64_t life_{0};  // timers of an earlier one find nothing
};

}  // namespace sallyport::sim
