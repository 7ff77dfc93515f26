// SPDX-License-Identifier: Apache-2.0
// From counted cells to families (J13): every family gets its values, no series appears twice,
// label sets stay bounded, shards add up, the histogram is cumulative.
#include "metrics/collectors.h"
#include "metrics/family.h"
#include "tests/unit/metrics/full_exposition.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>
#include <string>

namespace sallyport::metrics {
namespace {

using prometheus::MetricType;

/// "name{a=b,c=d}" -> value, histograms left out.
std::map<std::string, double> flat(const Families& families) {
    std::map<std::string, double> out;
    for (const auto& family : families) {
        for (const auto& metric : family.metric) {
            std::string key = family.name + "{";
            for (const auto& label : metric.label) {
                key += (key.back() == '{' ? "" : ",") + label.name + "=" + label.value;
            }
            const double value =
                family.type == MetricType::Counter ? metric.counter.value : metric.gauge.value;
            EXPECT_TRUE(out.emplace(key + "}", value).second) << key << "} twice";
        }
    }
    return out;
}

TEST(B2BUA_J13_Families, EveryOneIsFilled) {
    std::set<std::string> shown;
    for (const auto& family : full_exposition()) {
        EXPECT_TRUE(shown.insert(family.name).second) << family.name << " by two collectors";
        EXPECT_FALSE(family.help.empty()) << family.name;
    }
    for (std::size_t i = 0; i < kFamilies; ++i) {
        EXPECT_TRUE(shown.contains(std::string(text_of(static_cast<Family>(i)).name)))
            << text_of(static_cast<Family>(i)).name;
    }
}

const std::map<std::string, double> kExpected{
    {"sallyport_build_info{version=1.2.3}", 1},
    {"sallyport_sip_rx_total{realm=inside,method=INVITE,class=request}", 1},
    {"sallyport_sip_rx_total{realm=inside,method=BYE,class=4xx}", 1},
    {"sallyport_sip_tx_total{realm=outside,method=unknown,class=6xx}", 1},
    {"sallyport_sip_parse_errors_total{why=missing_call_id}", 1},
    {"sallyport_sip_retransmits_total{dir=in}", 1},
    {"sallyport_sip_retransmits_total{dir=out}", 0},
    {"sallyport_sip_dropped_total{why=stray_response}", 0},
    {"sallyport_transaction_events_total{event=stray_2xx}", 1},
    {"sallyport_transactions{kind=client}", 3},
    {"sallyport_transactions{kind=server}", 4},
    {"sallyport_dialogs{}", 10},
    {"sallyport_calls{}", 5},
    {"sallyport_timers{}", 9},
    {"sallyport_calls_total{result=answered}", 7},
    {"sallyport_calls_total{result=failed}", 0},
    {"sallyport_media_timeouts_total{}", 2},
    {"sallyport_signalling_events_total{event=keepalives}", 3},
    {"sallyport_registrations{}", 6},
    {"sallyport_register_total{result=accepted}", 8},
    {"sallyport_binding_events_total{event=lapsed}", 1},
    {"sallyport_relays{}", 2},
    {"sallyport_ports_in_use{realm=inside}", 4},
    {"sallyport_ports_in_use{realm=outside}", 6},
    {"sallyport_ports_cooling{realm=inside}", 2},
    {"sallyport_ports{realm=inside}", 10000},
    {"sallyport_device_missed_packets_total{realm=inside}", 1},
    {"sallyport_device_errors_total{realm=inside,dir=in}", 2},
    {"sallyport_device_errors_total{realm=inside,dir=out}", 3},
    {"sallyport_link_up{realm=inside}", 1},
    {"sallyport_link_up{realm=outside}", 0},
    {"sallyport_worker_busy_seconds_total{worker=0}", 1.5},
    {"sallyport_worker_seconds_total{worker=1}", 10},
    {"sallyport_mbufs_in_use{}", 17},
    {"sallyport_mbufs_free{}", 100},
    {"sallyport_mbufs{}", 200},
};

TEST(B2BUA_J13_Families, CarryTheValues) {
    const auto values = flat(full_exposition());
    for (const auto& [key, value] : kExpected) {
        ASSERT_TRUE(values.contains(key)) << key;
        EXPECT_EQ(values.at(key), value) << key;
    }
    EXPECT_FALSE(
        values.contains("sallyport_sip_rx_total{realm=outside,method=INVITE,class=request}"))
        << "message series appear with their first message";
}

TEST(B2BUA_J13_Families, CarryEveryCounterOfTheDataPlane) {
    const auto values = flat(full_exposition());
    const dataplane::CountersSnapshot snapshot = full_dataplane();
    std::multiset<double> shown;
    for (const auto& [key, value] : values) {
        shown.insert(value);
    }
    for (std::size_t i = 0; i < dataplane::kCounters; ++i) {
        EXPECT_TRUE(shown.contains(static_cast<double>(snapshot.counters[i])))
            << dataplane::name_of(static_cast<dataplane::Counter>(i));
    }
    for (std::size_t i = 0; i < dataplane::kDrops; ++i) {
        const auto drop = static_cast<dataplane::Drop>(i);
        const std::string key =
            "sallyport_dropped_packets_total{reason=" + std::string(dataplane::name_of(drop)) + "}";
        ASSERT_TRUE(values.contains(key)) << key;
        EXPECT_EQ(values.at(key), static_cast<double>(snapshot.of(drop)));
    }
}

TEST(B2BUA_J13_Families, ShardsAddUpButShareTheirBindings) {
    const auto values = flat(full_exposition(3));
    EXPECT_EQ(values.at("sallyport_calls_total{result=answered}"), 21);
    EXPECT_EQ(values.at("sallyport_calls{}"), 15);
    EXPECT_EQ(values.at("sallyport_sip_retransmits_total{dir=in}"), 3);
    EXPECT_EQ(values.at("sallyport_register_total{result=accepted}"), 24);
    EXPECT_EQ(values.at("sallyport_registrations{}"), 6) << "each shard has a copy of all";
}

TEST(B2BUA_J13_Families, SetUpTimeIsACumulativeHistogram) {
    for (const auto& family : full_exposition()) {
        if (family.name != "sallyport_call_setup_seconds") {
            continue;
        }
        ASSERT_EQ(family.type, MetricType::Histogram);
        const auto& histogram = family.metric.at(0).histogram;
        ASSERT_EQ(histogram.bucket.size(), kSetupBounds.size() + 1);
        std::uint64_t below = 0;
        for (std::size_t i = 0; i < histogram.bucket.size(); ++i) {
            EXPECT_EQ(histogram.bucket[i].cumulative_count, below + i + 1);
            below = histogram.bucket[i].cumulative_count;
        }
        EXPECT_DOUBLE_EQ(histogram.bucket.front().upper_bound, 0.005);
        EXPECT_TRUE(std::isinf(histogram.bucket.back().upper_bound));
        EXPECT_EQ(histogram.sample_count, below);
        EXPECT_DOUBLE_EQ(histogram.sample_sum, 123.456);
        return;
    }
    FAIL() << "no histogram";
}

TEST(B2BUA_J13_Families, LabelSetsAreBounded) {
    for (const auto& family : full_exposition()) {
        EXPECT_LE(family.metric.size(), sip::kMethodCount * 7 * 2) << family.name;
    }
}

TEST(B2BUA_J13_Families, NothingYetIsZeroNotAbsent) {
    const Config config = two_realms();
    const auto values = flat(signalling_families(config, {}));
    for (const char* key : {"sallyport_calls{}", "sallyport_calls_total{result=answered}",
                            "sallyport_dialogs{}", "sallyport_register_total{result=accepted}",
                            "sallyport_sip_parse_errors_total{why=not_sip}"}) {
        ASSERT_TRUE(values.contains(key)) << key;
        EXPECT_EQ(values.at(key), 0) << key;
    }
    EXPECT_FALSE(dataplane_families(config, {}).empty());
}

}  // namespace
}  // namespace sallyport::metrics
