// SPDX-License-Identifier: Apache-2.0
// B2, B17, B22 and K38 over the loopback interface, with real sockets.
#include "tests/unit/b2bua/transport/stream/stream_bed.h"

#include <thread>

namespace sallyport::test {
namespace {

/// Everything that may take its time does not.
StreamOptions impatient() {
    StreamOptions options;
    options.times.check = Millis{5};
    return options;
}

TEST(StreamServer, B2BUA_K38_TwoMessagesInOneWriteComeInOrder) {
    Bed bed;
    const Client client(bed.at());
    ASSERT_TRUE(client.write(sip_message("one") + sip_message("two")));
    ASSERT_TRUE(bed.user.wait_for_messages(2));
    EXPECT_EQ(bed.user.messages[0].octets, sip_message("one"));
    EXPECT_EQ(bed.user.messages[1].octets, sip_message("two"));
    EXPECT_EQ(bed.user.messages[0].connection, bed.user.messages[1].connection);
    EXPECT_EQ(bed.user.messages[0].remote.ip, kLoopback.ip);
}

TEST(StreamServer, B2BUA_K38_OneMessageOctetByOctet) {
    Bed bed;
    const Client client(bed.at());
    const int now = 1;
    setsockopt(client.fd(), IPPROTO_TCP, 1 /* TCP_NODELAY */, &now, sizeof now);
    const std::string message = sip_message("body");
    for (const char octet : message) {
        ASSERT_TRUE(client.write({&octet, 1}));
    }
    ASSERT_TRUE(bed.user.wait_for_messages(1));
    EXPECT_EQ(bed.user.messages[0].octets, message);
}

TEST(StreamServer, B2BUA_B7_AnswersGoBackOnTheSameConnection) {
    Bed bed;
    const Client first(bed.at());
    const Client second(bed.at());
    ASSERT_TRUE(second.write(sip_message("2")));
    ASSERT_TRUE(bed.user.wait_for_messages(1));
    bed.server->send(bed.user.messages[0].connection, "answer");
    EXPECT_EQ(second.read(6), "answer");
}

TEST(StreamServer, B2BUA_B17_DoubleLineEndIsAnsweredWithOne) {
    Bed bed;
    const Client client(bed.at());
    ASSERT_TRUE(client.write("\r\n\r\n" + sip_message()));
    EXPECT_EQ(client.read(2), "\r\n");
    ASSERT_TRUE(bed.user.wait_for_messages(1));
    EXPECT_EQ(bed.server->counters().pings_answered.read(), 1U);
    bed.server->send(bed.user.messages[0].connection, "x");
    EXPECT_EQ(client.read(1), "x") << "one line end and no more";
}

TEST(StreamServer, B2BUA_A10_LostFramingIsToldAnsweredAndClosed) {
    Bed bed;
    const Client client(bed.at());
    const std::string head = "OPTIONS sip:a@b SIP/2.0\r\nl: -1\r\n\r\n";
    ASSERT_TRUE(client.write(head + sip_message("never read") + std::string(100000, 'x')));
    ASSERT_TRUE(bed.user.wait_for_messages(1));
    EXPECT_EQ(bed.user.messages[0].octets, head);
    EXPECT_EQ(bed.user.messages[0].fault, StreamFault::bad_content_length);
    const ConnectionId id = bed.user.messages[0].connection;
    bed.server->send(id, "400");
    bed.server->close(id);
    EXPECT_EQ(client.read(4), "400") << "no reset takes the answer back";
    ::shutdown(client.fd(), SHUT_WR);
    ASSERT_TRUE(bed.user.wait_for_closes(1));
    EXPECT_EQ(bed.user.closed[id], CloseReason::bad_content_length);
    EXPECT_EQ(bed.user.messages.size(), 1U);
}

TEST(StreamServer, B2BUA_A10_ClosesByItselfWhenNobodyAnswers) {
    StreamOptions options = impatient();
    options.times.ending = Millis{20};
    Bed bed(options);
    const Client client(bed.at());
    ASSERT_TRUE(client.write("OPTIONS sip:a@b SIP/2.0\r\nl: x\r\n\r\n"));
    EXPECT_TRUE(client.at_end());
    ASSERT_TRUE(bed.user.wait_for_closes(1));
    EXPECT_EQ(bed.closed(CloseReason::bad_content_length), 1U);
}

TEST(StreamServer, B2BUA_B2_WhatIsNoSipIsClosedAtOnceAndOthersGoOn) {
    Bed bed;
    const Client good(bed.at());
    const Client bad(bed.at());
    ASSERT_TRUE(bad.write("\x16\x03\x01\x02"));
    EXPECT_TRUE(bad.at_end());
    ASSERT_TRUE(good.write(sip_message()));
    ASSERT_TRUE(bed.user.wait_for_messages(1));
    EXPECT_EQ(bed.closed(CloseReason::not_a_start_line), 1U);
}

TEST(StreamServer, B2BUA_B23_EndsOfTheFarEndAreTold) {
    Bed bed;
    Client between(bed.at());
    Client inside(bed.at());
    ASSERT_TRUE(between.write(sip_message()));
    ASSERT_TRUE(inside.write("OPTIONS"));
    between.close();
    inside.close();
    ASSERT_TRUE(bed.user.wait_for_closes(2));
    EXPECT_EQ(bed.closed(CloseReason::by_peer), 1U);
    EXPECT_EQ(bed.closed(CloseReason::by_peer_inside), 1U);
    bed.server->send(bed.user.messages[0].connection, sip_message());
    EXPECT_TRUE(bed.user.wait([&] { return bed.user.unsent == 1; }));
}

TEST(StreamServer, B2BUA_B22_HalfOpenIsClosed) {
    StreamOptions options = impatient();
    options.times.first_message = Millis{30};
    Bed bed(options);
    const Client silent(bed.at());
    EXPECT_TRUE(silent.at_end());
    EXPECT_EQ(bed.closed(CloseReason::no_message), 1U);
}

TEST(StreamServer, B2BUA_B22_IdleIsClosedUnlessItIsKept) {
    StreamOptions options = impatient();
    options.times.idle = Millis{30};
    Bed far;
    Bed bed(options);
    const ConnectionId kept = bed.server->connect({.remote = far.at()});
    bed.server->keep(kept, true);
    const ConnectionId idle = bed.server->connect({.remote = far.at()});
    ASSERT_TRUE(bed.user.wait_for_closes(1));
    EXPECT_EQ(bed.user.closed[idle], CloseReason::idle);
    bed.server->send(kept, sip_message());
    EXPECT_TRUE(far.user.wait_for_messages(1));
    bed.server->keep(kept, false);
    ASSERT_TRUE(bed.user.wait_for_closes(2));
    EXPECT_EQ(bed.user.closed[kept], CloseReason::idle);
}

TEST(StreamServer, B2BUA_B22_ConnectionsPerSourceAndInAll) {
    StreamOptions options;
    options.connections_per_source = 2;
    Bed bed(options);
    Client first(bed.at());
    const Client second(bed.at());
    const Client third(bed.at());
    EXPECT_TRUE(third.at_end());
    EXPECT_EQ(bed.closed(CloseReason::too_many_of_source), 1U);
    first.close();
    ASSERT_TRUE(bed.user.wait_for_closes(1));
    const Client fourth(bed.at());
    ASSERT_TRUE(fourth.write(sip_message()));
    EXPECT_TRUE(bed.user.wait_for_messages(1));

    options.connections = 1;
    Bed small(options);
    const Client one(small.at());
    const Client another(small.at());
    EXPECT_TRUE(another.at_end());
    EXPECT_EQ(small.closed(CloseReason::too_many), 1U);
}

TEST(StreamServer, B2BUA_B13_ConnectsAndSendsWhatWaitsForIt) {
    Bed far;
    Bed near;
    const ConnectionId id = near.server->connect({.remote = far.at(), .from = kLoopback.ip});
    near.server->send(id, sip_message("early"));
    ASSERT_TRUE(far.user.wait_for_messages(1));
    EXPECT_EQ(far.user.messages[0].octets, sip_message("early"));
    far.server->send(far.user.messages[0].connection, sip_message("answer"));
    ASSERT_TRUE(near.user.wait_for_messages(1));
    EXPECT_EQ(near.user.messages[0].connection, id);
    EXPECT_EQ(near.user.opened[id].local, far.user.messages[0].remote);
    near.server->send(id, "\r\n\r\n");
    EXPECT_TRUE(near.user.wait([&] { return near.user.pongs == 1; }));
}

TEST(StreamServer, B2BUA_B13_WhatLeadsThereIsUsedAgainUntilItIsGone) {
    Bed far;
    Bed near;
    const StreamTarget target{.remote = far.at()};
    const ConnectionId first = near.server->reach(target);
    EXPECT_EQ(near.server->reach(target), first);
    EXPECT_NE(near.server->reach({.remote = far.at(), .from = kLoopback.ip}), first);
    EXPECT_NE(near.server->connect(target), first);
    near.server->send(first, sip_message());
    ASSERT_TRUE(far.user.wait_for_messages(1));
    far.server->close(far.user.messages[0].connection);
    ASSERT_TRUE(near.user.wait_for_closes(1));
    EXPECT_EQ(near.user.closed.begin()->first, first);
    EXPECT_NE(near.server->reach(target), first);
}

TEST(StreamServer, AnAddressThatIsNotThereYetCanBeListenedOn) {
    Recorder user;
    const Endpoint later{*IpAddr::parse("192.0.2.77"), {}};
    const auto started = StreamServer::start({{.local = later}}, {}, user);
    EXPECT_TRUE(started.ok()) << started.error();
}

TEST(StreamServer, B2BUA_B13_AnyThreadSendsAndNoMessageIsTorn) {
    Bed far;
    Bed near;
    const ConnectionId id = near.server->connect({.remote = far.at()});
    std::vector<std::thread> threads;
    for (char name = 'a'; name < 'e'; ++name) {
        threads.emplace_back([&near, id, name] {
            for (std::size_t i = 0; i < 50; ++i) {
                near.server->send(id, sip_message(std::string(i * 10, name)));
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    ASSERT_TRUE(far.user.wait_for_messages(200));
    for (const Recorder::Seen& seen : far.user.messages) {
        const char name = seen.octets.back();
        EXPECT_TRUE(seen.fault == std::nullopt && (name == '\n' || (name >= 'a' && name < 'e')));
    }
}

TEST(StreamServer, B2BUA_B10_NobodyListens) {
    Endpoint nobody;
    {
        const Bed gone;
        nobody = gone.at();
    }
    Bed bed;
    const ConnectionId id = bed.server->connect({.remote = nobody});
    ASSERT_TRUE(bed.user.wait_for_closes(1));
    EXPECT_EQ(bed.user.closed[id], CloseReason::connect_failed);
    const ConnectionId foreign =
        bed.server->connect({.remote = nobody, .from = *IpAddr::parse("192.0.2.1")});
    ASSERT_TRUE(bed.user.wait_for_closes(2));
    EXPECT_EQ(bed.user.closed[foreign], CloseReason::connect_failed);
    EXPECT_NE(id, foreign);
}

TEST(StreamServer, ListeningTwiceIsAnErrorThatSaysSo) {
    Bed bed;
    Recorder user;
    const auto second = StreamServer::start({{.local = bed.at()}}, {}, user);
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error(),
              "cannot listen on " + bed.at().to_string() + ": Address already in use");
}

TEST(StreamServer, B2BUA_B10_NobodyAnswers) {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ASSERT_EQ(::bind(listener, reinterpret_cast<const sockaddr*>(&address), size), 0);
    ASSERT_EQ(::listen(listener, 0), 0);  // room for one or two, whom nobody accepts
    ASSERT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);

    StreamOptions options = impatient();
    options.times.connect = Millis{50};
    Bed bed(options);
    for (int i = 0; i < 4; ++i) {
        bed.server->connect({.remote = {kLoopback.ip, Port{ntohs(address.sin_port)}}});
    }
    ASSERT_TRUE(bed.user.wait_for_closes(1));
    EXPECT_EQ(bed.user.closed.begin()->second, CloseReason::connect_timeout);
    ::close(listener);
}

TEST(StreamServer, B2BUA_B21_Ipv6) {
    Recorder user;
    const Endpoint local{*IpAddr::parse("::1"), {}};
    const auto started = StreamServer::start({{.local = local}}, {}, user);
    ASSERT_TRUE(started) << started.error();
    const Endpoint later{*IpAddr::parse("2001:db8::77"), {}};
    EXPECT_TRUE(StreamServer::start({{.local = later}}, {}, user).ok());
    Bed near;
    const Endpoint remote = (*started)->listening()[0];
    near.server->send(near.server->connect({.remote = remote, .from = local.ip}), sip_message());
    ASSERT_TRUE(user.wait_for_messages(1));
    EXPECT_EQ(user.messages[0].remote.ip, local.ip);
}

TEST(StreamServer, StoppingClosesWhatIsOpen) {
    Bed bed;
    const Client client(bed.at());
    ASSERT_TRUE(client.write(sip_message()));
    ASSERT_TRUE(bed.user.wait_for_messages(1));
    bed.server->connect({.remote = bed.at()});
    bed.server.reset();
    EXPECT_TRUE(client.at_end());
    EXPECT_GE(bed.user.closed.size(), 2U);
}

}  // namespace
}  // namespace sallyport::test
