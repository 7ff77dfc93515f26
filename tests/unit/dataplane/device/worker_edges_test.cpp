// SPDX-License-Identifier: Apache-2.0
// A packet goes in at one door: at which door does it come out, and exactly which counters move?
// Every row runs through the whole worker: receive, parse, classify, edges, transmit.
#include "tests/unit/dataplane/device/worker_rig.h"

#include <gtest/gtest.h>

namespace sallyport::dataplane::test {
namespace {

using Changes = std::map<std::string, std::uint64_t>;

Octets changed(Octets frame, std::size_t at, std::uint8_t value) {
    frame.at(at) = value;
    return frame;
}

Octets cut(Octets frame, std::size_t length) {
    frame.resize(length);
    return frame;
}

Octets tagged(const Octets& frame, std::uint8_t vlan) {
    Octets out(frame.begin(), frame.begin() + 12);
    const Octets tag{0x81, 0x00, 0x00, vlan};
    out.insert(out.end(), tag.begin(), tag.end());
    out.insert(out.end(), frame.begin() + 12, frame.end());
    return out;
}

/// IPv6 with extension headers between the fixed header and UDP: each is its own number and eight
/// octets long.
Octets extended(const Octets& frame, const std::vector<std::uint8_t>& chain) {
    Octets out(frame.begin(), frame.begin() + 54);
    std::size_t next = 20;  // where the number of the following header goes
    for (const std::uint8_t number : chain) {
        out.at(next) = number;
        next = out.size();
        out.insert(out.end(), 8, 0);
    }
    out.at(next) = 17;
    out.insert(out.end(), frame.begin() + 54, frame.end());
    const std::size_t payload = out.size() - 54;
    out.at(18) = static_cast<std::uint8_t>(payload >> 8);
    out.at(19) = static_cast<std::uint8_t>(payload);
    return out;
}

enum class Door : std::uint8_t { kShard, kKernel, kNone };

struct Row {
    const char* name;
    RealmId realm;
    Octets frame;
    Door door;
    Changes changes;
};

const Octets kSip = frame(kPhone, kOurs, kText);
const Octets kSip6 = frame(kTrunk6, kOurs6, kText);
const Octets kArp =
    hex("ffffffffffff 0200000000fe 0806 0001 0800 06 04 0001 0200000000fe 0a0a0007 000000000000 "
        "0a0a0001");
/// Another upper-layer protocol in an IPv4 frame, with the checksum of its header put right.
Octets with_protocol(Octets f, std::uint8_t protocol) {
    f[23] = protocol;
    f[24] = 0;
    f[25] = 0;
    std::uint32_t sum = 0;
    for (std::size_t i = 14; i < 34; i += 2) {
        sum += static_cast<std::uint32_t>(f[i] << 8 | f[i + 1]);
    }
    sum = (sum & 0xffff) + (sum >> 16);
    const auto checksum = static_cast<std::uint16_t>(~((sum & 0xffff) + (sum >> 16)));
    f[24] = static_cast<std::uint8_t>(checksum >> 8);
    f[25] = static_cast<std::uint8_t>(checksum);
    return f;
}

const Octets kIcmp = with_protocol(kSip, 1);  // of no type that is an error

/// An ICMP error of that type about a datagram that this frame carried (RFC 792): the UDP header of
/// the outer datagram becomes the ICMP header.
Octets icmp_error(std::uint8_t type, const Octets& about) {
    const Octets quoted(about.begin() + 14, about.end());
    Octets f = frame(kPhone, kOurs, quoted);
    std::fill(f.begin() + 34, f.begin() + 42, std::uint8_t{0});
    f[34] = type;
    f[35] = 3;
    return with_protocol(f, 1);
}
/// RFC 4443 s.3; its checksum is the kernel's business.
Octets icmpv6_error(std::uint8_t type, const Octets& about) {
    const Octets quoted(about.begin() + 14, about.end());
    Octets f = frame(kTrunk6, kOurs6, quoted);
    std::fill(f.begin() + 54, f.begin() + 62, std::uint8_t{0});
    f[20] = 58;
    f[54] = type;
    return f;
}
Octets sent_by_media_port() {
    return frame(with_port(kOurs, bench_config().realms[0].media_ports.first), kPhone, kText);
}
Octets sent_by_media_port6() {
    return frame(with_port(kOurs6, bench_config().realms[2].media_ports.first), kTrunk6, kText);
}
const Changes kCountedIcmp{{"tap_out", 1}, {"media_icmp_errors", 1}};

const Row kRows[] = {
    {"signalling", kAccess, kSip, Door::kShard, {{"signalling_in", 1}}},
    {"signalling_ipv6", kCore6, kSip6, Door::kShard, {{"signalling_in", 1}}},
    {"signalling_ip_options",
     kAccess,
     frame(kPhone, kOurs, kText, {.ip_options = 8}),
     Door::kShard,
     {{"signalling_in", 1}}},
    {"signalling_priority_tag",
     kAccess,
     frame(kPhone, kOurs, kText, {.vlan_priority_tag = true}),
     Door::kShard,
     {{"signalling_in", 1}}},
    {"signalling_link_padding",
     kAccess,
     frame(kPhone, kOurs, {'x'}, {.link_padding = 17}),
     Door::kShard,
     {{"signalling_in", 1}}},
    {"signalling_empty", kAccess, frame(kPhone, kOurs, {}), Door::kShard, {{"signalling_in", 1}}},
    {"RFC768_no_checksum_ipv4",
     kAccess,
     frame(kPhone, kOurs, kText, {.udp_checksum = false}),
     Door::kShard,
     {{"signalling_in", 1}}},
    {"RFC8200_s8_1_no_checksum_ipv6",
     kCore6,
     frame(kTrunk6, kOurs6, kText, {.udp_checksum = false}),
     Door::kNone,
     {{"no_udp_checksum", 1}}},
    {"bad_udp_checksum",
     kAccess,
     changed(kSip, kSip.size() - 1, 'X'),
     Door::kNone,
     {{"bad_udp_checksum", 1}}},
    {"bad_udp_checksum_ipv6",
     kCore6,
     changed(kSip6, kSip6.size() - 1, 'X'),
     Door::kNone,
     {{"bad_udp_checksum", 1}}},
    {"RFC1122_s3_2_1_2_bad_ip_checksum",
     kAccess,
     changed(kSip, 22, 3),
     Door::kNone,
     {{"bad_ip_checksum", 1}}},
    {"RFC8200_s4_extension_headers",
     kCore6,
     extended(kSip6, {0, 60}),
     Door::kShard,
     {{"signalling_in", 1}}},
    {"RFC6946_atomic_fragment",
     kCore6,
     extended(kSip6, {44}),
     Door::kShard,
     {{"signalling_in", 1}}},
    {"extension_headers_without_end",
     kCore6,
     extended(kSip6, {0, 0, 0, 0, 0, 0, 0, 0, 0}),
     Door::kNone,
     {{"bad_ip_options", 1}}},
    {"routing_header_is_the_kernels",
     kCore6,
     extended(kSip6, {43}),
     Door::kKernel,
     {{"tap_out", 1}}},
    {"arp", kAccess, kArp, Door::kKernel, {{"tap_out", 1}}},
    {"icmp", kAccess, kIcmp, Door::kKernel, {{"tap_out", 1}}},
    {"B2BUA_G16_icmp_unreachable_about_media", kAccess, icmp_error(3, sent_by_media_port()),
     Door::kKernel, kCountedIcmp},
    {"B2BUA_G16_icmp_time_exceeded_about_media", kAccess, icmp_error(11, sent_by_media_port()),
     Door::kKernel, kCountedIcmp},
    {"B2BUA_G16_icmp_redirect_is_no_error",
     kAccess,
     icmp_error(5, sent_by_media_port()),
     Door::kKernel,
     {{"tap_out", 1}}},
    {"B2BUA_G16_icmp_about_signalling",
     kAccess,
     icmp_error(3, frame(kOurs, kPhone, kText)),
     Door::kKernel,
     {{"tap_out", 1}}},
    {"B2BUA_G16_icmp_about_what_another_host_sent",
     kAccess,
     icmp_error(3, frame(kPhone, with_port(kOurs, 20000), kText)),
     Door::kKernel,
     {{"tap_out", 1}}},
    {"B2BUA_G16_icmp_that_quotes_too_little",
     kAccess,
     icmp_error(3, cut(sent_by_media_port(), 14 + 20 + 3)),
     Door::kKernel,
     {{"tap_out", 1}}},
    {"B2BUA_G16_icmpv6_too_big_about_media", kCore6, icmpv6_error(2, sent_by_media_port6()),
     Door::kKernel, kCountedIcmp},
    {"B2BUA_G16_icmpv6_echo_request",
     kCore6,
     icmpv6_error(128, sent_by_media_port6()),
     Door::kKernel,
     {{"tap_out", 1}}},
    {"other_destination",
     kAccess,
     frame(kPhone, endpoint("10.10.0.9", 5060), kText),
     Door::kKernel,
     {{"tap_out", 1}}},
    {"our_address_in_another_vlan", kAccess, tagged(kSip, 7), Door::kKernel, {{"tap_out", 1}}},
    {"B2BUA_B24_unknown_port_access",
     kAccess,
     frame(kPhone, with_port(kOurs, 53), kText),
     Door::kNone,
     {{"udp_unknown_port", 1}}},
    {"B2BUA_B24_unknown_port_core",
     kCore,
     frame(kTrunk, with_port(kOursCore, 53), kText),
     Door::kKernel,
     {{"tap_out", 1}}},
    {"media_port_without_relay",
     kAccess,
     frame(kPhone, with_port(kOurs, 20000), kText),
     Door::kNone,
     {{"media_in", 1}, {"rtp_port_closed", 1}}},
    {"source_port_zero",
     kAccess,
     frame(with_port(kPhone, 0), kOurs, kText),
     Door::kNone,
     {{"udp_port_zero", 1}}},
    {"source_loopback",
     kAccess,
     frame(endpoint("127.0.0.1", 5060), kOurs, kText),
     Door::kNone,
     {{"bad_ip_source", 1}}},
    {"source_multicast",
     kAccess,
     frame(endpoint("224.0.0.5", 5060), kOurs, kText),
     Door::kNone,
     {{"bad_ip_source", 1}}},
    {"source_is_ourselves",
     kAccess,
     frame(kOurs, kOurs, kText),
     Door::kNone,
     {{"bad_ip_source", 1}}},
    {"foreign_mac", kAccess, changed(kSip, 5, 9), Door::kNone, {{"foreign_mac", 1}}},
    {"truncated_ethernet", kAccess, cut(kSip, 13), Door::kNone, {{"truncated_ethernet", 1}}},
    {"truncated_vlan", kAccess, cut(tagged(kSip, 0), 16), Door::kNone, {{"truncated_ethernet", 1}}},
    {"truncated_ip_header", kAccess, cut(kSip, 33), Door::kNone, {{"truncated_ip", 1}}},
    {"truncated_ip_body", kAccess, cut(kSip, kSip.size() - 1), Door::kNone, {{"truncated_ip", 1}}},
    {"truncated_ipv6", kCore6, cut(kSip6, 53), Door::kNone, {{"truncated_ip", 1}}},
    {"truncated_ipv6_body",
     kCore6,
     cut(kSip6, kSip6.size() - 1),
     Door::kNone,
     {{"truncated_ip", 1}}},
    {"ip_version_5", kAccess, changed(kSip, 14, 0x55), Door::kNone, {{"bad_ip_header", 1}}},
    {"ip_header_length_4", kAccess, changed(kSip, 14, 0x44), Door::kNone, {{"bad_ip_header", 1}}},
    {"ipv6_version_4", kCore6, changed(kSip6, 14, 0x40), Door::kNone, {{"bad_ip_header", 1}}},
    {"udp_length_too_long", kAccess, changed(kSip, 39, 200), Door::kNone, {{"truncated_udp", 1}}},
    {"udp_length_too_short", kAccess, changed(kSip, 39, 7), Door::kNone, {{"truncated_udp", 1}}},
};

void PrintTo(const Row& row, std::ostream* out) {
    *out << row.name;
}

class WorkerEdges : public testing::TestWithParam<Row> {};

TEST_P(WorkerEdges, go_where_they_should_and_count) {
    const Row& row = GetParam();
    WorkerRig rig;
    rig.wire_in(row.realm, row.frame);
    rig.settle();
    std::array<Datagram, 4> received;
    const std::size_t to_shard = rig.port->receive(received);
    const std::vector<Octets> to_kernel = rig.kernel_out(row.realm);
    EXPECT_EQ(to_shard, row.door == Door::kShard ? 1U : 0U);
    EXPECT_EQ(to_kernel.size(), row.door == Door::kKernel ? 1U : 0U);
    if (row.door == Door::kKernel) {
        EXPECT_EQ(to_kernel.at(0), row.frame);
    }
    EXPECT_EQ(rig.delta(), row.changes);
    for (const RealmId realm : {kAccess, kCore, kCore6}) {
        EXPECT_TRUE(rig.wire_out(realm).empty());
    }
    EXPECT_EQ(rig.port->receive(received), 0U);  // frees what was received
    EXPECT_EQ(rig.booked_mbufs(), 0U);
    EXPECT_LE(rig.missing_mbufs(), 3U);  // the spare buffer of each tap
}

INSTANTIATE_TEST_SUITE_P(Packets, WorkerEdges, testing::ValuesIn(kRows),
                         [](const auto& param) { return std::string(param.param.name); });

}  // namespace
}  // namespace sallyport::dataplane::test
