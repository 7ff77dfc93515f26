// SPDX-License-Identifier: Apache-2.0
// Values that look odd and are right, and that a refused value leaves its target alone. What is
// refused with which words stands in the fault tables.
#include "config/values.h"

#include <gtest/gtest.h>

#include <string>

namespace sallyport::config {
namespace {

constexpr OptionText kRow{"key", "", {false, "1"}, {1, 255}, "a row for tests"};

template <class Type, class Value>
bool reads(std::string_view text, Value& out, const Config& config = {}) {
    return !Type::read(Context{kRow, config}, text, out);
}

TEST(Values, RefusedOnesChangeNothing) {
    std::uint8_t number = 7;
    EXPECT_FALSE(reads<Number>("256", number));
    EXPECT_EQ(number, 7);
    PortRange ports{2000, 2001};
    EXPECT_FALSE(reads<Ports>("3001-4000", ports));
    EXPECT_EQ(ports.first, 2000);
    std::vector<ListenPoint> listen{ListenPoint{}};
    EXPECT_FALSE(reads<Listen>("udp:1,udp:x", listen));
    EXPECT_EQ(listen.size(), 1U);
    bool flag = true;
    EXPECT_FALSE(reads<Flag>("False", flag));
    EXPECT_TRUE(flag);
}

TEST(Values, SmallestAndLargestPortRanges) {
    PortRange ports;
    EXPECT_TRUE(reads<Ports>("1024-65535", ports));
    EXPECT_TRUE(reads<Ports>("40000-40001", ports));
    EXPECT_EQ(ports.last - ports.first, 1);
    EXPECT_TRUE(reads<Ports>(" 40000 - 40001 ", ports));
}

TEST(Values, DevicesOfEveryKind) {
    std::string out;
    for (const char* device :
         {"0000:01:00.0", "01:00.0", "net_af_packet0,iface=eth0,qpairs=2",
          "net_tap0,iface=w,mac=fixed", "net_pcap0,rx_pcap=/tmp/a.pcap,tx_pcap=/tmp/b.pcap",
          "virtio_user0,path=/dev/vhost-net"}) {
        EXPECT_TRUE(reads<Device>(device, out)) << device;
        EXPECT_EQ(out, device);
    }
}

TEST(Values, B2BUA_H21_DirectoriesAndNone) {
    std::string out = "before";
    EXPECT_FALSE(reads<Directory>("/", out));
    EXPECT_FALSE(reads<Directory>("/var/my lib", out));
    EXPECT_FALSE(reads<Directory>("", out));
    EXPECT_EQ(out, "before");
    EXPECT_TRUE(reads<Directory>("/var/lib/sallyport", out));
    EXPECT_EQ(Directory::write({}, out), "/var/lib/sallyport");
    EXPECT_TRUE(reads<Directory>("none", out));
    EXPECT_EQ(out, "");
    EXPECT_EQ(Directory::write({}, out), "none");
}

TEST(Values, HostsOfSmallNetworks) {
    Prefix prefix;
    EXPECT_TRUE(reads<Network>("192.0.2.0/31", prefix)) << "RFC 3021: both are hosts";
    EXPECT_TRUE(reads<Network>("192.0.2.255/32", prefix));
    EXPECT_TRUE(reads<Network>("2001:db8::/64", prefix)) << "only a router anycast address, legal";
    EXPECT_TRUE(reads<Network>("fe80::1/64", prefix));
    EXPECT_FALSE(reads<Network>("ff02::1/64", prefix));
    EXPECT_FALSE(reads<Network>("0.0.0.0/0", prefix));
}

TEST(Values, UrisAndWhatTheySay) {
    struct Row {
        const char* uri;
        const char* endpoint;
    };
    for (const Row& row :
         {Row{"sip:192.0.2.1", "192.0.2.1:5060"}, Row{"sip:192.0.2.1:5080", "192.0.2.1:5080"},
          Row{"sip:[2001:db8::1]", "[2001:db8::1]:5060"},
          Row{"sip:[2001:db8::1]:65535", "[2001:db8::1]:65535"}}) {
        const auto endpoint = sip_uri_endpoint(row.uri);
        ASSERT_TRUE(endpoint) << row.uri;
        EXPECT_EQ(endpoint->to_string(), row.endpoint);
        std::string out;
        EXPECT_TRUE(reads<SipUri>(row.uri, out));
    }
    for (const char* uri : {"", "sip:", "sip::5060", "sip:[]", "sip:[", "sip:]", "sip:[192.0.2.1]",
                            "sip:[::1", "sip:[2001:db8::1]5060", "sip:192.0.2.1:99999",
                            "SIP:192.0.2.1", "sip:192.0.2.1 ", "sip:192.0.2.1:5060:1"}) {
        EXPECT_FALSE(sip_uri_endpoint(uri)) << uri;
        std::string out;
        EXPECT_FALSE(reads<SipUri>(uri, out)) << uri;
    }
}

TEST(Values, HeaderNamesAreTokensOrNone) {
    std::vector<std::string> names{"Old"};
    EXPECT_TRUE(reads<HeaderNames>("X-Foo,  P.bar~", names));
    EXPECT_EQ(names, (std::vector<std::string>{"X-Foo", "P.bar~"}));
    EXPECT_EQ(HeaderNames::write({}, names), "X-Foo,P.bar~");
    for (const char* wrong : {"", "X-Foo,", "X Foo", "X:", "\"q\""}) {
        EXPECT_FALSE(reads<HeaderNames>(wrong, names)) << wrong;
    }
    EXPECT_EQ(names.size(), 2U);
    EXPECT_TRUE(reads<HeaderNames>("none", names));
    EXPECT_TRUE(names.empty());
    EXPECT_EQ(HeaderNames::write({}, names), "none");
}

TEST(Values, NamesFollowTheConfig) {
    Config config;
    config.realms.resize(2);
    config.realms[0].name = "a";
    config.realms[1].name = "b";
    RealmId realm;
    EXPECT_TRUE(reads<RealmName>("b", realm, config));
    EXPECT_EQ(realm, RealmId{1});
    EXPECT_EQ(RealmName::write(config, realm), "b");
}

}  // namespace
}  // namespace sallyport::config
