// SPDX-License-Identifier: Apache-2.0
// Questions to a running gateway: several threads ask why there is no audio while its shards have
// calls come and go. Under ThreadSanitizer this shows that nothing of a shard is read by others.
#include "b2bua/gateway.h"
#include "b2bua/media_query.h"
#include "b2bua/policy/identifiers.h"
#include "dataplane/memory_relays.h"
#include "tests/sim/gate.h"

#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace sallyport {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

Moment moment_now() {
    return {std::chrono::duration_cast<Millis>(Clock::now().time_since_epoch())};
}

struct Stored {
    RealmId realm;
    Endpoint local;
    Endpoint remote;
    std::string payload;
};

/// The datagrams of one shard, from and to any thread.
class SharedPort final : public dataplane::DatagramPort {
public:
    std::size_t receive(std::span<dataplane::Datagram> out) noexcept override {
        const std::lock_guard lock(mutex_);
        batch_.clear();
        while (!waiting_.empty() && batch_.size() < out.size()) {
            batch_.push_back(std::move(waiting_.front()));
            waiting_.pop_front();
        }
        for (std::size_t i = 0; i < batch_.size(); ++i) {
            const Stored& s = batch_[i];
            out[i] = {s.realm, s.local, s.remote, s.payload};
        }
        return batch_.size();
    }
    dataplane::SendResult send(RealmId realm, const Endpoint& local, const Endpoint& remote,
                               std::string_view payload) noexcept override {
        const std::lock_guard lock(mutex_);
        sent_.push_back({realm, local, remote, std::string(payload)});
        return dataplane::SendResult::kQueued;
    }
    void wait(Millis) noexcept override { std::this_thread::sleep_for(1ms); }

    void inject(Stored datagram) {
        const std::lock_guard lock(mutex_);
        waiting_.push_back(std::move(datagram));
    }
    /// What was sent and starts so, within five seconds.
    std::string sent(std::string_view start) {
        for (int i = 0; i < 1000; ++i) {
            {
                const std::lock_guard lock(mutex_);
                for (const Stored& s : sent_) {
                    if (s.payload.starts_with(start)) {
                        return s.payload;
                    }
                }
            }
            std::this_thread::sleep_for(5ms);
        }
        ADD_FAILURE() << "not sent within 5 s: " << start;
        return {};
    }

private:
    std::mutex mutex_;
    std::deque<Stored> waiting_;
    std::deque<Stored> batch_;  // what the last receive() gave out views of; the shard's
    std::deque<Stored> sent_;
};

struct Silent final : Journal {
    void write(LogLevel, std::string_view) noexcept override {}
};

std::string header(const std::string& message, const std::string& name) {
    const auto at = message.find("\r\n" + name + ": ");
    const auto from = at + name.size() + 4;
    return at == std::string::npos ? "" : message.substr(from, message.find("\r\n", from) - from);
}

std::string with_sdp(std::string head, const std::string& ip, int port) {
    const std::string body = "v=0\r\no=- 1 1 IN IP4 " + ip + "\r\ns=-\r\nc=IN IP4 " + ip +
                             "\r\nt=0 0\r\nm=audio " + std::to_string(port) + " RTP/AVP 0\r\n";
    return head +
           "Content-Type: application/sdp\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

class RunningGateway : public testing::Test {
protected:
    static Config two_shards() {
        Config config = sim::example_config();
        config.shards = 2;
        return config;
    }
    std::vector<ShardPorts> ports() {
        std::vector<ShardPorts> all;
        for (std::size_t i = 0; i < 2; ++i) {
            all.push_back({&datagrams_[i], &relays_[i]});
        }
        return all;
    }
    SharedPort& port_of(const std::string& call_id) {
        return datagrams_[shard_of_call_id(call_id, 2)];
    }
    void from_phone(const std::string& call_id, std::string message) {
        port_of(call_id).inject(
            {sim::kInside, {config_.realms[0].address.address, Port{5060}}, phone_, message});
    }
    /// The call of that Call-ID is answered; returns the Call-ID of its other leg.
    std::string establish(const std::string& call_id) {
        from_phone(call_id, with_sdp("INVITE sip:bob@10.10.0.1 SIP/2.0\r\n"
                                     "Via: SIP/2.0/UDP 10.10.0.5:5060;branch=z9hG4bK" +
                                         call_id +
                                         "\r\nMax-Forwards: 70\r\n"
                                         "From: <sip:alice@example.com>;tag=a\r\n"
                                         "To: <sip:bob@example.com>\r\n"
                                         "Call-ID: " +
                                         call_id +
                                         "\r\nCSeq: 1 INVITE\r\n"
                                         "Contact: <sip:alice@10.10.0.5>\r\n",
                                     "10.10.0.5", 4000));
        const std::string invite = port_of(call_id).sent("INVITE");
        std::string answer = "SIP/2.0 200 OK\r\n";
        for (const char* name : {"Via", "From", "Call-ID", "CSeq"}) {
            answer += std::string(name) + ": " + header(invite, name) + "\r\n";
        }
        answer += "To: " + header(invite, "To") + ";tag=b\r\nContact: <sip:bob@10.20.0.2>\r\n";
        port_of(call_id).inject({sim::kOutside,
                                 {config_.realms[1].address.address, Port{5060}},
                                 carrier_,
                                 with_sdp(answer, "10.20.0.2", 6000)});
        EXPECT_FALSE(port_of(call_id).sent("SIP/2.0 200").empty());
        return header(invite, "Call-ID");
    }

    const Config config_ = two_shards();
    const Endpoint phone_{IpAddr::v4(0x0a0a0005), Port{5060}};
    const Endpoint carrier_{IpAddr::v4(0x0a140002), Port{5060}};
    std::array<SharedPort, 2> datagrams_;
    std::array<dataplane::MemoryRelays, 2> relays_{
        dataplane::MemoryRelays{config_.realms, 1, moment_now},
        dataplane::MemoryRelays{config_.realms, 2, moment_now}};
    Silent journal_;
    Gateway gateway_{config_, ports(), journal_};
};

TEST_F(RunningGateway, explains_a_call_by_either_call_id_and_all_of_them) {
    std::string first = "first";
    std::string second = "second";
    while (shard_of_call_id(first, 2) == shard_of_call_id(second, 2)) {
        second += "x";
    }
    const std::string far = establish(first);
    establish(second);
    for (const std::string& call_id : {first, far}) {
        const auto reports = gateway_.explain_media(call_id);
        ASSERT_EQ(reports.size(), 1U) << call_id;
        EXPECT_EQ(reports[0].a_call_id, first);
        EXPECT_EQ(reports[0].b_call_id, far);
        ASSERT_EQ(reports[0].lines.size(), 1U);
        EXPECT_NE(reports[0].lines[0].verdict.find("A (inside) sends nothing"), std::string::npos);
    }
    EXPECT_EQ(gateway_.explain_media({}).size(), 2U) << "one of each shard";
    EXPECT_TRUE(gateway_.explain_media("nobody").empty());
}

TEST_F(RunningGateway, is_asked_by_several_threads_while_calls_come_and_go) {
    std::atomic<bool> over{false};
    std::atomic<std::size_t> answers{0};
    std::vector<std::thread> operators;
    for (int i = 0; i < 3; ++i) {
        operators.emplace_back([this, &over, &answers] {
            while (!over.load()) {
                for (const call::MediaReport& report : gateway_.explain_media({})) {
                    answers += report.lines.empty() ? 0 : 1;
                }
            }
        });
    }
    for (const char* call_id : {"c1", "c2", "c3", "c4"}) {
        establish(call_id);
        std::this_thread::sleep_for(30ms);
    }
    over = true;
    for (std::thread& one : operators) {
        one.join();
    }
    EXPECT_GT(answers.load(), 0U);
    EXPECT_EQ(gateway_.explain_media({}).size(), 4U);
}

TEST_F(RunningGateway, answers_nothing_when_it_has_stopped_and_does_not_wait) {
    establish("c1");
    gateway_.stop();
    const auto before = Clock::now();
    EXPECT_TRUE(gateway_.explain_media("c1").empty());
    EXPECT_LT(Clock::now() - before, Gateway::kLongestAnswer);
}

TEST(MediaQuery, waits_no_longer_than_it_says_for_a_shard_that_hangs) {
    MediaQuery query("x", 10, 2);
    query.answer(std::vector<call::MediaReport>(1));
    const auto before = Clock::now();
    EXPECT_EQ(query.wait(20ms).size(), 1U);
    EXPECT_GE(Clock::now() - before, 20ms);
    query.answer(std::vector<call::MediaReport>(1));  // too late, and harms nobody
}

TEST(MediaQuery, keeps_to_its_limit) {
    MediaQuery query({}, 3, 2);
    query.answer(std::vector<call::MediaReport>(2));
    query.answer(std::vector<call::MediaReport>(2));
    EXPECT_EQ(query.wait(0ms).size(), 3U);
}

}  // namespace
}  // namespace sallyport
