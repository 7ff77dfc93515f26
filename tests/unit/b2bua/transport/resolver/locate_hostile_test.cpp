// SPDX-License-Identifier: Apache-2.0
// Answers that mean no good: the work stays bounded, what is left aside is counted.
#include "b2bua/transport/resolver/locate.h"
#include "tests/unit/b2bua/seeded_random.h"
#include "tests/unit/b2bua/transport/resolver/locate_bed.h"

#include <gtest/gtest.h>

namespace sallyport::resolver {
namespace {

constexpr const char* kUri = "sip:pbx.example;transport=udp";

std::string numbered(int count, const std::string& before, const std::string& after) {
    std::string text;
    for (int i = 0; i < count; ++i) {
        text += before + std::to_string(i) + after + "\n";
    }
    return text;
}

std::size_t targets_in(const Located& located) {
    return located.tls_names.size();
}

TEST(LocateHostile, B2BUA_I2_HundredsOfAddresses) {
    Counters counters;
    const auto located = locate("sip:pbx.example:5060", usual_reach(),
                                numbered(250, "pbx.example A 192.0.2.", ""), counters);
    EXPECT_EQ(targets_in(located), Locate::kMostAddresses);
    EXPECT_EQ(counters.surplus.read(), 250 - Locate::kMostAddresses);
}

TEST(LocateHostile, B2BUA_I2_HundredsOfServers) {
    Counters counters;
    const auto located =
        locate(kUri, usual_reach(),
               numbered(300, "_sip._udp.pbx.example SRV 1 1 5060 s", ".pbx.example"), counters);
    EXPECT_EQ(located.targets, "no server");
    EXPECT_LE(located.asked.size(), Locate::kMostServers + 2);
    EXPECT_EQ(counters.surplus.read(), 300 - Locate::kMostServers);
}

TEST(LocateHostile, B2BUA_I2_ManyServicesWithManyServersWithManyAddresses) {
    std::string zone;
    for (int service = 0; service < 20; ++service) {
        const std::string name = "_sip._udp.p" + std::to_string(service) + ".example";
        zone += "pbx.example NAPTR " + std::to_string(service) + " 1 s SIP+D2U \"\" " + name + "\n";
        for (int server = 0; server < 20; ++server) {
            const std::string host =
                "h" + std::to_string(service) + "-" + std::to_string(server) + ".example";
            zone += name + " SRV 1 1 5060 " + host + "\n";
            zone += numbered(
                20, host + " A 10." + std::to_string(service) + "." + std::to_string(server) + ".",
                "");
        }
    }
    Counters counters;
    const auto located = locate("sip:pbx.example", usual_reach(), zone, counters);
    EXPECT_EQ(targets_in(located), Locate::kMostTargets);
    EXPECT_LE(located.asked.size(), Locate::kMostQuestions);
    EXPECT_GT(counters.surplus.read(), 0U);
}

struct Aside {
    const char* rule;
    const char* zone;
    const char* targets;
    Counter Counters::*counter;
    std::uint64_t count;
};

constexpr Aside kAside[] = {
    {"SRV to our own loopback",
     "_sip._udp.pbx.example SRV 1 1 5060 a.example\n_sip._udp.pbx.example SRV 2 1 5060 "
     "b.example\n"
     "a.example A 127.0.0.1\na.example A 127.9.9.9\nb.example A 192.0.2.1",
     "udp 192.0.2.1:5060", &Counters::barred, 2},
    {"to ourselves", "_sip._udp.pbx.example SRV 1 1 5060 a.example\na.example A 192.0.2.100",
     "no server", &Counters::barred, 1},
    {"to nobody and to everybody",
     "pbx.example A 0.0.0.0\npbx.example A 224.0.0.5\npbx.example A 255.255.255.255", "no server",
     &Counters::barred, 3},
    {"IPv6 loopback, multicast, and IPv4 in disguise",
     "pbx.example AAAA ::1\npbx.example AAAA ff02::1\npbx.example AAAA ::ffff:127.0.0.1",
     "no server", &Counters::barred, 3},
    {"an AAAA for an A", "pbx.example A 2001:db8::1", "no server", &Counters::barred, 1},
    {"an address as the server's name", "_sip._udp.pbx.example SRV 1 1 5060 10.0.0.1", "no server",
     &Counters::odd_names, 1},
    {"characters of no name",
     "_sip._udp.pbx.example SRV 1 1 5060 a@b.example\n"
     "_sip._udp.pbx.example SRV 1 1 5060 a..example\n"
     "_sip._udp.pbx.example SRV 1 1 5060 \\032.example",
     "no server", &Counters::odd_names, 3},
    {"localhost", "_sip._udp.pbx.example SRV 1 1 5060 localhost", "no server", &Counters::odd_names,
     1},
    {"port 0", "_sip._udp.pbx.example SRV 1 1 0 a.example\na.example A 192.0.2.1", "no server",
     &Counters::odd_names, 1},
    {"a dot among others",
     "_sip._udp.pbx.example SRV 1 1 5060 .\n_sip._udp.pbx.example SRV 2 1 5060 a.example\n"
     "a.example A 192.0.2.1",
     "udp 192.0.2.1:5060", &Counters::odd_names, 1},
    {"the same server twice",
     "_sip._udp.pbx.example SRV 1 1 5060 a.example\n_sip._udp.pbx.example SRV 1 1 5060 "
     "a.example\n"
     "a.example A 192.0.2.1",
     "udp 192.0.2.1:5060", &Counters::surplus, 0},
    {"an alias in a circle", "pbx.example CNAME b.example\nb.example CNAME pbx.example",
     "no server", &Counters::alias_loops, 2},  // for A and for AAAA
    {"an alias of itself", "pbx.example CNAME pbx.example", "no server", &Counters::alias_loops, 2},
    {"an alias with no form of a name", "pbx.example CNAME a@b", "no server", &Counters::odd_names,
     2},
};

TEST(LocateHostile, B2BUA_I2_WhatIsLeftAsideIsCounted) {
    Reach reach = usual_reach();
    reach.families = {Family::kIpv4, Family::kIpv6};
    reach.own = {*IpAddr::parse("192.0.2.100")};
    for (const Aside& row : kAside) {
        Counters counters;
        EXPECT_EQ(locate(kUri, reach, row.zone, counters).targets, row.targets) << row.rule;
        EXPECT_EQ((counters.*row.counter).read(), row.count) << row.rule;
    }
}

TEST(LocateHostile, B2BUA_I2_AliasesAreFollowedThisFar) {
    for (const std::size_t length : {1U, 8U, 9U}) {
        std::string zone = "pbx.example CNAME a1.example\n";
        for (std::size_t i = 1; i < length; ++i) {
            zone +=
                "a" + std::to_string(i) + ".example CNAME a" + std::to_string(i + 1) + ".example\n";
        }
        zone += "a" + std::to_string(length) + ".example A 192.0.2.1\n";
        Counters counters;
        const auto located = locate("sip:pbx.example:5060", usual_reach(), zone, counters);
        const bool near = length <= Locate::kMostAliases;
        EXPECT_EQ(located.targets, near ? "udp 192.0.2.1:5060" : "no server") << length;
        EXPECT_EQ(counters.alias_loops.read(), near ? 0U : 1U) << length;
    }
}

TEST(LocateHostile, B2BUA_I2_AnswersThatNobodyAskedFor) {
    SeededRandom random(1);
    Counters counters;
    Locate search(*Destination::of(sip::Uri::parse("sip:pbx.example:5060").value()), usual_reach(),
                  random, counters);
    const auto asked = search.take_questions();
    ASSERT_EQ(asked.size(), 1U);
    const Zone dns("pbx.example A 192.0.2.1\nother.example A 192.0.2.66");
    search.answer({RecordType::kA, "other.example"}, dns({RecordType::kA, "other.example"}));
    search.answer({RecordType::kAaaa, "pbx.example"}, {});
    EXPECT_FALSE(search.done());
    search.answer(asked[0], dns(asked[0]));
    EXPECT_TRUE(search.done());
    search.answer(asked[0], dns({RecordType::kA, "other.example"}));  // too late
    EXPECT_EQ(words(search.targets()), "udp 192.0.2.1:5060");
    EXPECT_TRUE(search.take_questions().empty());
}

TEST(LocateHostile, B2BUA_I2_WhatIsKnownCanBeHadBeforeTheLastAnswer) {
    SeededRandom random(1);
    Counters counters;
    Locate search(*Destination::of(sip::Uri::parse(kUri).value()), usual_reach(), random, counters);
    const Zone dns(
        "_sip._udp.pbx.example SRV 1 0 5060 a.example\n_sip._udp.pbx.example SRV 2 0 5060 "
        "b.example\n"
        "a.example A 192.0.2.1\nb.example A 192.0.2.2");
    search.answer({RecordType::kSrv, "_sip._udp.pbx.example"},
                  dns({RecordType::kSrv, "_sip._udp.pbx.example"}));
    search.answer({RecordType::kA, "b.example"}, dns({RecordType::kA, "b.example"}));
    EXPECT_FALSE(search.done());
    EXPECT_EQ(words(search.targets()), "udp 192.0.2.2:5060");
    search.answer({RecordType::kA, "a.example"}, dns({RecordType::kA, "a.example"}));
    EXPECT_TRUE(search.done());
    EXPECT_EQ(words(search.targets()), "udp 192.0.2.1:5060, udp 192.0.2.2:5060");
}

}  // namespace
}  // namespace sallyport::resolver
