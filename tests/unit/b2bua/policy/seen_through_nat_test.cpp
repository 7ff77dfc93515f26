// SPDX-License-Identifier: Apache-2.0
// What a message says of its sender, against where its packet came from (B2BUA-G3, B2BUA-H5).
#include "b2bua/policy/seen_through_nat.h"

#include "tests/unit/b2bua/policy/crossing_message.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <string_view>

namespace sallyport::policy {
namespace {

Endpoint at(std::string_view ip, std::uint16_t port) {
    return {IpAddr::parse(ip).value(), Port{port}};
}

struct Row {
    const char* name;
    const char* start;  // method or status
    const char* lines;
    const char* source;
    std::uint16_t port;
    bool through_nat;

    friend std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }
};

class SeenThroughNat : public testing::TestWithParam<Row> {};

// The Via says 192.0.2.1:5060; so does the Contact of an INVITE, by its default port.
TEST_P(SeenThroughNat, B2BUA_G3) {
    const Row& row = GetParam();
    const bool request = std::string_view(row.start).find(' ') == std::string_view::npos;
    const CrossingMessage given(request ? CrossingMessage::request(row.start, row.lines)
                                        : CrossingMessage::response(row.start, row.lines));
    EXPECT_EQ(seen_through_nat(given.message, at(row.source, row.port)), row.through_nat);
}

INSTANTIATE_TEST_SUITE_P(
    Requests, SeenThroughNat,
    testing::Values(
        Row{"plain", "INVITE", "", "192.0.2.1", 5060, false},
        Row{"other_address", "INVITE", "", "192.0.2.9", 5060, true},
        Row{"other_port", "INVITE", "", "192.0.2.1", 61000, true},
        Row{"contact_elsewhere", "UPDATE", "Contact: <sip:a@10.0.0.1>\r\n", "192.0.2.1", 5060,
            true},
        Row{"contact_behind_a_proxy", "UPDATE",
            "Contact: <sip:a@10.0.0.1>\r\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK0\r\n",
            "192.0.2.1", 5060, false},
        Row{"contact_behind_a_recording_proxy", "UPDATE",
            "Contact: <sip:a@10.0.0.1>\r\nRecord-Route: <sip:192.0.2.1;lr>\r\n", "192.0.2.1", 5060,
            false},
        Row{"proxy_behind_nat", "INVITE", "Record-Route: <sip:192.0.2.1;lr>\r\n", "192.0.2.9", 5060,
            true}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Responses, SeenThroughNat,
    testing::Values(
        Row{"plain", "200 OK", "Contact: <sip:b@192.0.2.2:5070>\r\n", "192.0.2.2", 5070, false},
        Row{"ipv6", "200 OK", "Contact: <sip:b@[2001:db8::2]>\r\n", "2001:db8::2", 5060, false},
        Row{"other_address", "200 OK", "Contact: <sip:b@10.0.0.2:5070>\r\n", "192.0.2.2", 5070,
            true},
        Row{"other_port", "200 OK", "Contact: <sip:b@192.0.2.2:5070>\r\n", "192.0.2.2", 61000,
            true},
        Row{"a_name_is_no_address", "200 OK", "Contact: <sip:b@phone.example.com>\r\n", "192.0.2.2",
            5060, true},
        Row{"no_contact_says_nothing", "180 Ringing", "", "192.0.2.2", 5070, false},
        Row{"no_host_says_nothing", "200 OK", "Contact: <tel:+15550100>\r\n", "192.0.2.2", 5070,
            false},
        Row{"contact_behind_a_proxy", "200 OK",
            "Contact: <sip:b@10.0.0.2>\r\nRecord-Route: <sip:192.0.2.2;lr>\r\n", "192.0.2.2", 5060,
            false}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace sallyport::policy
