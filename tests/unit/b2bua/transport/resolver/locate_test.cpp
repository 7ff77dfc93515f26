// SPDX-License-Identifier: Apache-2.0
#include "b2bua/transport/resolver/locate.h"

#include "tests/unit/b2bua/transport/resolver/locate_bed.h"

#include <gtest/gtest.h>

namespace sallyport::resolver {
namespace {

struct Row {
    const char* rule;
    const char* uri;
    const char* zone;
    const char* targets;
};

/// The same list, whichever answer comes first.
void check(const Row& row, const Reach& reach) {
    for (const AnswerOrder order : {AnswerOrder::kFirstAsked, AnswerOrder::kLastAsked}) {
        Counters counters;
        EXPECT_EQ(locate(row.uri, reach, row.zone, counters, order).targets, row.targets)
            << row.rule << ": " << row.uri;
    }
}

constexpr const char* kNothing = "";

constexpr const char* kAddresses =
    "pbx.example A 192.0.2.1\n"
    "pbx.example A 192.0.2.2\n"
    "pbx.example AAAA 2001:db8::1\n";

constexpr const char* kServers =
    "pbx.example A 192.0.2.99\n"
    "_sip._udp.pbx.example SRV 10 0 5060 a.pbx.example\n"
    "_sip._udp.pbx.example SRV 20 0 5070 b.pbx.example\n"
    "_sip._tcp.pbx.example SRV 10 0 5080 b.pbx.example\n"
    "_sips._tcp.pbx.example SRV 10 0 5061 c.pbx.example\n"
    "_sip._ws.pbx.example SRV 10 0 8080 a.pbx.example\n"
    "_sips._ws.pbx.example SRV 10 0 8443 a.pbx.example\n"
    "a.pbx.example A 192.0.2.1\n"
    "a.pbx.example A 192.0.2.2\n"
    "b.pbx.example A 192.0.2.3\n"
    "c.pbx.example A 192.0.2.4\n";

TEST(Locate, B2BUA_I2_RFC3263_s4_2_AddressesNeedNoDns) {
    const Row rows[] = {
        {"default port", "sip:192.0.2.7", kNothing, "udp 192.0.2.7:5060"},
        {"port", "sip:bob@192.0.2.7:5070", kNothing, "udp 192.0.2.7:5070"},
        {"transport", "sip:192.0.2.7;transport=TCP", kNothing, "tcp 192.0.2.7:5060"},
        {"tls as transport", "sip:192.0.2.7;transport=tls", kNothing, "tls 192.0.2.7:5061"},
        {"sips", "sips:192.0.2.7", kNothing, "tls 192.0.2.7:5061"},
        {"sips over TCP is TLS", "sips:192.0.2.7:5071;transport=tcp", kNothing,
         "tls 192.0.2.7:5071"},
        {"sips over UDP", "sips:192.0.2.7;transport=udp", kNothing, "not secure"},
        {"unknown transport", "sip:192.0.2.7;transport=sctp", kNothing, "no transport"},
        {"transport without value", "sip:192.0.2.7;transport", kNothing, "no transport"},
        {"a transport that the realm has not", "sip:192.0.2.7;transport=ws", kNothing,
         "no transport"},
        {"family that the realm has not", "sip:[2001:db8::7]", kNothing, "no family"},
        {"another scheme", "tel:+4930123", kNothing, "bad URI"},
    };
    for (const Row& row : rows) {
        check(row, usual_reach());
        Counters counters;
        EXPECT_TRUE(locate(row.uri, usual_reach(), kNothing, counters).asked.empty()) << row.rule;
    }
}

TEST(Locate, B2BUA_B21_IPv6Addresses) {
    Reach reach = usual_reach();
    reach.families = {Family::kIpv6};
    check({"IPv6", "sip:[2001:db8::7]:5070", kNothing, "udp [2001:db8::7]:5070"}, reach);
    check({"IPv4 from an IPv6 realm", "sip:192.0.2.7", kNothing, "no family"}, reach);
    check({"AAAA only", "sip:pbx.example:5070", kAddresses, "udp [2001:db8::1]:5070"}, reach);
}

TEST(Locate, B2BUA_I2_RFC3263_s4_2_NameAndPortAskForAddressesOnly) {
    const Row rows[] = {
        {"UDP", "sip:PBX.example.:5060", kAddresses, "udp 192.0.2.1:5060, udp 192.0.2.2:5060"},
        {"transport", "sip:pbx.example:5070;transport=tcp", kAddresses,
         "tcp 192.0.2.1:5070, tcp 192.0.2.2:5070"},
        {"sips", "sips:pbx.example:5071", kAddresses, "tls 192.0.2.1:5071, tls 192.0.2.2:5071"},
        {"port 5060 too", "sip:pbx.example:5060", kServers, "udp 192.0.2.99:5060"},
        {"no address", "sip:other.example:5060", kAddresses, "no server"},
    };
    for (const Row& row : rows) {
        check(row, usual_reach());
    }
    Counters counters;
    EXPECT_EQ(locate("sip:pbx.example:5060", usual_reach(), kServers, counters).asked,
              (std::vector<Question>{{RecordType::kA, "pbx.example"}}));
}

TEST(Locate, B2BUA_I2_RFC3263_s4_2_TransportGivenAsksForItsSrv) {
    Reach reach = usual_reach();
    reach.transports = {Transport::kUdp, Transport::kTcp, Transport::kTls, Transport::kWs,
                        Transport::kWss};
    const Row rows[] = {
        {"_sip._udp, all addresses of a server before the next", "sip:pbx.example;transport=udp",
         kServers, "udp 192.0.2.1:5060, udp 192.0.2.2:5060, udp 192.0.2.3:5070"},
        {"_sip._tcp", "sip:pbx.example;transport=tcp", kServers, "tcp 192.0.2.3:5080"},
        {"_sips._tcp", "sips:pbx.example;transport=tcp", kServers, "tls 192.0.2.4:5061"},
        {"_sips._tcp for tls", "sip:pbx.example;transport=tls", kServers, "tls 192.0.2.4:5061"},
        {"_sip._ws", "sip:pbx.example;transport=ws", kServers,
         "ws 192.0.2.1:8080, ws 192.0.2.2:8080"},
        {"_sips._ws", "sips:pbx.example;transport=ws", kServers,
         "wss 192.0.2.1:8443, wss 192.0.2.2:8443"},
        {"none: addresses, UDP", "sip:pbx.example;transport=udp", kAddresses,
         "udp 192.0.2.1:5060, udp 192.0.2.2:5060"},
        {"none: addresses, TLS", "sips:pbx.example;transport=tcp", kAddresses,
         "tls 192.0.2.1:5061, tls 192.0.2.2:5061"},
        {"none: addresses, WS", "sip:pbx.example;transport=ws", "pbx.example A 192.0.2.1",
         "ws 192.0.2.1:80"},
        {"none: addresses, WSS", "sips:pbx.example;transport=ws", "pbx.example A 192.0.2.1",
         "wss 192.0.2.1:443"},
    };
    for (const Row& row : rows) {
        check(row, reach);
        Counters counters;
        const auto asked = locate(row.uri, reach, row.zone, counters).asked;
        EXPECT_EQ(asked.front().type, RecordType::kSrv) << row.rule << ": no NAPTR";
    }
}

TEST(Locate, B2BUA_I2_RFC3263_s4_1_NoNaptrAsksForEachTransport) {
    Reach udp_only = usual_reach();
    udp_only.transports = {Transport::kUdp};
    Reach tcp_only = usual_reach();
    tcp_only.transports = {Transport::kTcp};
    check({"all", "sip:pbx.example", kServers,
           "udp 192.0.2.1:5060, udp 192.0.2.2:5060, udp 192.0.2.3:5070, tcp 192.0.2.3:5080, "
           "tls 192.0.2.4:5061"},
          usual_reach());
    check({"what the realm has", "sip:pbx.example", kServers,
           "udp 192.0.2.1:5060, udp 192.0.2.2:5060, udp 192.0.2.3:5070"},
          udp_only);
    check({"sips: TLS", "sips:pbx.example", kServers, "tls 192.0.2.4:5061"}, usual_reach());
    check({"sips, no TLS (B16)", "sips:pbx.example", kServers, "not secure"}, udp_only);
    check({"no SRV either: UDP", "sip:pbx.example", kAddresses,
           "udp 192.0.2.1:5060, udp 192.0.2.2:5060"},
          usual_reach());
    check({"no SRV either, sips: TLS", "sips:pbx.example", kAddresses,
           "tls 192.0.2.1:5061, tls 192.0.2.2:5061"},
          usual_reach());
    check({"no SRV either, a realm without UDP", "sip:pbx.example", kAddresses,
           "tcp 192.0.2.1:5060, tcp 192.0.2.2:5060"},
          tcp_only);
}

constexpr const char* kPointers =
    "pbx.example NAPTR 90 50 s SIP+D2T \"\" _sip._tcp.elsewhere.example\n"
    "pbx.example NAPTR 50 60 S sip+d2u \"\" _sip._udp.pbx.example\n"
    "pbx.example NAPTR 50 50 s SIP+D2W \"\" _sip._ws.pbx.example\n"
    "pbx.example NAPTR 100 1 s SIPS+D2T \"\" _sips._tcp.pbx.example\n"
    "pbx.example NAPTR 100 2 s SIPS+D2W \"\" _sips._ws.pbx.example\n"
    "pbx.example NAPTR 1 1 u E2U+sip !^.*$!sip:a@b! .\n"
    "pbx.example NAPTR 1 1 a SIP+D2U \"\" a.pbx.example\n"
    "pbx.example NAPTR 1 1 s SIP+D2S \"\" _sip._sctp.pbx.example\n"
    "_sip._tcp.elsewhere.example SRV 0 0 5062 a.pbx.example\n";

TEST(Locate, B2BUA_I2_RFC3263_s4_1_NaptrByOrderThenPreference) {
    const std::string zone = std::string(kPointers) + kServers;
    Reach web = usual_reach();
    web.transports = {Transport::kWs, Transport::kWss};
    Reach tcp_only = usual_reach();
    tcp_only.transports = {Transport::kTcp};
    check({"order, then preference; what the realm has", "sip:pbx.example", zone.c_str(),
           "udp 192.0.2.1:5060, udp 192.0.2.2:5060, udp 192.0.2.3:5070, tcp 192.0.2.1:5062, "
           "tcp 192.0.2.2:5062, tls 192.0.2.4:5061"},
          usual_reach());
    check(
        {"sips discards what is not SIPS", "sips:pbx.example", zone.c_str(), "tls 192.0.2.4:5061"},
        usual_reach());
    check({"another domain's SRV", "sip:pbx.example", zone.c_str(),
           "tcp 192.0.2.1:5062, tcp 192.0.2.2:5062"},
          tcp_only);
    check({"SIP+D2W, SIPS+D2W", "sip:pbx.example", zone.c_str(),
           "ws 192.0.2.1:8080, ws 192.0.2.2:8080, wss 192.0.2.1:8443, wss 192.0.2.2:8443"},
          web);
    check({"SIPS+D2W for sips", "sips:pbx.example", zone.c_str(),
           "wss 192.0.2.1:8443, wss 192.0.2.2:8443"},
          web);
    check({"WebSocket is not taken without NAPTR", "sip:pbx.example", kServers, "no server"}, web);
    check({"WebSocket is not taken for a port", "sip:pbx.example:80", kServers, "no transport"},
          web);
}

TEST(Locate, B2BUA_I2_RFC3263_s4_1_NaptrThatLeadsNowhere) {
    const Row rows[] = {
        {"SRV missing: the addresses of the domain, by the transport of the first pointer",
         "sip:pbx.example",
         "pbx.example NAPTR 1 1 s SIP+D2T \"\" _sip._tcp.pbx.example\n"
         "pbx.example A 192.0.2.1",
         "tcp 192.0.2.1:5060"},
        {"no pointer for us: SRV of the domain", "sip:pbx.example",
         "pbx.example NAPTR 1 1 s SIP+D2S \"\" _sip._sctp.pbx.example\n"
         "_sip._udp.pbx.example SRV 0 0 5060 a.example\n"
         "a.example A 192.0.2.1",
         "udp 192.0.2.1:5060"},
        {"NAPTR fails: SRV of the domain", "sip:pbx.example",
         "pbx.example NAPTR !\n"
         "_sip._udp.pbx.example SRV 0 0 5060 a.example\n"
         "a.example A 192.0.2.1",
         "udp 192.0.2.1:5060"},
        {"the first pointer's server has no address: the second", "sip:pbx.example",
         "pbx.example NAPTR 1 1 s SIP+D2T \"\" _sip._tcp.pbx.example\n"
         "pbx.example NAPTR 2 1 s SIP+D2U \"\" _sip._udp.pbx.example\n"
         "_sip._tcp.pbx.example SRV 0 0 5060 gone.example\n"
         "_sip._udp.pbx.example SRV 0 0 5060 a.example\n"
         "a.example A 192.0.2.1",
         "udp 192.0.2.1:5060"},
        {"all fails", "sip:pbx.example",
         "pbx.example NAPTR !\n_sip._udp.pbx.example SRV !\n_sip._tcp.pbx.example SRV !\n"
         "_sips._tcp.pbx.example SRV !\npbx.example A !",
         "DNS failed"},
        {"nothing there", "sip:pbx.example", kNothing, "no server"},
    };
    for (const Row& row : rows) {
        check(row, usual_reach());
    }
}

TEST(Locate, B2BUA_I2_B14_NoClearTextBehindTls) {
    const std::string zone = std::string(kServers) +
                             "pbx.example NAPTR 1 1 s SIPS+D2T \"\" _sips._tcp.pbx.example\n"
                             "pbx.example NAPTR 2 1 s SIP+D2U \"\" _sip._udp.pbx.example\n";
    Counters counters;
    EXPECT_EQ(locate("sip:pbx.example", usual_reach(), zone, counters).targets,
              "tls 192.0.2.4:5061");
    EXPECT_EQ(counters.downgrades.read(), 3U);
}

TEST(Locate, B2BUA_B14_TlsNameIsTheHostOfTheUri) {
    Counters counters;
    for (const char* uri : {"sips:PBX.example.", "sips:a@pbx.example;maddr=b.pbx.example"}) {
        Reach reach = usual_reach();
        reach.trusted = true;
        const auto located = locate(uri, reach, std::string(kPointers) + kServers, counters);
        EXPECT_EQ(located.tls_names, std::vector<std::string>{"pbx.example"}) << uri;
    }
    EXPECT_EQ(locate("sips:192.0.2.7", usual_reach(), "", counters).tls_names.front(), "192.0.2.7");
}

TEST(Locate, B2BUA_I2_MaddrInTrustedRealmsOnly) {
    Reach trusted = usual_reach();
    trusted.trusted = true;
    const char* const uri = "sip:pbx.example:5070;maddr=192.0.2.50";
    check({"trusted", uri, kAddresses, "udp 192.0.2.50:5070"}, trusted);
    check({"not trusted", uri, kAddresses, "udp 192.0.2.1:5070, udp 192.0.2.2:5070"},
          usual_reach());
    check({"a name", "sip:x.example;maddr=pbx.example", kServers,
           "udp 192.0.2.1:5060, udp 192.0.2.2:5060, udp 192.0.2.3:5070, tcp 192.0.2.3:5080, "
           "tls 192.0.2.4:5061"},
          trusted);
}

TEST(Locate, B2BUA_I3_RFC2782_PriorityThenAllAddressesOfBothFamilies) {
    constexpr const char* kZone =
        "_sip._udp.pbx.example SRV 20 0 5060 b.example\n"
        "_sip._udp.pbx.example SRV 10 9 5060 a.example\n"
        "a.example A 192.0.2.1\n"
        "a.example A 192.0.2.2\n"
        "a.example AAAA 2001:db8::1\n"
        "b.example AAAA 2001:db8::2\n"
        "b.example A 192.0.2.3\n";
    Reach reach = usual_reach();
    reach.families = {Family::kIpv6, Family::kIpv4};
    check({"IPv6 first", "sip:pbx.example;transport=udp", kZone,
           "udp [2001:db8::1]:5060, udp 192.0.2.1:5060, udp 192.0.2.2:5060, "
           "udp [2001:db8::2]:5060, udp 192.0.2.3:5060"},
          reach);
    reach.families = {Family::kIpv4, Family::kIpv6};
    check({"IPv4 first", "sip:pbx.example;transport=udp", kZone,
           "udp 192.0.2.1:5060, udp 192.0.2.2:5060, udp [2001:db8::1]:5060, "
           "udp 192.0.2.3:5060, udp [2001:db8::2]:5060"},
          reach);
}

TEST(Locate, B2BUA_I3_RFC2782_DotMeansNotAvailable) {
    const Row rows[] = {
        {"the transport asked for", "sip:pbx.example;transport=udp",
         "_sip._udp.pbx.example SRV 0 0 0 .\npbx.example A 192.0.2.1", "not available"},
        {"one of them: the others", "sip:pbx.example",
         "_sip._udp.pbx.example SRV 0 0 0 .\n_sip._tcp.pbx.example SRV 0 0 5060 a.example\n"
         "a.example A 192.0.2.1",
         "tcp 192.0.2.1:5060"},
        {"one of them, the others unsaid: another's default", "sip:pbx.example",
         "_sip._udp.pbx.example SRV 0 0 0 .\npbx.example A 192.0.2.1", "tcp 192.0.2.1:5060"},
        {"all of them", "sip:pbx.example",
         "_sip._udp.pbx.example SRV 0 0 0 .\n_sip._tcp.pbx.example SRV 0 0 0 .\n"
         "_sips._tcp.pbx.example SRV 0 0 0 .\npbx.example A 192.0.2.1",
         "not available"},
    };
    for (const Row& row : rows) {
        check(row, usual_reach());
    }
}

TEST(Locate, B2BUA_B4_InvalidIsNotAskedFor) {
    Counters counters;
    for (const char* uri : {"sip:x7k3.invalid;transport=udp", "sip:localhost:5060", "sip:300.1.2.3",
                            "sip:a..example"}) {
        const auto located = locate(uri, usual_reach(), kNothing, counters);
        EXPECT_EQ(located.targets, "bad host") << uri;
        EXPECT_TRUE(located.asked.empty()) << uri;
    }
}

}  // namespace
}  // namespace sallyport::resolver
