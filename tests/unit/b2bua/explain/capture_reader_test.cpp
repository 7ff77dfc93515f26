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
        {"more fragments", options_packet(0x2000), "fragments without the others"},
        {"last fragment", options_packet(0x0010), "fragments without the others"},
        {"IPv6 fragment", ip(from6, to6, first_fragment + udp(from6, to6, kOptions), 44),
         "fragments without the others"},
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

/// A piece of the datagram, over IPv4 or IPv6.
std::string piece(const Endpoint& from, const Endpoint& to, const std::string& datagram,
                  std::size_t begin, std::size_t end) {
    const std::string part = datagram.substr(begin, end - begin);
    const bool more = end < datagram.size();
    if (from.ip.is_v4()) {
        return ip(from, to, part, 17, (more ? 0x2000 : 0) | (begin / 8));
    }
    return ip(from, to,
              std::string("\x11\x00", 2) + be16(begin | (more ? 1 : 0)) + be16(0) + be16(7) + part,
              44);
}

TEST(CaptureReader, puts_fragments_together) {  // RFC 791 s.3.2, RFC 8200 s.4.5
    for (const char* host : {"10.10.0.", "2001:db8::"}) {
        const Endpoint from = at(std::string(host) + "5"), to = at(std::string(host) + "1");
        const std::string datagram = udp(from, to, kOptions);
        const auto part = [&](std::size_t begin, std::size_t end) {
            return piece(from, to, datagram, begin, end);
        };
        const std::string a = part(0, 16), b = part(16, 24), c = part(24, datagram.size());
        const auto messages = [](const std::vector<std::string>& frames) {
            const auto capture = read_capture(pcap(kRaw, frames));
            return capture.ok() ? *capture : Capture{};
        };
        for (const auto& frames :
             {std::vector{a, b, c}, std::vector{c, b, a}, std::vector{b, b, c, c, a}}) {
            const Capture capture = messages(frames);
            ASSERT_EQ(capture.messages.size(), 1U) << host;
            EXPECT_EQ(capture.messages[0].octets, kOptions);
            EXPECT_EQ(capture.messages[0].source, from);
            EXPECT_EQ(capture.messages[0].frame, frames.size());
            EXPECT_TRUE(capture.notes.empty()) << capture.notes[0];
        }
        EXPECT_TRUE(messages({a, c}).messages.empty());
        // As many octets as the last piece ends at, but not in one row.
        const std::string end = piece(from, to, datagram.substr(0, 24), 16, 24);
        EXPECT_TRUE(messages({end, part(24, 32), part(0, 8)}).messages.empty());
        EXPECT_EQ(messages({a, c}).notes[0].substr(0, 9), "2 frames ");
        // RFC 5722 s.3: pieces that overlap are never put together.
        EXPECT_TRUE(messages({a, part(8, 24), c}).messages.empty());
        EXPECT_TRUE(messages({a, part(0, 24), c}).messages.empty());
        EXPECT_TRUE(messages({part(16, 32), b, a, c}).messages.empty());
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
