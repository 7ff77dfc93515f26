// SPDX-License-Identifier: Apache-2.0
// config/types/ip.h: what is an address and what only looks like one, the canonical text (RFC
// 5952), the classes, the networks, and that hashes tell neighbours apart.
#include "config/types/ip.h"

#include <gtest/gtest.h>

#include <string>
#include <unordered_set>

namespace sallyport {
namespace {

struct TextRow {
    const char* in;
    const char* out;  // canonical text
};

class Canonical : public testing::TestWithParam<TextRow> {};

TEST_P(Canonical, ParsesAndWritesOneForm) {
    const auto ip = IpAddr::parse(GetParam().in);
    ASSERT_TRUE(ip) << GetParam().in;
    EXPECT_EQ(ip->to_string(), GetParam().out);
    EXPECT_EQ(IpAddr::parse(ip->to_string()), ip) << "canonical text reads back as the same value";
}

INSTANTIATE_TEST_SUITE_P(
    IpAddr, Canonical,
    testing::Values(
        TextRow{"0.0.0.0", "0.0.0.0"}, TextRow{"192.0.2.1", "192.0.2.1"},
        TextRow{"255.255.255.255", "255.255.255.255"}, TextRow{"::", "::"}, TextRow{"::1", "::1"},
        TextRow{"1::", "1::"},
        TextRow{"2001:0DB8:0000:0000:0000:0000:0000:0001", "2001:db8::1"},  // RFC 5952 s.4.1, s.4.3
        TextRow{"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},  // s.4.2.2: a single zero
        TextRow{"2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
        TextRow{"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},        // s.4.2.3: the longer run
        TextRow{"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},  // s.4.2.3: the first of equals
        TextRow{"0:0:1:2:3:4:5:6", "::1:2:3:4:5:6"}, TextRow{"1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"},
        TextRow{"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
        TextRow{"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
        TextRow{"::ffff:192.0.2.128",
                "::ffff:192.0.2.128"},  // s.5: well-known prefix in mixed form
        TextRow{"::ffff:c000:280", "::ffff:192.0.2.128"},
        TextRow{"1:2:3:4:5:6:192.0.2.1", "1:2:3:4:5:6:c000:201"},
        TextRow{"64:ff9b::192.0.2.33", "64:ff9b::c000:221"}, TextRow{"FE80::ABCD", "fe80::abcd"}),
    [](const auto& row) { return "Row" + std::to_string(row.index); });

class NotAnAddress : public testing::TestWithParam<const char*> {};

TEST_P(NotAnAddress, IsRefused) {
    EXPECT_FALSE(IpAddr::parse(GetParam())) << '"' << GetParam() << '"';
}

INSTANTIATE_TEST_SUITE_P(
    IpAddr, NotAnAddress,
    testing::Values("", " ", ".", "1", "1.2.3", "1.2.3.", ".1.2.3", "1.2.3.4.", "1.2.3.4.5",
                    "1..2.3", "256.1.1.1", "1.2.3.256", "1.2.3.1000", "01.2.3.4", "1.2.3.04",
                    "+1.2.3.4", "-1.2.3.4", "1.2.3.4 ", " 1.2.3.4", "1.2.3.a", "0x1.2.3.4",
                    "1.2.3.4:5060", "example.org", "localhost", ":", ":::", "1:::2",
                    "::1::", "1::2::3", ":1", "1:", "::1:", ":1::", "1:2:3:4:5:6:7",
                    "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8",
                    "12345::", "g::", "-1::", "0x1::", "[::1]", "fe80::1%eth0", "::1.2.3",
                    "::1.2.3.4.5", "::1.2.3.256", "1.2.3.4::", "::1.2.3.4:1",
                    "1:2:3:4:5:6:7:1.2.3.4", "::ffff:01.2.3.4"),
    [](const auto& row) { return "Row" + std::to_string(row.index); });

TEST(IpAddr, AnyByteStringIsReadWithoutHarm) {
    for (int byte = 0; byte < 256; ++byte) {
        std::string text = "1.2.3.4";
        for (std::size_t at = 0; at < text.size(); ++at) {
            std::string changed = text;
            changed[at] = static_cast<char>(byte);
            const auto ip = IpAddr::parse(changed);
            EXPECT_TRUE(!ip || ip->to_string() == changed) << changed;
        }
    }
}

TEST(IpAddr, Version4KeepsHostOrder) {
    const IpAddr ip = IpAddr::v4(0xc0000201);
    EXPECT_EQ(ip.to_string(), "192.0.2.1");
    EXPECT_EQ(ip.v4_host_order(), 0xc0000201U);
    EXPECT_EQ(ip.octets()[0], 192);
    EXPECT_TRUE(ip.is_v4());
    EXPECT_EQ(IpAddr::parse("::1")->v4_host_order(), 0U);
}

TEST(IpAddr, NothingIsEqualToNothingOnly) {
    EXPECT_EQ(IpAddr{}, IpAddr{});
    EXPECT_NE(IpAddr{}, IpAddr::v4(0));
    EXPECT_NE(*IpAddr::parse("::"), IpAddr::v4(0));
    EXPECT_EQ(IpAddr{}.to_string(), "none");
    EXPECT_FALSE(IpAddr{}.is_unspecified());
}

struct ClassRow {
    const char* text;
    bool unspecified;
    bool loopback;
    bool multicast;
    bool is_private;
};

class Classes : public testing::TestWithParam<ClassRow> {};

TEST_P(Classes, AreToldApart) {
    const ClassRow& row = GetParam();
    const auto ip = IpAddr::parse(row.text);
    ASSERT_TRUE(ip) << row.text;
    EXPECT_EQ(ip->is_unspecified(), row.unspecified) << row.text;
    EXPECT_EQ(ip->is_loopback(), row.loopback) << row.text;
    EXPECT_EQ(ip->is_multicast(), row.multicast) << row.text;
    EXPECT_EQ(ip->is_private(), row.is_private) << row.text;
}

INSTANTIATE_TEST_SUITE_P(IpAddr, Classes,
                         testing::Values(ClassRow{"0.0.0.0", true, false, false, false},
                                         ClassRow{"::", true, false, false, false},
                                         ClassRow{"0.0.0.1", false, false, false, false},
                                         ClassRow{"127.0.0.1", false, true, false, false},
                                         ClassRow{"127.255.255.255", false, true, false, false},
                                         ClassRow{"128.0.0.1", false, false, false, false},
                                         ClassRow{"::1", false, true, false, false},
                                         ClassRow{"::2", false, false, false, false},
                                         ClassRow{"::ffff:127.0.0.1", false, true, false, false},
                                         ClassRow{"::ffff:0.0.0.0", true, false, false, false},
                                         ClassRow{"223.255.255.255", false, false, false, false},
                                         ClassRow{"224.0.0.0", false, false, true, false},
                                         ClassRow{"239.255.255.255", false, false, true, false},
                                         ClassRow{"240.0.0.0", false, false, false, false},
                                         ClassRow{"ff02::1", false, false, true, false},
                                         ClassRow{"9.255.255.255", false, false, false, false},
                                         ClassRow{"10.0.0.0", false, false, false, true},
                                         ClassRow{"10.255.255.255", false, false, false, true},
                                         ClassRow{"11.0.0.0", false, false, false, false},
                                         ClassRow{"172.15.255.255", false, false, false, false},
                                         ClassRow{"172.16.0.0", false, false, false, true},
                                         ClassRow{"172.31.255.255", false, false, false, true},
                                         ClassRow{"172.32.0.0", false, false, false, false},
                                         ClassRow{"192.167.255.255", false, false, false, false},
                                         ClassRow{"192.168.0.0", false, false, false, true},
                                         ClassRow{"192.169.0.0", false, false, false, false},
                                         ClassRow{"100.63.255.255", false, false, false, false},
                                         ClassRow{"100.64.0.0", false, false, false, true},
                                         ClassRow{"100.127.255.255", false, false, false, true},
                                         ClassRow{"100.128.0.0", false, false, false, false},
                                         ClassRow{"169.254.1.1", false, false, false, true},
                                         ClassRow{"::ffff:10.0.0.1", false, false, false, true},
                                         ClassRow{"fc00::1", false, false, false, true},
                                         ClassRow{"fdff::1", false, false, false, true},
                                         ClassRow{"fe00::1", false, false, false, false},
                                         ClassRow{"fe80::1", false, false, false, true},
                                         ClassRow{"febf::1", false, false, false, true},
                                         ClassRow{"fec0::1", false, false, false, false},
                                         ClassRow{"2001:db8::1", false, false, false, false}),
                         [](const auto& row) { return "Row" + std::to_string(row.index); });

TEST(Endpoint, TextHasBracketsAroundVersion6) {
    EXPECT_EQ((Endpoint{IpAddr::v4(0xc0000201), Port{5060}}.to_string()), "192.0.2.1:5060");
    EXPECT_EQ((Endpoint{*IpAddr::parse("2001:db8::1"), Port{65535}}.to_string()),
              "[2001:db8::1]:65535");
    EXPECT_EQ((Endpoint{IpAddr::v4(0), Port{0}}.to_string()), "0.0.0.0:0");
}

TEST(Prefix, ReadsWhatIpAddrWrites) {
    const auto net = Prefix::parse("10.10.0.1/24");
    ASSERT_TRUE(net);
    EXPECT_EQ(net->address.to_string(), "10.10.0.1");
    EXPECT_EQ(net->length, 24);
    EXPECT_EQ(net->to_string(), "10.10.0.1/24");
    EXPECT_EQ(Prefix::parse("2001:DB8::1/64")->to_string(), "2001:db8::1/64");
    EXPECT_TRUE(Prefix::parse("10.0.0.1/0"));
    EXPECT_TRUE(Prefix::parse("10.0.0.1/32"));
    EXPECT_TRUE(Prefix::parse("::/128"));
    for (const char* bad : {"", "/", "10.0.0.1", "10.0.0.1/", "10.0.0.1/33", "10.0.0.1/-1",
                            "10.0.0.1/024", "10.0.0.1/ 24", "10.0.0.1/24/1", "::1/129", "::1",
                            "/24", "10.0.0/8", "10.0.0.1/99999999999999999999"}) {
        EXPECT_FALSE(Prefix::parse(bad)) << bad;
    }
}

TEST(Prefix, ContainsItsNetworkAndNoOther) {
    struct Row {
        const char* net;
        const char* ip;
        bool inside;
    };
    for (const Row& row :
         {Row{"10.10.0.1/24", "10.10.0.255", true}, Row{"10.10.0.1/24", "10.10.1.0", false},
          Row{"10.10.0.1/23", "10.10.1.0", true}, Row{"10.10.0.1/23", "10.10.2.0", false},
          Row{"10.10.0.1/32", "10.10.0.1", true}, Row{"10.10.0.1/32", "10.10.0.0", false},
          Row{"10.10.0.1/0", "192.0.2.1", true}, Row{"10.10.0.1/0", "::1", false},
          Row{"2001:db8::/33", "2001:db8:7fff::1", true},
          Row{"2001:db8::/33", "2001:db8:8000::1", false},
          Row{"2001:db8::1/128", "2001:db8::1", true}, Row{"::/0", "10.0.0.1", false}}) {
        EXPECT_EQ(Prefix::parse(row.net)->contains(*IpAddr::parse(row.ip)), row.inside)
            << row.net << ' ' << row.ip;
    }
    EXPECT_FALSE(Prefix{}.contains(IpAddr{}));
}

TEST(Hash, TellsAddressesFamiliesAndPortsApart) {
    std::unordered_set<std::size_t> seen;
    std::size_t values = 0;
    for (std::uint32_t host = 0; host < 4096; ++host) {
        seen.insert(std::hash<IpAddr>{}(IpAddr::v4(0x0a000000 + host)));
        seen.insert(std::hash<Endpoint>{}(
            {IpAddr::v4(0x0a000001), Port{static_cast<std::uint16_t>(1024 + host)}}));
        values += 2;
    }
    seen.insert(std::hash<IpAddr>{}(IpAddr::v6({})));
    seen.insert(std::hash<IpAddr>{}(IpAddr::v4(0)));
    seen.insert(std::hash<IpAddr>{}(IpAddr{}));
    EXPECT_EQ(seen.size(), values + 3);
    EXPECT_EQ(std::hash<IpAddr>{}(*IpAddr::parse("::1")),
              std::hash<IpAddr>{}(*IpAddr::parse("0::1")));
}

TEST(Hash, SpreadsOverSmallTables) {
    std::array<int, 64> bucket{};
    for (std::uint32_t host = 0; host < 6400; ++host) {
        ++bucket[std::hash<Endpoint>{}({IpAddr::v4(0x0a000000 + host * 256), Port{5060}}) %
                 bucket.size()];
    }
    for (const int count : bucket) {
        EXPECT_GT(count, 50);
        EXPECT_LT(count, 150);
    }
}

}  // namespace
}  // namespace sallyport
