// SPDX-License-Identifier: Apache-2.0
// Every way in and every way out: what leaves must be right on the wire.
#include "dataplane/readdress.h"

#include "tests/unit/dataplane/media/media_rig.h"

#include <gtest/gtest.h>

namespace sallyport::dataplane {
namespace {

using namespace test;

struct Form {
    const char* name;
    DatagramForm form;
    std::size_t payload{160};
    std::size_t segment{0};
};

const Form kForms[] = {
    {"Plain", {}},
    {"OddLength", {}, 161},
    {"OneOctet", {}, 1},
    {"Empty", {}, 0},
    {"Large", {}, 1400},
    {"NoUdpChecksum", {.udp_checksum = false}},
    {"NoUdpChecksumOdd", {.udp_checksum = false}, 33},
    {"OneOptionWord", {.ip_options = 4}},
    {"AllOptions", {.ip_options = 40}},
    {"PriorityTag", {.vlan_priority_tag = true}},
    {"LinkPadding", {.link_padding = 17}, 4},
    {"MayFragment", {.dont_fragment = false}},
    {"EcnMarked", {.tos = 0xbb}},
    {"ManySegments", {}, 1000, 100},
    {"ManySegmentsNoChecksum", {.udp_checksum = false}, 1001, 100},
};

struct Way {
    const char* name;
    RealmId in;
    const char* from;
    const char* to;
    const char* new_from;
    const char* new_to;
};

const Way kWays[] = {
    {"4to4", kInside, "10.10.0.99", "10.10.0.1", "198.51.100.1", "203.0.113.77"},
    {"4to6", kInside, "10.10.0.99", "10.10.0.1", "2001:db8:6::1", "2001:db8:7::ffff:1"},
    {"6to6", kSix, "2001:db8:6::42", "2001:db8:6::1", "2001:db8:9::1", "2001:db8:7::2"},
    {"6to4", kSix, "2001:db8:6::42", "2001:db8:6::1", "198.51.100.1", "203.0.113.77"},
};

using Case = std::pair<Way, Form>;

/// IPv6 has no options of this kind and no datagrams without checksum.
std::vector<Case> cases() {
    std::vector<Case> all;
    for (const Way& way : kWays) {
        for (const Form& form : kForms) {
            if (way.in != kSix || (form.form.udp_checksum && form.form.ip_options == 0)) {
                all.emplace_back(way, form);
            }
        }
    }
    return all;
}

class Readdressed : public testing::TestWithParam<Case> {
protected:
    static Readdress target(const Way& way, std::uint16_t& ip_id) {
        const IpAddr from = IpAddr::parse(way.new_from).value();
        return {from.family(),
                AddressWords::of(from),
                AddressWords::of(IpAddr::parse(way.new_to).value()),
                30002,
                61234,
                46,
                &ip_id};
    }
};

TEST_P(Readdressed, LeavesRightOnTheWire) {
    const auto& [way, form] = GetParam();
    MediaRig rig;
    std::uint16_t ip_id = 0x55aa;
    const bool v4_in = IpAddr::parse(way.from)->is_v4();
    const std::uint16_t our_port = way.in == kInside ? 20000 : 40000;
    const Octets payload = rtp(8, 7, 0x01020304, 1500);
    const Octets body(payload.begin(), payload.begin() + static_cast<std::ptrdiff_t>(form.payload));
    Packet packet = rig.load(
        way.in, frame(endpoint(way.from, 4000), endpoint(way.to, our_port), body, form.form),
        form.segment);
    ASSERT_EQ(packet.edge, Edge::kMedia) << name_of(packet.drop);
    const Readdress to = target(way, ip_id);
    ASSERT_TRUE(readdress(packet, to));
    packet.ether()->ether_type =
        rte_cpu_to_be_16(to.family == Family::kIpv4 ? RTE_ETHER_TYPE_IPV4 : RTE_ETHER_TYPE_IPV6);
    EXPECT_EQ(packet.l3, sizeof(rte_ether_hdr));
    const auto out = read_frame(MediaRig::octets_of(packet.mbuf));
    EXPECT_EQ(packet.mbuf->pkt_len, sizeof(rte_ether_hdr) + packet.ip_length);
    rte_pktmbuf_free(packet.mbuf);
    ASSERT_TRUE(out) << "lengths contradict each other";
    EXPECT_EQ(out->from, endpoint(way.new_from, 30002));
    EXPECT_EQ(out->to, endpoint(way.new_to, 61234));
    EXPECT_EQ(out->payload, body);
    EXPECT_EQ(out->ttl, 64);
    EXPECT_EQ(out->tos, 46 << 2 | (form.form.tos & 3)) << "ECN is copied (G15)";
    EXPECT_TRUE(out->ip_checksum_right);
    EXPECT_TRUE(out->udp_checksum_right);
    if (v4_in && to.family == Family::kIpv4) {
        EXPECT_EQ(out->dont_fragment, form.form.dont_fragment);
        EXPECT_EQ(ip_id, form.form.dont_fragment ? 0x55aa : 0x55ab)
            << "RFC 6864: ids only where needed";
    }
}

INSTANTIATE_TEST_SUITE_P(AllWays, Readdressed, testing::ValuesIn(cases()), [](const auto& p) {
    return "Way" + std::string(p.param.first.name) + p.param.second.name;
});

TEST(Readdress, DamageDoneBeforeUsStaysVisible) {
    MediaRig rig;
    std::uint16_t ip_id = 0;
    Packet packet = rig.load(
        kInside, frame(endpoint("10.10.0.99", 4000), endpoint("10.10.0.1", 20000), rtp(8, 1, 1)));
    rte_pktmbuf_mtod(packet.mbuf, std::uint8_t*)[100] ^= 0x40;
    const Readdress to{Family::kIpv4,
                       AddressWords::of(IpAddr::parse("198.51.100.1").value()),
                       AddressWords::of(IpAddr::parse("203.0.113.7").value()),
                       30000,
                       4000,
                       46,
                       &ip_id};
    ASSERT_TRUE(readdress(packet, to));
    packet.ether()->ether_type = RTE_BE16(RTE_ETHER_TYPE_IPV4);
    const auto out = read_frame(MediaRig::octets_of(packet.mbuf));
    rte_pktmbuf_free(packet.mbuf);
    ASSERT_TRUE(out);
    EXPECT_TRUE(out->ip_checksum_right);
    EXPECT_FALSE(out->udp_checksum_right);
}

TEST(Readdress, ChecksumIsNeverZero) {
    // Among 65,536 sequence numbers at least one gives a sum whose complement is zero (RFC 768:
    // sent as all ones).
    MediaRig rig;
    std::uint16_t ip_id = 0;
    const Readdress to{Family::kIpv4,
                       AddressWords::of(IpAddr::parse("198.51.100.1").value()),
                       AddressWords::of(IpAddr::parse("203.0.113.7").value()),
                       30000,
                       4000,
                       46,
                       &ip_id};
    std::size_t all_ones = 0;
    for (std::uint32_t sequence = 0; sequence < 65536; ++sequence) {
        Octets payload = hex("8008 0000 00000000 11223344");
        payload[2] = static_cast<std::uint8_t>(sequence >> 8);
        payload[3] = static_cast<std::uint8_t>(sequence);
        Packet packet = rig.load(
            kInside, frame(endpoint("10.10.0.99", 4000), endpoint("10.10.0.1", 20000), payload));
        ASSERT_TRUE(readdress(packet, to));
        packet.ether()->ether_type = RTE_BE16(RTE_ETHER_TYPE_IPV4);
        const std::uint16_t sum = packet.udp()->dgram_cksum;
        const auto out = read_frame(MediaRig::octets_of(packet.mbuf));
        rte_pktmbuf_free(packet.mbuf);
        ASSERT_NE(sum, 0);
        ASSERT_TRUE(out && out->udp_checksum_right) << sequence;
        all_ones += sum == 0xffff ? 1 : 0;
    }
    EXPECT_GE(all_ones, 1U);
}

TEST(Readdress, NoHeadroomLeavesThePacketAlone) {
    MediaRig rig;
    std::uint16_t ip_id = 0;
    Packet packet = rig.load(
        kInside, frame(endpoint("10.10.0.99", 4000), endpoint("10.10.0.1", 20000), rtp(8, 1, 1)));
    const Octets before = MediaRig::octets_of(packet.mbuf);
    const auto headroom = packet.mbuf->data_off;
    packet.mbuf->data_off = 0;  // as if a device had left none
    std::memmove(rte_pktmbuf_mtod(packet.mbuf, std::uint8_t*), before.data(), before.size());
    const IpAddr six = IpAddr::parse("2001:db8::1").value();
    const Readdress to{Family::kIpv6, AddressWords::of(six), AddressWords::of(six), 1, 2, 46,
                       &ip_id};
    EXPECT_FALSE(readdress(packet, to));
    EXPECT_EQ(MediaRig::octets_of(packet.mbuf), before);
    packet.mbuf->data_off = headroom;
    rte_pktmbuf_free(packet.mbuf);
}

}  // namespace
}  // namespace sallyport::dataplane
