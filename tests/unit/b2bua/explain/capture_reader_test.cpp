// SPDX-License-Identifier: Apache-2.0
// Captures of every link type that is read, what is left out and said, and files that lie.
#include "b2bua/explain/capture_reader.h"

#include "tests/unit/b2bua/explain/frames.h"

#include <gtest/gtest.h>

namespace sallyport::explain {
namespace {

constexpr std::string_view kOptions = "OPTIONS sip:10.10.0.1 SIP/2.0\r\n\r\n";

struct Way {
    const char* name;
    std::uint32_t link;
    const char* from;
    const char* to;
};

class CaptureOf : public ::testing::TestWithParam<Way> {};

TEST_P(CaptureOf, gives_its_messages_with_their_addresses) {
    const Way& way = GetParam();
    const std::string packet =
        ip(at(way.from, 5070), at(way.to), udp(at(way.from, 5070), at(way.to), kOptions));
    for (const std::string& file :
         {pcap(way.link, {frame(way.link, packet)}), pcapng(way.link, {frame(way.link, packet)})}) {
        ASSERT_TRUE(is_capture(file));
        const auto capture = read_capture(file);
        ASSERT_TRUE(capture.ok()) << capture.error();
        ASSERT_EQ(capture->messages.size(), 1U);
        EXPECT_EQ(capture->messages[0].octets, kOptions);
        EXPECT_EQ(capture->messages[0].source, at(way.from, 5070));
        EXPECT_EQ(capture->messages[0].local, at(way.to));
        EXPECT_EQ(capture->messages[0].frame, 1U);
        EXPECT_TRUE(capture->notes.empty());
    }
}

constexpr Way kWays[] = {
    {"ethernet_ipv4", kEthernet, "10.10.0.5", "10.10.0.1"},
    {"ethernet_ipv6", kEthernet, "2001:db8::5", "2001:db8::1"},
    {"cooked_ipv4", kCooked, "10.10.0.5", "10.10.0.1"},
    {"cooked_ipv6", kCooked, "2001:db8::5", "2001:db8::1"},
    {"cooked2_ipv4", kCooked2, "10.10.0.5", "10.10.0.1"},
    {"cooked2_ipv6", kCooked2, "2001:db8::5", "2001:db8::1"},
    {"raw_ipv4", kRaw, "10.10.0.5", "10.10.0.1"},
    {"raw_ipv6", kRaw, "2001:db8::5", "2001:db8::1"},
};
INSTANTIATE_TEST_SUITE_P(Links, CaptureOf, ::testing::ValuesIn(kWays),
                         [](const auto& p) { return p.param.name; });

std::string options_packet(std::size_t flags = 0) {
    const Endpoint from = at("10.10.0.5"), to = at("10.10.0.1");
    return ip(from, to, udp(from, to, kOptions), 17, flags);
}

TEST(CaptureReader, steps_over_vlan_tags) {
    std::string tagged = frame(kEthernet, options_packet());
    tagged.insert(12, std::string("\x88\xa8\x00\x05\x81\x00\x00\x07", 8));
    const auto capture = read_capture(pcap(kEthernet, {tagged}));
    ASSERT_TRUE(capture.ok());
    EXPECT_EQ(capture->messages.size(), 1U);
}

TEST(CaptureReader, steps_over_ipv6_extension_headers) {  // RFC 8200 s.4
    const Endpoint from = at("2001:db8::5"), to = at("2001:db8::1");
    const std::string extended = std::string("\x11\x00\x01\x04\x00\x00\x00\x00", 8);
    const auto capture =
        read_capture(pcap(kRaw, {ip(from, to, extended + udp(from, to, kOptions), 0)}));
    ASSERT_TRUE(capture.ok());
    ASSERT_EQ(capture->messages.size(), 1U);
    EXPECT_EQ(capture->messages[0].octets, kOptions);
}

struct Left {
    const char* name;
    std::string packet;
    const char* note;
};

TEST(CaptureReader, says_what_it_left_out) {
    const Endpoint from = at("10.10.0.5"), to = at("10.10.0.1");
    const Endpoint from6 = at("2001:db8::5"), to6 = at("2001:db8::1");
    const std::string first_fragment = std::string("\x11\x00\x00\x01\x00\x00\x00\x07", 8);
    std::string lies = options_packet();
    lies[24] = '\x7f';  // the length of UDP
    const Left rows[] = {
        {"more fragments", options_packet(0x2000), "fragments of larger datagrams"},
        {"last fragment", options_packet(0x0010), "fragments of larger datagrams"},
        {"IPv6 fragment", ip(from6, to6, first_fragment + udp(from6, to6, kOptions), 44),
         "fragments of larger datagrams"},
        {"TCP", ip(from, to, std::string(20, '\0'), 6), "TCP"},
        {"RTP", ip(from, to, udp(from, to, std::string("\x80\x00", 2) + std::string(20, 'x'))),
         "1 frame without SIP"},
        {"keepalive", ip(from, to, udp(from, to, "\r\n\r\n")), "1 frame without SIP"},
        {"UDP length", lies, "1 frame without SIP"},
        {"short", "\x45", "1 frame without SIP"},
        {"not IP", "\x15", "1 frame without SIP"},
    };
    for (const Left& row : rows) {
        const auto capture = read_capture(pcap(kRaw, {row.packet}));
        ASSERT_TRUE(capture.ok()) << row.name;
        EXPECT_TRUE(capture->messages.empty()) << row.name;
        ASSERT_EQ(capture->notes.size(), 1U) << row.name;
        EXPECT_NE(capture->notes[0].find(row.note), std::string::npos)
            << row.name << ": " << capture->notes[0];
    }
}

TEST(CaptureReader, says_what_the_capture_cut_off) {
    const auto capture = read_capture(pcap(kRaw, {options_packet()}, 5));
    ASSERT_TRUE(capture.ok());
    EXPECT_TRUE(capture->messages.empty());
    ASSERT_EQ(capture->notes.size(), 1U);
    EXPECT_NE(capture->notes[0].find("tcpdump -s 0"), std::string::npos);
}

TEST(CaptureReader, stops_after_its_most) {
    const std::vector<std::string> many(kMostMessages + 1, options_packet());
    const auto capture = read_capture(pcap(kRaw, many));
    ASSERT_TRUE(capture.ok());
    EXPECT_EQ(capture->messages.size(), kMostMessages);
    EXPECT_FALSE(capture->notes.empty());
}

TEST(CaptureReader, refuses_a_link_layer_that_it_does_not_know) {
    const auto capture = read_capture(pcap(kFirewire, {options_packet()}));
    ASSERT_FALSE(capture.ok());
    EXPECT_NE(capture.error().find("link type"), std::string::npos);
}

TEST(CaptureReader, survives_a_file_that_ends_anywhere) {
    const std::vector<std::string> frames(2, frame(kEthernet, options_packet()));
    for (const std::string& whole : {pcap(kEthernet, frames), pcapng(kEthernet, frames)}) {
        for (std::size_t size = 4; size < whole.size(); ++size) {
            const auto capture = read_capture(whole.substr(0, size));
            EXPECT_TRUE(!capture.ok() || capture->messages.size() < 2) << size;
        }
    }
}

TEST(CaptureReader, survives_every_octet_changed) {
    const std::string good = pcap(kEthernet, {frame(kEthernet, options_packet())});
    for (std::size_t i = 0; i < good.size(); ++i) {
        for (const char octet : {'\x00', '\x7f', '\xff'}) {
            std::string bad = good;
            bad[i] = octet;
            const auto capture = read_capture(bad);
            EXPECT_TRUE(!capture.ok() || capture->messages.size() < 2) << i;
        }
    }
}

}  // namespace
}  // namespace sallyport::explain
