// SPDX-License-Identifier: Apache-2.0
// The tables workers read and the arithmetic that shares work out: adjacency, device strings,
// worker plan, counter names.
#include "dataplane/adjacency.h"
#include "dataplane/counters.h"
#include "dataplane/device.h"
#include "dataplane/worker_plan.h"

#include <gtest/gtest.h>

#include <array>

namespace sallyport::dataplane {
namespace {

constexpr RealmId kA{0};
constexpr RealmId kB{1};

IpAddr ip(std::string_view text) {
    return IpAddr::parse(text).value();
}
Prefix prefix(std::string_view text) {
    return Prefix::parse(text).value();
}

AdjacencyTable table() {
    return AdjacencyTable({{kA, prefix("0.0.0.0/0"), ip("10.0.0.254"), false, 100},
                           {kA, prefix("0.0.0.0/0"), ip("10.0.0.253"), false, 50},
                           {kA, prefix("10.0.0.0/24"), {}, false, 0},
                           {kA, prefix("10.0.0.1/32"), {}, true, 0},
                           {kA, prefix("10.9.0.0/16"), ip("10.0.0.9"), false, 0},
                           {kA, prefix("10.9.9.0/24"), ip("10.0.0.99"), false, 0},
                           {kB, prefix("192.0.2.0/24"), {}, false, 0},
                           {kB, prefix("::/0"), ip("fe80::1"), false, 1024},
                           {kB, prefix("2001:db8:1::/48"), {}, false, 0},
                           {kB, prefix("203.0.113.0/24"), ip("fe80::1"), false, 0}},
                          {{kA, ip("10.0.0.253"), {1, 1, 1, 1, 1, 1}},
                           {kA, ip("10.0.0.99"), {2, 2, 2, 2, 2, 2}},
                           {kB, ip("fe80::1"), {3, 3, 3, 3, 3, 3}}},
                          5);
}

struct Lookup {
    const char* name;
    RealmId realm;
    const char* destination;
    Adjacency::State state;
    const char* next_hop;
};

constexpr Lookup kLookups[] = {
    {"default_with_the_lower_metric", kA, "198.51.100.1", Adjacency::State::kResolved,
     "10.0.0.253"},
    {"on_link_unknown", kA, "10.0.0.7", Adjacency::State::kUnresolved, "10.0.0.7"},
    {"gateway_unknown", kA, "10.9.1.1", Adjacency::State::kUnresolved, "10.0.0.9"},
    {"RFC1812_s5_2_4_3_longest_prefix", kA, "10.9.9.1", Adjacency::State::kResolved, "10.0.0.99"},
    {"our_own_address", kA, "10.0.0.1", Adjacency::State::kNoRoute, nullptr},
    {"another_realms_network", kB, "10.0.0.7", Adjacency::State::kNoRoute, nullptr},
    {"no_default", kB, "198.51.100.1", Adjacency::State::kNoRoute, nullptr},
    {"no_ipv6_in_this_realm", kA, "2001:db8::1", Adjacency::State::kNoRoute, nullptr},
    {"ipv6_default", kB, "2001:db8:2::1", Adjacency::State::kResolved, "fe80::1"},
    {"ipv6_on_link", kB, "2001:db8:1::7", Adjacency::State::kUnresolved, "2001:db8:1::7"},
    {"ipv4_by_an_ipv6_gateway", kB, "203.0.113.9", Adjacency::State::kResolved, "fe80::1"},
};

class AdjacencyLookups : public testing::TestWithParam<Lookup> {};

TEST_P(AdjacencyLookups, find_next_hop) {
    const Adjacency found = table().find(GetParam().realm, ip(GetParam().destination));
    EXPECT_EQ(found.state, GetParam().state);
    if (GetParam().next_hop != nullptr) {
        EXPECT_EQ(found.next_hop, ip(GetParam().next_hop));
    }
}

INSTANTIATE_TEST_SUITE_P(Table, AdjacencyLookups, testing::ValuesIn(kLookups),
                         [](const auto& param) { return std::string(param.param.name); });

TEST(Adjacency, empty_table_knows_no_route) {
    EXPECT_EQ(AdjacencyTable().find(kA, ip("10.0.0.1")).state, Adjacency::State::kNoRoute);
}

TEST(Adjacency, many_routes_and_neighbours) {
    std::vector<RouteEntry> routes;
    std::vector<NeighbourEntry> neighbours;
    for (std::uint32_t i = 0; i < 5000; ++i) {
        const IpAddr network = IpAddr::v4(0x0B000000 + (i << 8));
        const IpAddr gateway = IpAddr::v4(0x0A000000 + i);
        routes.push_back({kA, {network, 24}, gateway, false, 0});
        neighbours.push_back({kA, gateway, {static_cast<std::uint8_t>(i), 0, 0, 0, 0, 0}});
    }
    const AdjacencyTable big(routes, neighbours, 1);
    for (std::uint32_t i = 0; i < 5000; ++i) {
        const Adjacency found = big.find(kA, IpAddr::v4(0x0B000000 + (i << 8) + 7));
        ASSERT_EQ(found.state, Adjacency::State::kResolved);
        ASSERT_EQ(found.next_hop, IpAddr::v4(0x0A000000 + i));
        ASSERT_EQ(found.mac[0], static_cast<std::uint8_t>(i));
    }
}

TEST(Device, pci_addresses) {
    EXPECT_TRUE(is_pci_device("0000:03:00.0"));
    EXPECT_TRUE(is_pci_device("03:00.1"));
    EXPECT_TRUE(is_pci_device("0000:03:00.0,rx_queues=4"));
    EXPECT_FALSE(is_pci_device("net_af_packet0,iface=lan0"));
    EXPECT_FALSE(is_pci_device("net_tap0"));
    EXPECT_FALSE(is_pci_device("3:00.0"));
    EXPECT_FALSE(is_pci_device("0000:03:00"));
    EXPECT_FALSE(is_pci_device(""));
}

TEST(Device, arguments) {
    EXPECT_EQ(device_name("net_af_xdp0,iface=lan0"), "net_af_xdp0");
    EXPECT_EQ(device_argument("net_af_xdp0,queue_count=2,iface=lan0", "iface"), "lan0");
    EXPECT_EQ(device_argument("net_af_xdp0,iface=lan0", "face"), std::nullopt);
    EXPECT_EQ(wire_interface("net_af_xdp0,iface=lan0"), "lan0");
    EXPECT_EQ(wire_interface("net_tap0,iface=made"), std::nullopt);
}

TEST(WorkerPlan, each_queue_has_one_worker_and_each_port_one_home) {
    for (const std::uint8_t workers : std::array<std::uint8_t, 4>{1, 2, 3, 8}) {
        for (const std::uint16_t queues : std::array<std::uint16_t, 3>{1, 2, 8}) {
            const std::uint16_t given = std::min<std::uint16_t>(queues, workers);
            const std::vector<PlannedPort> ports(
                3, PlannedPort{0, given, false, nullptr, nullptr, nullptr});
            std::vector<int> homes(3);
            std::vector<std::vector<int>> served(3, std::vector<int>(given));
            for (const WorkerPlan& plan : plan_workers(ports, workers, Idle::kAdaptive)) {
                EXPECT_EQ(plan.ways.size(), 3U);
                for (const auto& home : plan.homes) {
                    ++homes[home.realm.value];
                }
                for (const auto& receive : plan.receive) {
                    ++served[receive.realm.value].at(receive.queue);
                }
            }
            EXPECT_EQ(homes, std::vector<int>(3, 1));
            EXPECT_EQ(served, std::vector<std::vector<int>>(3, std::vector<int>(given, 1)));
        }
    }
}

TEST(Counters, every_drop_and_counter_says_what_it_is) {
    for (std::size_t i = 0; i < kDrops; ++i) {
        EXPECT_FALSE(name_of(static_cast<Drop>(i)).empty());
        EXPECT_GT(help_of(static_cast<Drop>(i)).size(), 10U);
    }
    for (std::size_t i = 0; i < kCounters; ++i) {
        EXPECT_FALSE(name_of(static_cast<Counter>(i)).empty());
        EXPECT_GT(help_of(static_cast<Counter>(i)).size(), 10U);
    }
}

}  // namespace
}  // namespace sallyport::dataplane
