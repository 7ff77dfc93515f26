// SPDX-License-Identifier: Apache-2.0
#include "b2bua/transport/resolver/dns_cache.h"

#include <gtest/gtest.h>

namespace sallyport::resolver {
namespace {

constexpr Moment kStart{Millis{1'000'000}};
constexpr std::int64_t kHour = 3600 * 1000;

Question about(const std::string& name, RecordType type = RecordType::kA) {
    return {type, name};
}

Answer one_address(Seconds ttl, std::uint32_t ip = 0xc0000201) {
    Answer answer;
    answer.kind = AnswerKind::kRecords;
    answer.addresses = {{IpAddr::v4(ip), ttl}};
    answer.ttl = ttl;
    return answer;
}

Answer nothing(AnswerKind kind, Seconds ttl = 0) {
    Answer answer;
    answer.kind = kind;
    answer.ttl = ttl;
    return answer;
}

class DnsCacheTest : public testing::Test {
protected:
    bool holds(std::int64_t ms, const std::string& name = "pbx.example") {
        return cache_.find(about(name), kStart + Millis{ms}).has_value();
    }
    Answer put(Answer answer, std::int64_t ms = 0, const std::string& name = "pbx.example") {
        return cache_.put(about(name), std::move(answer), kStart + Millis{ms});
    }

    Counters counters_;
    DnsCache cache_{4, counters_};
};

struct Life {
    const char* rule;
    Answer answer;
    std::int64_t ms;
};

TEST_F(DnsCacheTest, B2BUA_I3_HowLongAnAnswerHolds) {
    const Life rows[] = {
        {"the TTL", one_address(60), 60'000},
        {"a TTL of 0: at least 1 s", one_address(0), 1000},
        {"at most some hours", one_address(0xffffffff), 3 * kHour},
        {"no records: the SOA's time", nothing(AnswerKind::kNoRecords, 12), 12'000},
        {"no name: at most 30 s", nothing(AnswerKind::kNoName, 86400), 30'000},
        {"no name and no SOA", nothing(AnswerKind::kNoName, 0), 1000},
        {"a failure", nothing(AnswerKind::kFailed, 3600), 5000},
        {"a timeout", nothing(AnswerKind::kTimeout), 5000},
    };
    std::int64_t at = 0;
    for (const Life& row : rows) {
        const std::string name = "n" + std::to_string(at) + ".example";
        EXPECT_EQ(put(row.answer, at, name), row.answer) << row.rule;
        EXPECT_TRUE(holds(at + row.ms - 1, name)) << row.rule;
        EXPECT_FALSE(holds(at + row.ms, name)) << row.rule;
        at += 10 * kHour;
    }
}

TEST_F(DnsCacheTest, B2BUA_I3_TypesOfANameAreApart) {
    put(one_address(60));
    EXPECT_TRUE(holds(1));
    EXPECT_FALSE(cache_.find(about("pbx.example", RecordType::kAaaa), kStart).has_value());
}

TEST_F(DnsCacheTest, B2BUA_I3_LastRecordsAreKeptWhenServersFail) {
    for (const AnswerKind kind : {AnswerKind::kFailed, AnswerKind::kTimeout}) {
        put(one_address(60));
        EXPECT_FALSE(holds(60'000));
        Answer stale = one_address(60);
        stale.stale = true;
        EXPECT_EQ(put(nothing(kind), 61'000), stale);
        EXPECT_TRUE(holds(61'000 + 29'999));
        EXPECT_FALSE(holds(61'000 + 30'000)) << "the servers are asked again after 30 s";
        EXPECT_EQ(put(nothing(kind), 100'000), stale);
        EXPECT_EQ(put(one_address(60, 7), 140'000), one_address(60, 7)) << "they are back";
    }
    EXPECT_EQ(counters_.stale.read(), 6U) << "each time that one is given";
}

TEST_F(DnsCacheTest, B2BUA_I3_WhatNoLongerIsThereDoesNotStandIn) {
    put(one_address(60));
    put(nothing(AnswerKind::kNoName, 30), 61'000);
    EXPECT_EQ(put(nothing(AnswerKind::kFailed), 100'000), nothing(AnswerKind::kFailed));
}

TEST_F(DnsCacheTest, B2BUA_I3_RecordsStandInForADayAtMost) {
    put(one_address(60));
    const std::int64_t end = 60'000 + 24 * kHour;
    EXPECT_TRUE(put(nothing(AnswerKind::kTimeout), end - 1000).stale);
    EXPECT_TRUE(holds(end - 1));
    EXPECT_FALSE(holds(end));
    EXPECT_EQ(put(nothing(AnswerKind::kTimeout), end), nothing(AnswerKind::kTimeout));
}

TEST_F(DnsCacheTest, B2BUA_I3_BoundedTheLeastRecentlyUsedGoes) {
    for (const char* name : {"a", "b", "c", "d"}) {
        put(one_address(60), 0, name);
    }
    EXPECT_TRUE(holds(1, "a"));
    put(one_address(60), 2, "e");
    EXPECT_EQ(cache_.size(), 4U);
    EXPECT_TRUE(holds(3, "a"));
    EXPECT_FALSE(holds(3, "b"));
    EXPECT_EQ(counters_.forgotten.read(), 1U);
    put(one_address(60), 4, "c");
    EXPECT_EQ(counters_.forgotten.read(), 1U) << "renewed in its place";
}

}  // namespace
}  // namespace sallyport::resolver
