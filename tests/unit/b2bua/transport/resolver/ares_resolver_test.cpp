// SPDX-License-Identifier: Apache-2.0
// The resolver against nsd, a DNS server as providers run it, and against silence.
#include "b2bua/transport/resolver/ares_resolver.h"

#include "b2bua/transport/resolver/locate.h"
#include "tests/unit/b2bua/seeded_random.h"
#include "tests/unit/b2bua/transport/resolver/locate_bed.h"
#include "tests/unit/b2bua/transport/resolver/name_server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace sallyport::resolver {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr const char* kZone =
    "pbx NAPTR 10 50 \"s\" \"SIPS+D2T\" \"\" _sips._tcp.pbx\n"
    "pbx NAPTR 20 50 \"S\" \"SIP+D2T\" \"\" _sip._tcp.pbx\n"
    "_sip._tcp.pbx 120 SRV 20 0 5070 b\n"
    "_sip._tcp.pbx 90 SRV 10 0 5060 a\n"
    "_sips._tcp.pbx SRV 0 0 5061 away\n"
    "a 60 A 192.0.2.1\n"
    "a 30 A 192.0.2.2\n"
    "a AAAA 2001:db8::1\n"
    "b A 192.0.2.3\n"
    "away CNAME c.other.\n"
    "alias 50 CNAME a\n"
    "loop CNAME pool\n"
    "pool CNAME loop\n";

/// Gives answers as one would wait for them at a desk.
class Desk {
public:
    explicit Desk(std::vector<Endpoint> servers) {
        AresResolver::Options options;
        options.servers = std::move(servers);
        options.now = [this] { return monotonic_now() + Millis{ahead_.load()}; };
        auto started = AresResolver::start(options);
        EXPECT_TRUE(started.ok()) << started.error();
        resolver_ = std::move(started.value());
    }

    Answered wait() {
        const auto deadline = steady_clock::now() + seconds(30);
        while (came_.empty() && steady_clock::now() < deadline) {
            box_.drain([this](const Answered& answered) { came_.push_back(answered); });
            std::this_thread::sleep_for(milliseconds(1));
        }
        EXPECT_FALSE(came_.empty()) << "no answer in 30 s";
        if (came_.empty()) {
            return {};
        }
        Answered first = came_.front();
        came_.erase(came_.begin());
        return first;
    }
    Answer ask(RecordType type, const std::string& name) {
        resolver_->ask({type, name}, 7, box_);
        return wait().answer;
    }
    std::string locate(std::string_view uri, const Reach& reach) {
        SeededRandom random(1);
        Locate search(Destination::of(sip::Uri::parse(uri).value()).value(), reach, random,
                      located_);
        while (!search.done()) {
            for (const Question& question : search.take_questions()) {
                resolver_->ask(question, 1, box_);
            }
            const Answered answered = wait();
            search.answer(answered.question, answered.answer);
        }
        return search.targets().empty() ? words(search.fault()) : words(search.targets());
    }
    void advance(std::int64_t ms) { ahead_ += ms; }
    AresResolver& resolver() { return *resolver_; }
    const Counters& counters() { return resolver_->counters(); }
    AnswerBox& box() { return box_; }

private:
    std::atomic<std::int64_t> ahead_{0};
    AnswerBox box_;
    std::vector<Answered> came_;
    Counters located_;
    std::unique_ptr<AresResolver> resolver_;  // ends before what it uses
};

milliseconds since(steady_clock::time_point start) {
    return std::chrono::duration_cast<milliseconds>(steady_clock::now() - start);
}

NameServer::Zones zones() {
    return {{"example", kZone}, {"other", "c A 192.0.2.4\n"}};
}

TEST(AresResolver, B2BUA_I2_RFC3263_s4_1_NaptrThenSrvThenAddresses) {
    const NameServer server(zones());
    Desk desk({server.endpoint()});
    Reach reach = usual_reach();
    EXPECT_EQ(desk.locate("sip:pbx.example", reach), "tls 192.0.2.4:5061")
        << "over an alias to another zone; nothing in clear text behind it";
    reach.transports = {Transport::kUdp, Transport::kTcp};
    reach.families = {Family::kIpv6, Family::kIpv4};
    EXPECT_EQ(desk.locate("sip:pbx.example", reach),
              "tcp [2001:db8::1]:5060, tcp 192.0.2.1:5060, tcp 192.0.2.2:5060, "
              "tcp 192.0.2.3:5070");
    const auto queries = desk.counters().queries.read();
    EXPECT_NE(desk.locate("sip:pbx.example", reach), "");
    EXPECT_EQ(desk.counters().queries.read(), queries) << "all of it from memory";
}

TEST(AresResolver, B2BUA_I3_RecordsCarryTheirTtl) {
    const NameServer server(zones());
    Desk desk({server.endpoint()});
    EXPECT_EQ(desk.ask(RecordType::kA, "A.example.").ttl, 30U);
    EXPECT_EQ(desk.ask(RecordType::kSrv, "_sip._tcp.pbx.example").services,
              (std::vector<Srv>{{20, 0, Port{5070}, "b.example", 120},
                                {10, 0, Port{5060}, "a.example", 90}}));
    EXPECT_EQ(desk.ask(RecordType::kNaptr, "pbx.example").ttl, 300U);
    EXPECT_EQ(desk.ask(RecordType::kA, "alias.example").addresses.size(), 2U);
    const auto queries = desk.counters().queries.read();
    desk.advance(29'000);
    EXPECT_NE(desk.ask(RecordType::kA, "a.example"), Answer{});
    EXPECT_EQ(desk.counters().queries.read(), queries);
    desk.advance(2'000);
    EXPECT_NE(desk.ask(RecordType::kA, "a.example"), Answer{});
    EXPECT_EQ(desk.counters().queries.read(), queries + 1) << "30 s are over";
}

TEST(AresResolver, B2BUA_I3_NoNameAndNoRecords) {
    const NameServer server(zones());
    Desk desk({server.endpoint()});
    const Answer no_name = desk.ask(RecordType::kA, "nobody.example");
    EXPECT_EQ(no_name.kind, AnswerKind::kNoName);
    EXPECT_EQ(no_name.ttl, 17U) << "MINIMUM of the SOA";
    EXPECT_EQ(desk.ask(RecordType::kAaaa, "b.example").kind, AnswerKind::kNoRecords);
    desk.advance(16'000);
    EXPECT_EQ(desk.ask(RecordType::kA, "nobody.example").kind, AnswerKind::kNoName);
    EXPECT_EQ(desk.counters().queries.read(), 2U);
    EXPECT_EQ(desk.locate("sip:nobody.example", usual_reach()), "no server");
}

TEST(AresResolver, B2BUA_I3_LastAnswerWhenTheServerFails) {
    NameServer server(zones());
    Desk desk({server.endpoint()});
    const Answer good = desk.ask(RecordType::kA, "b.example");
    ASSERT_EQ(good.addresses.size(), 1U);
    server.restart({{"example", "!"}});
    desk.advance(301'000);
    const Answer stale = desk.ask(RecordType::kA, "b.example");
    EXPECT_TRUE(stale.stale);
    EXPECT_EQ(stale.addresses, good.addresses);
    EXPECT_EQ(desk.ask(RecordType::kA, "new.example").kind, AnswerKind::kFailed);
    EXPECT_EQ(desk.counters().failures.read(), 2U);
    EXPECT_EQ(desk.counters().stale.read(), 1U);
    server.restart(zones());
    desk.advance(31'000);
    EXPECT_EQ(desk.ask(RecordType::kA, "b.example"), good) << "the server is back";
}

TEST(AresResolver, B2BUA_I2_AliasLoop) {
    const NameServer server(zones());
    Desk desk({server.endpoint()});
    EXPECT_FALSE(desk.ask(RecordType::kA, "loop.example").is_said());
    EXPECT_EQ(desk.counters().alias_loops.read(), 1U);
    EXPECT_EQ(desk.locate("sip:loop.example:5060", usual_reach()), "DNS failed");
}

TEST(AresResolver, B2BUA_I2_TruncatedReplyIsAskedForOverTcp) {
    std::string many;
    for (int i = 1; i <= 60; ++i) {  // 60 * 28 octets: more than 1232
        many += "many AAAA 2001:db8::" + std::to_string(i) + "\n";
    }
    const NameServer server({{"example", many}});
    Desk desk({server.endpoint()});
    EXPECT_EQ(desk.ask(RecordType::kAaaa, "many.example").addresses.size(), 60U);
    EXPECT_EQ(desk.counters().truncated.read(), 0U);
}

TEST(AresResolver, B2BUA_I3_TheSecondServerAnswersForASilentOne) {
    const SilentServer silent;
    const NameServer server(zones());
    Desk desk({silent.endpoint(), server.endpoint()});
    const auto start = steady_clock::now();
    EXPECT_EQ(desk.ask(RecordType::kA, "b.example").addresses.size(), 1U);
    EXPECT_LT(since(start), seconds(2));
    EXPECT_EQ(desk.counters().timeouts.read(), 0U);
}

TEST(AresResolver, B2BUA_I3_TwoSecondsPerServerAndOneQueryForAll) {
    const SilentServer silent;
    Desk desk({silent.endpoint()});
    const auto start = steady_clock::now();
    const Question question{RecordType::kSrv, "_sip._udp.pbx.example"};
    const Question shouted{RecordType::kSrv, "_SIP._udp.PBX.example"};
    desk.resolver().ask(question, 1, desk.box());
    desk.resolver().ask(shouted, 2, desk.box());
    const Answered one = desk.wait();
    const Answered other = desk.wait();
    EXPECT_EQ(one.ticket, 1U);
    EXPECT_EQ(other.ticket, 2U);
    EXPECT_EQ(other.question, shouted) << "as it was asked";
    EXPECT_EQ(one.answer.kind, AnswerKind::kTimeout);
    EXPECT_EQ(other.answer.kind, AnswerKind::kTimeout);
    EXPECT_GT(since(start), milliseconds(1800));
    EXPECT_LT(since(start), seconds(3));
    EXPECT_EQ(desk.counters().queries.read(), 1U);
    EXPECT_EQ(desk.counters().joined.read(), 1U);
    EXPECT_EQ(desk.counters().timeouts.read(), 1U);
}

TEST(AresResolver, B2BUA_I3_NobodyOnThePort) {
    const Endpoint nobody = SilentServer().endpoint();
    Desk desk({nobody});
    const auto start = steady_clock::now();
    EXPECT_FALSE(desk.ask(RecordType::kA, "b.example").is_said());
    EXPECT_LT(since(start), seconds(2));
}

TEST(AresResolver, B2BUA_I3_StopsAtOnceWithOpenQuestions) {
    const SilentServer silent;
    Desk desk({silent.endpoint()});
    desk.resolver().ask({RecordType::kA, "b.example"}, 1, desk.box());
    desk.resolver().ask({RecordType::kA, "not a name"}, 2, desk.box());
    EXPECT_EQ(desk.wait().ticket, 2U) << "what is no name is not asked for";
    const auto start = steady_clock::now();
    desk.resolver().stop();
    EXPECT_LT(since(start), milliseconds(500));
    desk.resolver().ask({RecordType::kA, "b.example"}, 3, desk.box());  // nobody is there
    desk.resolver().stop();
    EXPECT_EQ(desk.counters().refused.read(), 1U);
}

}  // namespace
}  // namespace sallyport::resolver
