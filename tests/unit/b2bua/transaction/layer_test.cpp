// SPDX-License-Identifier: Apache-2.0
// The Layer under its user: calls back from within every notification, stale handles, full tables,
// no leak, no allocation for retransmissions.
#include "b2bua/transaction/counters.h"
#include "tests/unit/b2bua/transaction/allocation_count.h"
#include "tests/unit/b2bua/transaction/bench.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>

namespace sallyport::transaction {
namespace {

RequestText numbered(const std::string& method, int n) {
    RequestText request;
    request.method = method;
    request.via += "-" + std::to_string(n);
    request.call_id = "call-" + std::to_string(n);
    return request;
}

TEST(Reentrancy, respond_inside_on_request) {
    Bench bench;
    bench.user.request_hook = [&](ServerHandle server, const sip::Message& request) {
        if (request.method() == sip::Method::kInvite) {
            EXPECT_TRUE(bench.answer(server, 180));
        }
        EXPECT_TRUE(bench.answer(server, 404));
        EXPECT_FALSE(bench.answer(server, 404));
        EXPECT_EQ(request.call_id().substr(0, 5), "call-") << "the message is still whole";
    };
    bench.receive(numbered("INVITE", 1).text());
    bench.receive(numbered("OPTIONS", 2).text());
    bench.run_until(64000);
    bench.expect_empty();
}

TEST(Reentrancy, cancel_and_requests_inside_on_response) {
    Bench bench;
    int more = 0;
    bench.user.response_hook = [&](ClientHandle client, const sip::Message& response) {
        bench.layer.cancel(client, {}, bench.now);
        for (int i = 0; i < 40; ++i) {  // the tables grow while the notification runs
            EXPECT_TRUE(bench.layer.request(numbered("OPTIONS", 100 + more++).text(), phone_flow(),
                                            {}, bench.now));
        }
        EXPECT_EQ(response.status(), 180);
        bench.user.response_hook = nullptr;
    };
    ASSERT_TRUE(bench.layer.request(RequestText{}.text(), phone_flow(), {}, bench.now));
    bench.receive(response_text(RequestText{}.text(), 180));
    EXPECT_EQ(bench.times("CANCEL").size(), 1U);
    EXPECT_EQ(bench.times("OPTIONS").size(), 40U);
    bench.run_until(64000);
    bench.expect_empty();
}

TEST(Reentrancy, the_next_attempt_inside_on_client_failed) {
    Bench bench;
    int attempts = 1;
    bench.user.failed_hook = [&](ClientHandle client, ClientFailure) {
        EXPECT_FALSE(bench.layer.request("", phone_flow(), {}, bench.now));
        bench.layer.cancel(client, {}, bench.now);  // over already: no effect
        if (++attempts <= 3) {
            EXPECT_TRUE(bench.layer.request(numbered("INVITE", attempts).text(), phone_flow(), {},
                                            bench.now));
        }
    };
    ASSERT_TRUE(bench.layer.request(numbered("INVITE", 1).text(), phone_flow(), {}, bench.now));
    bench.run_until(4 * 32000);
    EXPECT_EQ(bench.user.log, (Log{"failed timeout", "failed timeout", "failed timeout"}));
    bench.expect_empty();
}

TEST(Reentrancy, other_transactions_inside_on_cancel_on_ack_and_on_server_ended) {
    Bench bench;
    const auto touch = [&](ServerHandle server) {
        bench.layer.abandon(server, bench.now);
        bench.layer.attach(server, UserRef{1});
        (void)bench.layer.request(numbered("OPTIONS", 50).text(), phone_flow(), {}, bench.now);
    };
    bench.user.cancel_hook = touch;
    bench.user.ack_hook = touch;
    bench.user.ended_hook = touch;
    bench.receive(numbered("INVITE", 1).text());
    bench.receive(numbered("CANCEL", 1).text());
    const ServerHandle accepted = bench.open(numbered("INVITE", 2).text());
    ASSERT_TRUE(bench.answer(accepted, 200));
    RequestText ack = numbered("ACK", 2);
    ack.to += ";tag=gate1";
    bench.receive(ack.text());
    bench.run_until(50000);
    bench.user.ended_hook = nullptr;
    bench.run_until(200000);
    bench.expect_empty();
}

TEST(StaleHandles, are_harmless_everywhere) {
    Bench bench;
    const ServerHandle server = bench.open(numbered("OPTIONS", 1).text());
    ASSERT_TRUE(bench.answer(server, 200));
    const ClientHandle client =
        bench.layer.request(numbered("INVITE", 2).text(), phone_flow(), {}, bench.now);
    bench.run_until(64000);
    bench.expect_empty();
    bench.open(numbered("OPTIONS", 3).text());  // takes the places of those that are gone
    ASSERT_TRUE(bench.layer.request(numbered("INVITE", 4).text(), phone_flow(), {}, bench.now));
    const std::size_t sent = bench.wire.sent.size();
    for (const ServerHandle stale : {server, ServerHandle{}, ServerHandle{77, 77}}) {
        EXPECT_FALSE(bench.answer(stale, 200));
        EXPECT_FALSE(bench.layer.respond(stale, 200, "x", bench.now));
        bench.layer.attach(stale, UserRef{1});
        bench.layer.abandon(stale, bench.now);
        bench.layer.set_to_tag(stale, "x");
        EXPECT_EQ(bench.layer.ref_of(stale), UserRef{});
        EXPECT_EQ(bench.layer.flow_of(stale), nullptr);
        EXPECT_EQ(bench.layer.request_of(stale), nullptr);
        EXPECT_EQ(bench.layer.vias_of(stale), "");
        EXPECT_EQ(bench.layer.to_tag_of(stale), "");
        EXPECT_FALSE(bench.layer.awaiting_final(stale));
    }
    for (const ClientHandle stale : {client, ClientHandle{}, ClientHandle{77, 77}}) {
        bench.layer.cancel(stale, "SIP;cause=200", bench.now);
    }
    EXPECT_EQ(bench.wire.sent.size(), sent);
}

TEST(RequestOf, shows_the_stored_request) {
    Bench bench;
    const ServerHandle one = bench.open(numbered("OPTIONS", 1).text());
    const ServerHandle two = bench.open(numbered("OPTIONS", 2).text());
    ASSERT_NE(bench.layer.request_of(one), nullptr);
    EXPECT_EQ(bench.layer.request_of(one)->octets(), numbered("OPTIONS", 1).text());
    EXPECT_EQ(bench.layer.request_of(two)->call_id(), "call-2");
}

TEST(TableFull, B2BUA_C22_503_with_retry_after_and_room_kept_for_dialogs) {
    Settings settings = small_settings();
    settings.max_transactions = 32;  // 16 servers, two of them kept
    Bench bench(settings);
    for (int i = 0; i < 20; ++i) {
        bench.receive(numbered("INVITE", i).text());
    }
    EXPECT_EQ(bench.user.log.size(), 14U);
    EXPECT_EQ(bench.times("SIP/2.0 503").size(), 6U);
    EXPECT_EQ(bench.layer.counters().table_full.read(), 6U);
    for (const std::string& text : bench.texts("SIP/2.0 503")) {
        const std::size_t at = text.find("\r\nRetry-After: ");
        ASSERT_NE(at, std::string::npos);
        const int seconds = std::stoi(text.substr(at + 15));
        EXPECT_GE(seconds, 5);
        EXPECT_LE(seconds, 15);
    }
    bench.receive(numbered("INVITE", 19).text());
    EXPECT_EQ(bench.texts("SIP/2.0 503").size(), 6U)
        << "its retransmission gets the same answer (C17)";

    for (int i = 20; i < 23;
         ++i) {  // in a dialog: the room that was kept, then 503 as well, never silence
        RequestText bye = numbered("BYE", i);
        bye.to += ";tag=x";
        bench.receive(bye.text());
    }
    EXPECT_EQ(bench.user.log.size(), 16U);
    EXPECT_EQ(bench.times("SIP/2.0 503").size(), 8U);

    RequestText cancel = numbered("CANCEL", 0);
    bench.receive(cancel.text());
    EXPECT_EQ(bench.user.log.back(), "cancel") << "CANCEL needs no room";
}

TEST(TableFull, a_request_of_ours_gets_an_empty_handle) {
    Settings settings = small_settings();
    settings.max_transactions = 8;
    Bench bench(settings);
    for (int i = 0; i < 4; ++i) {
        EXPECT_TRUE(bench.layer.request(numbered("INVITE", i).text(), phone_flow(), {}, bench.now));
    }
    EXPECT_FALSE(bench.layer.request(numbered("INVITE", 4).text(), phone_flow(), {}, bench.now));
    EXPECT_EQ(bench.times("INVITE").size(), 4U);
}

TEST(TableFull, a_cancel_still_goes_out_once) {
    Settings settings = small_settings();
    settings.max_transactions = 2;
    Bench bench(settings);
    const ClientHandle invite =
        bench.layer.request(RequestText{}.text(), phone_flow(), {}, bench.now);
    bench.receive(response_text(RequestText{}.text(), 180));
    bench.layer.cancel(invite, {}, bench.now);
    bench.run_until(64000);
    EXPECT_EQ(bench.times("CANCEL"), Times{0});
    EXPECT_EQ(bench.user.log, (Log{"response 180", "failed timeout"}));
    bench.expect_empty();
}

TEST(MemoryFull, is_answered_like_a_full_table) {
    Settings settings = small_settings();
    settings.max_octets = 1024;
    Bench bench(settings);
    for (int i = 0; i < 6; ++i) {
        bench.receive(numbered("OPTIONS", i).text());
    }
    EXPECT_GT(bench.user.log.size(), 0U);
    EXPECT_EQ(bench.user.log.size() + bench.times("SIP/2.0 503").size(), 6U);
    EXPECT_GT(bench.layer.counters().memory_full.read(), 0U);
    for (const ServerHandle server : bench.user.servers) {
        EXPECT_TRUE(bench.answer(server, 200)) << "sent even when it cannot be stored";
    }
    bench.run_until(64000);
    bench.expect_empty();
}

TEST(Memory, retransmissions_allocate_nothing) {
    Bench bench;
    bench.user.quiet = true;
    class Silent : public Sender {
    public:
        bool send(const Flow&, std::string_view) noexcept override { return true; }
    } silent;
    Layer layer(small_settings(), silent, bench.user);
    const std::string invite = RequestText{}.text();
    sip::Message message;
    ASSERT_TRUE(message.parse(invite).ok());
    ASSERT_TRUE(layer.request(numbered("INVITE", 1).text(), phone_flow(), {}, ms(0)));
    ASSERT_TRUE(layer.request(numbered("OPTIONS", 2).text(), phone_flow(), {}, ms(0)));
    layer.receive(message, phone_flow(), ms(0));
    const std::size_t before = allocation_count();
    for (std::int64_t now = 10; now < 31900; now += 10) {
        layer.advance(ms(now));
        if (now % 500 == 0) {
            layer.receive(message, phone_flow(), ms(now));
        }
    }
    EXPECT_EQ(allocation_count(), before);
    EXPECT_GE(layer.counters().retransmissions_out.read(), 6U + 10U + 63U);
}

TEST(Memory, whole_transactions_allocate_nothing_once_warm) {
    class Silent : public Sender {
    public:
        bool send(const Flow&, std::string_view) noexcept override { return true; }
    } silent;
    Recorder user;
    user.quiet = true;
    user.servers.reserve(1000);
    Layer layer(small_settings(), silent, user);
    const std::string text = RequestText{}.text();
    const std::string sent = numbered("OPTIONS", 2).text();
    const std::string answer = response_text(sent, 200);
    sip::Message message;
    std::size_t warm = 0;
    for (int round = 0; round < 20; ++round) {
        const Moment now = ms(round * 70000);
        if (round == 2) {
            warm = allocation_count();
        }
        ASSERT_TRUE(message.parse(text).ok());
        layer.receive(message, phone_flow(), now);
        Reply busy;
        busy.status = 486;
        busy.to_tag = "t";
        ASSERT_TRUE(reply(layer, user.last_server, busy, now));
        ASSERT_TRUE(layer.request(sent, phone_flow(), {}, now));
        ASSERT_TRUE(message.parse(answer).ok());
        layer.receive(message, phone_flow(), now);
        layer.advance(now + Millis(65000));
    }
    EXPECT_EQ(layer.gauges().timers, 0U);
    // "response 200" of the recorder is its own; everything else comes from pools.
    EXPECT_LE(allocation_count() - warm, 18U * 4U);
}

TEST(Counters, every_row_has_a_name_and_a_help_text) {
    for (const CounterRow& row : kCounterRows) {
        EXPECT_FALSE(row.name.empty());
        EXPECT_GT(row.help.size(), 10U) << row.name;
    }
}

/// Random traffic from a seed.
class Traffic {
public:
    explicit Traffic(unsigned seed) : random_(seed) {}

    void step(int number) {
        bench.wire.failing = pick(20) == 0;
        switch (pick(6)) {
            case 0:
                bench.receive(numbered(one_of(kMethods), pick(60)).text());
                break;
            case 1:
                ours_.push_back(
                    numbered(kMethods[static_cast<std::size_t>(pick(3))], 1000 + number).text());
                clients_.push_back(bench.layer.request(ours_.back(), phone_flow(), {}, bench.now));
                break;
            case 2:
                if (!ours_.empty()) {
                    bench.receive(response_text(one_of(ours_), one_of(kReceived)));
                }
                break;
            case 3:
                if (!bench.user.servers.empty()) {
                    bench.answer(one_of(bench.user.servers), one_of(kAnswered));
                }
                break;
            case 4:
                if (!clients_.empty()) {
                    bench.layer.cancel(one_of(clients_), {}, bench.now);
                }
                break;
            default:
                bench.run_until(bench.now.since_start.count() + pick(3000));
        }
    }

    Bench bench;

private:
    static constexpr std::array kMethods{"INVITE", "OPTIONS", "BYE", "CANCEL", "ACK", "REGISTER"};
    static constexpr std::array kReceived{100, 180, 200, 302, 486, 603};
    static constexpr std::array kAnswered{180, 200, 404, 487};

    int pick(std::size_t below) { return static_cast<int>(random_() % below); }
    template <class List>
    typename List::const_reference one_of(const List& list) {
        return list[static_cast<std::size_t>(pick(list.size()))];
    }

    std::mt19937 random_;
    std::vector<std::string> ours_;
    std::vector<ClientHandle> clients_;
};

TEST(Leak, nothing_is_left_after_the_longest_timers) {
    for (unsigned seed = 1; seed <= 8; ++seed) {
        SCOPED_TRACE(seed);
        Traffic traffic(seed);
        for (int step = 0; step < 600; ++step) {
            traffic.step(step);
        }
        Bench& bench = traffic.bench;
        bench.wire.failing = false;
        for (const ServerHandle server : bench.user.servers) {
            bench.layer.abandon(server, bench.now);  // an INVITE waits for its user without limit
        }
        bench.run_until(bench.now.since_start.count() + 185000 + 2 * 64000);
        bench.expect_empty();
    }
}

}  // namespace
}  // namespace sallyport::transaction
