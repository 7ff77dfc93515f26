// SPDX-License-Identifier: Apache-2.0
// Contacts for the numbers of a PBX (B2BUA-H3; RFC 6140 s.5.1, s.5.2, s.7.1.1), by table.
#include "b2bua/routing/bulk_contact.h"

#include "tests/unit/b2bua/two_realms.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace sallyport::routing {
namespace {

struct Row {
    const char* name;
    const char* contact;
    const char* called;
    const char* target;

    friend std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }
};

class BulkTarget : public testing::TestWithParam<Row> {};

TEST_P(BulkTarget, B2BUA_H3_number_at_the_pbx) {
    const auto contact = sip::Uri::parse(GetParam().contact);
    const auto called = sip::Uri::parse(GetParam().called);
    ASSERT_TRUE(contact.ok() && called.ok());
    EXPECT_TRUE(is_bulk(*contact));
    EXPECT_EQ(bulk_token(*called), "t0ken");
    EXPECT_EQ(bulk_target(*contact, *called), GetParam().target);
}

const Row kRows[] = {
    {"RFC6140_s5_2", "sip:198.51.100.3:5060;bnc", "sip:+12145550102@10.20.0.1:5060;bulk=t0ken",
     "sip:+12145550102@198.51.100.3:5060"},
    {"own_parameters_come_back", "sip:198.51.100.3;line=7;bnc;x",
     "sip:+12145550102@10.20.0.1;bulk=t0ken", "sip:+12145550102@198.51.100.3;line=7;x"},
    {"RFC6140_s7_1_1_sg", "sip:198.51.100.3;bnc",
     "sip:+12145550102@10.20.0.1;bulk=t0ken;sg=00:05:03:5e:70:a6",
     "sip:+12145550102@198.51.100.3;sg=00:05:03:5e:70:a6"},
    {"user_parameter_stays", "sip:198.51.100.3;bnc",
     "sip:+12145550102@10.20.0.1;bulk=t0ken;user=phone",
     "sip:+12145550102@198.51.100.3;user=phone"},
    {"own_value_wins", "sip:198.51.100.3;transport=udp;bnc",
     "sip:+1@10.20.0.1;transport=tcp;bulk=t0ken", "sip:+1@198.51.100.3;transport=udp"},
    {"contact_as_it_is", "sip:[2001:db8::3]:5070;bnc", "sip:10.20.0.1;bnc;bulk=t0ken",
     "sip:[2001:db8::3]:5070"},
};

INSTANTIATE_TEST_SUITE_P(Rows, BulkTarget, testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(BulkContact, B2BUA_H3_ours_has_no_user_part) {
    const std::string uri = bulk_uri("t0ken", endpoint("10.20.0.1", 5060));
    EXPECT_EQ(uri, "sip:10.20.0.1:5060;bnc;bulk=t0ken");
    EXPECT_TRUE(is_bulk(*sip::Uri::parse(uri)));
}

TEST(BulkContact, OthersAreNone) {
    EXPECT_FALSE(is_bulk(*sip::Uri::parse("sip:bob@10.0.0.5")));
    EXPECT_FALSE(is_bulk(*sip::Uri::parse("mailto:bnc@example.com")));
    EXPECT_EQ(bulk_token(*sip::Uri::parse("sip:bob@10.0.0.5;bulk")), "");
    EXPECT_EQ(bulk_token(*sip::Uri::parse("sip:bob@10.0.0.5")), "");
}

}  // namespace
}  // namespace sallyport::routing
