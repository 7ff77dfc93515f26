// SPDX-License-Identifier: Apache-2.0
// A Layer in virtual time: records every octet sent with its moment, every call to the user, and
// lets a test act from within those calls. Messages are built from parts, so that a test shows only
// what matters to it.
#pragma once

#include "b2bua/sip/message.h"
#include "b2bua/transaction/layer.h"
#include "b2bua/transaction/reply.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::transaction {

inline constexpr Moment ms(std::int64_t value) {
    return {Millis(value)};
}

inline Flow phone_flow() {
    return {RealmId{0},
            Transport::kUdp,
            {IpAddr::v4(0xc0000201), Port{5060}},   // 192.0.2.1
            {IpAddr::v4(0xc000020a), Port{5060}}};  // 192.0.2.10
}

/// A transport of the issue after this one: reliable, as TCP will be.
inline Flow stream_flow() {
    Flow flow = phone_flow();
    flow.transport = static_cast<Transport>(1);
    return flow;
}

struct RequestText {
    std::string method{"INVITE"};
    std::string uri{"sip:bob@example.com"};
    std::string via{"SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKa1"};
    std::string from{"<sip:alice@example.com>;tag=alice1"};
    std::string to{"<sip:bob@example.com>"};
    std::string call_id{"call-1"};
    std::string cseq{"1"};
    std::string cseq_method{};  // empty: as method
    std::string extra{};        // header lines

    [[nodiscard]] std::string text() const {
        return method + " " + uri + " SIP/2.0\r\nVia: " + via +
               "\r\nMax-Forwards: 70\r\nFrom: " + from + "\r\nTo: " + to +
               "\r\nCall-ID: " + call_id + "\r\nCSeq: " + cseq + " " +
               (cseq_method.empty() ? method : cseq_method) + "\r\n" + extra +
               (method == "INVITE" ? "Contact: <sip:alice@192.0.2.10>\r\n" : "") +
               "Content-Length: 0\r\n\r\n";
    }
};

/// A peer's response to a request that we sent.
inline std::string response_text(std::string_view request, int status,
                                 std::string_view to_tag = "bob1") {
    sip::Message message;
    EXPECT_TRUE(message.parse(request).ok());
    std::string to(message.to().text);
    if (message.to().tag.empty() && status > 100) {
        to += ";tag=" + std::string(to_tag);
    }
    return "SIP/2.0 " + std::to_string(status) +
           " Text\r\nVia: " + std::string(message.top_via().text) +
           "\r\nFrom: " + std::string(message.from().text) + "\r\nTo: " + to +
           "\r\nCall-ID: " + std::string(message.call_id()) +
           "\r\nCSeq: " + std::to_string(message.cseq().number) + " " +
           std::string(message.cseq().method_name) + "\r\nContent-Length: 0\r\n\r\n";
}

struct Sent {
    Moment at;
    Flow flow;
    std::string octets;
};

class Wire : public Sender {
public:
    explicit Wire(const Moment& now) : now_(now) {}
    bool send(const Flow& flow, std::string_view message) noexcept override {
        if (!failing) {
            sent.push_back({now_, flow, std::string(message)});
        }
        return !failing;
    }
    std::vector<Sent> sent;
    bool failing{false};

private:
    const Moment& now_;
};

class Recorder : public User {
public:
    void on_request(ServerHandle server, const sip::Message& request, const Flow&) override {
        note("request " + std::string(request.method_name()));
        last_server = server;
        servers.push_back(server);
        if (request_hook) {
            request_hook(server, request);
        }
    }
    void on_cancel(ServerHandle invite, const sip::Message&) override {
        note("cancel");
        if (cancel_hook) {
            cancel_hook(invite);
        }
    }
    void on_ack(ServerHandle server, const sip::Message&, const Flow&) override {
        note(server ? "ack" : "ack without transaction");
        if (ack_hook) {
            ack_hook(server);
        }
    }
    void on_response(ClientHandle client, UserRef ref, const sip::Message& response,
                     const Flow&) override {
        note("response " + std::to_string(response.status()));
        last_ref = ref;
        if (response_hook) {
            response_hook(client, response);
        }
    }
    void on_stray_2xx(const sip::Message& response, const Flow&) override {
        note("stray " + std::to_string(response.status()));
    }
    void on_client_failed(ClientHandle client, UserRef ref, ClientFailure failure) override {
        constexpr const char* kNames[] = {"timeout", "timer c", "transport"};
        note(std::string("failed ") + kNames[static_cast<std::size_t>(failure)]);
        last_ref = ref;
        if (failed_hook) {
            failed_hook(client, failure);
        }
    }
    void on_server_ended(ServerHandle server, UserRef ref) override {
        note("ended");
        last_ref = ref;
        if (ended_hook) {
            ended_hook(server);
        }
    }

    std::vector<std::string> log;
    std::vector<ServerHandle> servers;
    ServerHandle last_server;
    UserRef last_ref;
    std::function<void(ServerHandle, const sip::Message&)> request_hook;
    std::function<void(ServerHandle)> cancel_hook;
    std::function<void(ServerHandle)> ack_hook;
    std::function<void(ClientHandle, const sip::Message&)> response_hook;
    std::function<void(ClientHandle, ClientFailure)> failed_hook;
    std::function<void(ServerHandle)> ended_hook;
    bool quiet{false};  // do not grow log

private:
    void note(std::string text) {
        if (!quiet) {
            log.push_back(std::move(text));
        }
    }
};

inline Settings small_settings() {
    Settings settings;
    settings.max_transactions = 256;
    settings.secret = {0x1234, 0x5678};
    return settings;
}

class Bench {
public:
    explicit Bench(const Settings& settings = small_settings()) : layer(settings, wire, user) {}

    void receive(const std::string& octets, const Flow& flow = phone_flow()) {
        auto message = std::make_unique<sip::Message>();
        // A copy of its own on the heap: whoever keeps a view into it is caught by the sanitizer.
        const auto copy = std::make_unique<std::string>(octets);
        ASSERT_TRUE(message->parse(*copy).ok()) << octets;
        layer.receive(*message, flow, now);
    }

    /// Lets time pass, stopping at each moment when a timer is due.
    void run_until(std::int64_t target) {
        while (layer.next_deadline() <= ms(target)) {
            now = std::max(now, layer.next_deadline());
            layer.advance(now);
        }
        now = ms(target);
        layer.advance(now);
    }

    ServerHandle open(const std::string& request, const Flow& flow = phone_flow()) {
        receive(request, flow);
        return user.last_server;
    }

    bool answer(ServerHandle server, int status, std::string_view to_tag = "gate1") {
        Reply with;
        with.status = status;
        with.to_tag = to_tag;
        return reply(layer, server, with, now);
    }

    /// When something that starts like this was sent, in ms.
    [[nodiscard]] std::vector<std::int64_t> times(std::string_view start) const {
        std::vector<std::int64_t> found;
        for (const Sent& one : wire.sent) {
            if (one.octets.starts_with(start)) {
                found.push_back(one.at.since_start.count());
            }
        }
        return found;
    }
    /// All different texts sent that start like this: one when every retransmission is identical.
    [[nodiscard]] std::vector<std::string> texts(std::string_view start) const {
        std::vector<std::string> found;
        for (const Sent& one : wire.sent) {
            if (one.octets.starts_with(start) &&
                std::find(found.begin(), found.end(), one.octets) == found.end()) {
                found.push_back(one.octets);
            }
        }
        return found;
    }

    void expect_empty() const {
        const Gauges gauges = layer.gauges();
        EXPECT_EQ(gauges.invite_clients + gauges.invite_servers + gauges.clients + gauges.servers,
                  0U);
        EXPECT_EQ(gauges.timers, 0U);
        EXPECT_EQ(layer.next_deadline(), ms(Millis::max().count()));
    }

    Moment now;
    Wire wire{now};
    Recorder user;
    Layer layer;
};

using Log = std::vector<std::string>;
using Times = std::vector<std::int64_t>;

}  // namespace sallyport::transaction
