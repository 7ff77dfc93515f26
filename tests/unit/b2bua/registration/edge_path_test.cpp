// SPDX-License-Identifier: Apache-2.0
// What is believed of a Service-Route (B2BUA-H16, RFC 3608 s.5), by table.
#include "b2bua/registration/edge_path.h"

#include <gtest/gtest.h>

#include <ostream>

namespace sallyport::registration {
namespace {

struct Row {
    const char* name;
    const char* lines;
    const char* values;

    friend std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }
};

class ServiceRoute : public testing::TestWithParam<Row> {};

TEST_P(ServiceRoute, B2BUA_H16_is_believed) {
    const std::string text = std::string(
                                 "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\n"
                                 "From: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\nCall-ID: 1\r\n"
                                 "CSeq: 1 REGISTER\r\n") +
                             GetParam().lines + "Content-Length: 0\r\n\r\n";
    sip::Message response;
    ASSERT_TRUE(response.parse(text).ok());
    EXPECT_EQ(routes_of(response, sip::HeaderId::kServiceRoute, 3), GetParam().values);
}

const Row kRows[] = {
    {"none", "", ""},
    {"RFC3608_s6_4_2",
     "Service-Route: <sip:P2.HOME.EXAMPLE.COM;lr>,\r\n <sip:HSP.HOME.EXAMPLE.COM;lr>\r\n",
     "<sip:P2.HOME.EXAMPLE.COM;lr>, <sip:HSP.HOME.EXAMPLE.COM;lr>"},
    {"two_lines", "Service-Route: <sip:a;lr>\r\nService-Route: <sip:b;lr>\r\n",
     "<sip:a;lr>, <sip:b;lr>"},
    {"strict_router", "Service-Route: <sip:a>\r\n", "<sip:a>"},
    {"display_name_and_parameters", "Service-Route: \"S, one\" <sip:a;lr>;x=1\r\n",
     "\"S, one\" <sip:a;lr>;x=1"},
    {"no_brackets", "Service-Route: sip:a;lr\r\n", ""},
    {"not_sip", "Service-Route: <http://a/>\r\n", ""},
    {"sips", "Service-Route: <sips:a;lr>\r\n", ""},
    {"one_is_unreadable", "Service-Route: <sip:a;lr>, <sip:>\r\n", ""},
    {"empty_element", "Service-Route: <sip:a;lr>,,<sip:b;lr>\r\n", ""},
    {"too_many", "Service-Route: <sip:a>,<sip:b>,<sip:c>,<sip:d>\r\n", ""},
};

INSTANTIATE_TEST_SUITE_P(Rows, ServiceRoute, testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace sallyport::registration
