// SPDX-License-Identifier: Apache-2.0
// The lists of metrics are sound: names, units, help, labels; each row of series.def names a
// counter that exists and a family that can show it.
#include "metrics/family.h"

#include "dataplane/counters.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace sallyport::metrics {
namespace {

using prometheus::MetricType;

std::vector<Family> all_families() {
    std::vector<Family> out;
    for (std::size_t i = 0; i < kFamilies; ++i) {
        out.push_back(static_cast<Family>(i));
    }
    return out;
}

bool only(std::string_view text, std::string_view letters) {
    return text.find_first_not_of(letters) == std::string_view::npos;
}

TEST(Families, HaveGoodNamesAndHelp) {
    std::set<std::string_view> names;
    for (const Family family : all_families()) {
        const FamilyText& text = text_of(family);
        EXPECT_TRUE(text.name.starts_with("sallyport_")) << text.name;
        EXPECT_TRUE(only(text.name, "abcdefghijklmnopqrstuvwxyz0123456789_")) << text.name;
        EXPECT_TRUE(only(text.labels, "abcdefghijklmnopqrstuvwxyz,")) << text.name;
        EXPECT_TRUE(names.insert(text.name).second) << text.name << " twice";
        EXPECT_GT(text.help.size(), 10U) << text.name;
        EXPECT_EQ(text.name.ends_with("_total"), text.type == MetricType::Counter) << text.name;
    }
}

TEST(Families, UseBaseUnits) {
    for (const Family family : all_families()) {
        for (const char* unit :
             {"milli", "micro", "nano", "minute", "octets", "bits", "kilo", "_ms"}) {
            EXPECT_EQ(text_of(family).name.find(unit), std::string_view::npos)
                << text_of(family).name;
        }
    }
}

std::vector<std::string_view> counters_of(List list) {
    switch (list) {
        case List::call:
            return {
#define SALLYPORT_COUNTER(name, help) #name,
#include "b2bua/counters.def"
#undef SALLYPORT_COUNTER
            };
        case List::transaction:
            return {
#define SALLYPORT_TRANSACTION_COUNTER(name, help) #name,
#include "b2bua/transaction/counters.def"
#undef SALLYPORT_TRANSACTION_COUNTER
            };
        case List::registration:
            return {
#define SALLYPORT_REGISTER_COUNTER(name, help) #name,
#include "b2bua/registration/counters.def"
#undef SALLYPORT_REGISTER_COUNTER
            };
        case List::dataplane:
            break;
    }
    return {
#define COUNTER(name, help) #name,
#include "dataplane/counters.def"
#undef COUNTER
    };
}

TEST(Series, NameCountersThatExistOnceEach) {
    std::set<std::pair<List, std::string_view>> seen;
    for (const SeriesRow& row : series_rows()) {
        const auto counters = counters_of(row.list);
        EXPECT_NE(std::find(counters.begin(), counters.end(), row.counter), counters.end())
            << row.counter << " is no counter of its list";
        EXPECT_TRUE(seen.insert({row.list, row.counter}).second) << row.counter << " twice";
    }
}

TEST(Series, FitTheLabelsOfTheirFamily) {
    std::set<std::pair<Family, std::string_view>> seen;
    for (const SeriesRow& row : series_rows()) {
        const FamilyText& text = text_of(row.series.family);
        EXPECT_EQ(text.type, MetricType::Counter) << row.counter;
        EXPECT_EQ(text.labels.find(','), std::string_view::npos) << row.counter;
        EXPECT_EQ(text.labels.empty(), row.series.label.empty()) << row.counter;
        EXPECT_TRUE(seen.insert({row.series.family, row.series.label}).second)
            << row.counter << " has the series of another counter";
    }
}

TEST(Exposition, LeavesOutFamiliesWithoutSeries) {
    Exposition out;
    EXPECT_TRUE(out.take().empty());
    out.add(Family::kCalls, {}, std::uint64_t{3});
    const auto families = out.take();
    ASSERT_EQ(families.size(), 1U);
    EXPECT_EQ(families[0].name, "sallyport_calls");
    EXPECT_EQ(families[0].metric.at(0).gauge.value, 3);
}

TEST(Exposition, ShowsAnUnlistedCounterInTheGeneralFamilyOfItsList) {
    Exposition out;
    out.add_counter(List::dataplane, "something_new", 4);
    const auto families = out.take();
    ASSERT_EQ(families.size(), 1U);
    EXPECT_EQ(families[0].name, "sallyport_dataplane_events_total");
    EXPECT_EQ(families[0].metric.at(0).label.at(0).name, "event");
    EXPECT_EQ(families[0].metric.at(0).label.at(0).value, "something_new");
    EXPECT_EQ(families[0].metric.at(0).counter.value, 4);
}

}  // namespace
}  // namespace sallyport::metrics
