// SPDX-License-Identifier: Apache-2.0
// A binding as octets (H21): what was written is read, in another run with another clock and
// another configuration; whatever else there is, is refused.
#include "b2bua/registration/binding_record.h"

#include "tests/unit/b2bua/registration/stored_binding.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace sallyport::registration {
namespace {

const Config kConfig = two_realms();
constexpr StoreTime kTime{Millis{1'700'000'000'000}};

std::string record(const Binding& binding = stored_binding()) {
    return write_record(binding, kConfig, kTime);
}

TEST(BindingRecord, B2BUA_H21_what_was_written_is_read) {
    const auto read = read_record(record(), kConfig, kTime, at(2));
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(*read, stored_binding());
    Binding v6 = stored_binding();
    v6.flow.remote = endpoint("2001:db8::1", 1);
    v6.instance.clear();
    v6.path.clear();
    v6.service_route = std::string(5000, 'r');
    const auto again = read_record(record(v6), kConfig, kTime, at(2));
    ASSERT_TRUE(again.ok());
    EXPECT_EQ(*again, v6);
}

TEST(BindingRecord, B2BUA_H24_what_no_registrar_accepted_stays_so) {
    Binding ours = stored_binding();
    ours.accepted = std::nullopt;
    const auto read = read_record(record(ours), kConfig, kTime, at(2));
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(*read, ours);
}

TEST(BindingRecord, B2BUA_H21_remaining_lifetime_on_another_clock) {
    // The next run began 10 s after second 5 of the first; its clock said 1 s then.
    const StoreTime next{kTime.of(at(15)) - at(1).since_start};
    const auto read = read_record(record(), kConfig, next, at(1));
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(read->expires - at(1), Millis{45'000});
    EXPECT_EQ(read->upstream_expires - at(1), Millis{3585'000});
    EXPECT_EQ(at(1) - read->accepted.value(), Millis{14'000});
}

TEST(BindingRecord, B2BUA_H21_realms_by_name) {
    Config other = two_realms();
    std::swap(other.realms[0], other.realms[1]);
    const auto read = read_record(record(), other, kTime, at(2));
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(read->flow.realm, RealmId{1});
    EXPECT_EQ(read->registrar, stored_binding().registrar);
}

struct Changed {
    const char* what;
    void (*change)(Config&);
};

class ForeignRecord : public ::testing::TestWithParam<Changed> {};

TEST_P(ForeignRecord, B2BUA_H21_of_what_is_gone) {
    Config other = two_realms();
    GetParam().change(other);
    const auto read = read_record(record(), other, kTime, at(2));
    ASSERT_FALSE(read.ok());
    EXPECT_EQ(read.error(), RecordFault::kForeign);
}

INSTANTIATE_TEST_SUITE_P(
    All, ForeignRecord,
    ::testing::Values(
        Changed{"realm of the phone", [](Config& c) { c.realms[0].name = "lan"; }},
        Changed{"the registrar", [](Config& c) { c.peers[0].name = "wan"; }},
        Changed{"our address",
                [](Config& c) { c.realms[0].address = Prefix::parse("10.10.0.9/24").value(); }},
        Changed{"our port", [](Config& c) { c.realms[0].listen[0].port = Port{5070}; }},
        Changed{"all realms", [](Config& c) { c.realms.clear(); }}),
    [](const auto& row) {
        std::string name = row.param.what;
        std::replace(name.begin(), name.end(), ' ', '_');
        return name;
    });

TEST(BindingRecord, B2BUA_H6_lapsed_is_kept_as_long_as_the_registrar_may_call) {
    EXPECT_TRUE(read_record(record(), kConfig, kTime, at(60)).ok());
    EXPECT_TRUE(read_record(record(), kConfig, kTime, at(3599)).ok());
    EXPECT_EQ(read_record(record(), kConfig, kTime, at(3600)).error(), RecordFault::kExpired);
    EXPECT_EQ(end_of_record(record()), kTime.of(at(3600)));
}

TEST(BindingRecord, B2BUA_H21_no_octet_may_change_and_none_be_missing) {
    const std::string good = record();
    for (std::size_t i = 0; i < good.size(); ++i) {
        for (const int flip : {0x01, 0x80, 0xff}) {
            std::string bad = good;
            bad[i] = static_cast<char>(bad[i] ^ flip);
            const auto read = read_record(bad, kConfig, kTime, at(2));
            ASSERT_FALSE(read.ok()) << "octet " << i;
            EXPECT_EQ(read.error(), RecordFault::kDamaged);
            EXPECT_FALSE(end_of_record(bad));
        }
        EXPECT_FALSE(read_record(good.substr(0, i), kConfig, kTime, at(2)).ok()) << i;
    }
    EXPECT_FALSE(read_record(good + "x", kConfig, kTime, at(2)).ok());
}

}  // namespace
}  // namespace sallyport::registration
