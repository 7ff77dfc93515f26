// SPDX-License-Identifier: Apache-2.0
// B2 and B22 in virtual time: when each connection has to close, and why. How many a source may
// have, and which connection is used again (B13).
#include "b2bua/transport/stream/stream_deadlines.h"

#include "b2bua/transport/stream/reached_targets.h"
#include "b2bua/transport/stream/source_limits.h"
#include "b2bua/transport/stream/write_queue.h"

#include <gtest/gtest.h>

#include <iterator>

namespace sallyport {
namespace {

using Phase = StreamDeadlines::Phase;

constexpr Moment at(std::int64_t seconds) {
    return {Millis{seconds * 1000}};
}
constexpr bool kInbound = false;
constexpr bool kOutbound = true;

struct Row {
    const char* name;
    bool outbound;
    void (*life)(StreamDeadlines& d);
    std::int64_t seconds;  // one millisecond before, nothing is due
    CloseReason reason;
};

const Row kRows[] = {
    {"connect", kOutbound, [](StreamDeadlines&) {}, 4, CloseReason::connect_timeout},
    {"handshake_in", kInbound, [](StreamDeadlines& d) { d.enter(Phase::kHandshaking, at(0)); }, 10,
     CloseReason::handshake_timeout},
    {"handshake_out", kOutbound, [](StreamDeadlines& d) { d.enter(Phase::kHandshaking, at(3)); },
     13, CloseReason::handshake_timeout},
    {"no_message", kInbound, [](StreamDeadlines& d) { d.enter(Phase::kOpen, at(0)); }, 10,
     CloseReason::no_message},
    {"slow_handshake_is_part_of_half_open", kInbound,
     [](StreamDeadlines& d) {
         d.enter(Phase::kHandshaking, at(0));
         d.enter(Phase::kOpen, at(9));
     },
     10, CloseReason::no_message},
    {"half_a_message_is_none", kInbound,
     [](StreamDeadlines& d) {
         d.enter(Phase::kOpen, at(0));
         d.inside_message(true, at(9));
     },
     10, CloseReason::no_message},
    {"idle_in", kInbound,
     [](StreamDeadlines& d) {
         d.enter(Phase::kOpen, at(0));
         d.received_message(at(5));
     },
     65, CloseReason::idle},
    {"idle_out", kOutbound, [](StreamDeadlines& d) { d.enter(Phase::kOpen, at(2)); }, 62,
     CloseReason::idle},
    {"sending_is_no_idleness", kOutbound,
     [](StreamDeadlines& d) {
         d.enter(Phase::kOpen, at(2));
         d.sent_message(at(30));
     },
     90, CloseReason::idle},
    {"no_longer_kept", kInbound,
     [](StreamDeadlines& d) {
         d.enter(Phase::kOpen, at(0));
         d.received_message(at(1));
         d.keep(true, at(2));
         d.keep(false, at(1000));
     },
     1060, CloseReason::idle},
    {"message", kInbound,
     [](StreamDeadlines& d) {
         d.enter(Phase::kOpen, at(0));
         d.received_message(at(1));
         d.inside_message(true, at(20));
         d.inside_message(true, at(40));
     },
     52, CloseReason::message_timeout},
    {"next_message_has_its_own_time", kInbound,
     [](StreamDeadlines& d) {
         d.enter(Phase::kOpen, at(0));
         d.inside_message(true, at(1));
         d.received_message(at(20));
         d.inside_message(true, at(20));
     },
     52, CloseReason::message_timeout},
    {"message_on_a_kept_connection", kOutbound,
     [](StreamDeadlines& d) {
         d.enter(Phase::kOpen, at(0));
         d.keep(true, at(1));
         d.inside_message(true, at(100));
     },
     132, CloseReason::message_timeout},
    {"write", kOutbound,
     [](StreamDeadlines& d) {
         d.enter(Phase::kOpen, at(0));
         d.waits_to_write(true, false, at(1));
         d.waits_to_write(true, true, at(10));
         d.waits_to_write(true, false, at(20));
     },
     42, CloseReason::write_timeout},
    {"ending", kInbound, [](StreamDeadlines& d) { d.enter(Phase::kEnding, at(7)); }, 9,
     CloseReason::by_owner},
};

class Deadlines : public testing::TestWithParam<Row> {};

TEST_P(Deadlines, B2BUA_B22_DueThenAndNotBefore) {
    const Row& row = GetParam();
    StreamDeadlines deadlines({}, row.outbound, at(0));
    row.life(deadlines);
    const Moment then = at(row.seconds);
    EXPECT_EQ(deadlines.due(then + Millis{-1}), std::nullopt);
    EXPECT_EQ(deadlines.due(then), row.reason);
}

INSTANTIATE_TEST_SUITE_P(Rows, Deadlines, testing::ValuesIn(kRows),
                         [](const auto& param_info) { return param_info.param.name; });

TEST(StreamDeadlines, B2BUA_B22_KeptIsKept) {
    StreamDeadlines inbound({}, kInbound, at(0));
    inbound.enter(Phase::kOpen, at(0));
    inbound.keep(true, at(1));
    EXPECT_EQ(inbound.due(at(1000000)), std::nullopt);
    inbound.inside_message(true, at(5));
    inbound.inside_message(false, at(6));
    inbound.waits_to_write(true, false, at(7));
    inbound.waits_to_write(false, true, at(8));
    EXPECT_EQ(inbound.due(at(1000000)), std::nullopt);
}

TEST(SourceLimits, B2BUA_B22_EachSourceHasItsOwn) {
    SourceLimits limits(2);
    const IpAddr a = *IpAddr::parse("192.0.2.1");
    const IpAddr b = *IpAddr::parse("192.0.2.2");
    EXPECT_TRUE(limits.add(a));
    EXPECT_TRUE(limits.add(a));
    EXPECT_FALSE(limits.add(a));
    EXPECT_TRUE(limits.add(b));
    limits.remove(a);
    EXPECT_TRUE(limits.add(a));
    limits.remove(a);
    limits.remove(a);
    limits.remove(b);
    limits.remove(b);  // was not there
    EXPECT_EQ(limits.sources(), 0U);
}

TEST(SourceLimits, B2BUA_B22_AnIpv6HostCannotMultiplyItself) {
    SourceLimits limits(1);
    EXPECT_TRUE(limits.add(*IpAddr::parse("2001:db8::1")));
    EXPECT_FALSE(limits.add(*IpAddr::parse("2001:db8::2:1")));
    EXPECT_TRUE(limits.add(*IpAddr::parse("2001:db8:0:1::1")));
    EXPECT_FALSE(SourceLimits(0).add(*IpAddr::parse("192.0.2.1")));
}

TEST(ReachedTargets, B2BUA_B13_AllOfTheTargetCounts) {
    const StreamTarget tls{.transport = StreamTransport::kTls,
                           .realm = RealmId{1},
                           .remote = {*IpAddr::parse("192.0.2.1"), Port{5061}},
                           .domain = "example.com"};
    StreamTarget others[] = {tls, tls, tls, tls, tls};
    others[0].transport = StreamTransport::kTcp;
    others[1].realm = RealmId{2};
    others[2].remote.port = Port{5060};
    others[3].from = *IpAddr::parse("192.0.2.9");
    others[4].domain = "example.org";

    ReachedTargets reached;
    EXPECT_EQ(reached.find_or_add(tls, {1}), ConnectionId{1});
    EXPECT_EQ(reached.find_or_add(tls, {2}), ConnectionId{1});
    for (std::uint64_t i = 0; i < std::size(others); ++i) {
        EXPECT_EQ(reached.find_or_add(others[i], {10 + i}), ConnectionId{10 + i});
    }
    reached.remove({2});  // was never added
    reached.remove({1});
    EXPECT_EQ(reached.find_or_add(tls, {3}), ConnectionId{3});
    EXPECT_EQ(reached.size(), 6U);
}

TEST(WriteQueue, GivesBackWhatWasPut) {
    WriteQueue queue;
    EXPECT_TRUE(queue.empty());
    queue.push("abc");
    queue.push("def");
    queue.pop(1);
    EXPECT_EQ(queue.front(), "bcdef");
    queue.pop(3);
    EXPECT_EQ(queue.front(), "ef");
    EXPECT_EQ(queue.size(), 2U);
    queue.push("g");
    queue.pop(3);
    EXPECT_TRUE(queue.empty());
}

}  // namespace
}  // namespace sallyport
