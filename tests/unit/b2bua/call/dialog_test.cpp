// SPDX-License-Identifier: Apache-2.0
// Where a request of a dialog goes, and its parties' tags (B2BUA-D6, D8; RFC 3261 s.12.2.1.1).
#include "b2bua/call/dialog.h"

#include "tests/unit/b2bua/call/message_text.h"

namespace sallyport::call {
namespace {

struct RouteCase {
    const char* name;
    std::vector<std::string> route_set;
    const char* request_uri;
    std::vector<std::string> routes;
};

class DialogRoute : public ::testing::TestWithParam<RouteCase> {};

TEST_P(DialogRoute, B2BUA_D8) {
    Dialog dialog;
    dialog.remote_target = "sip:bob@target;x=1";
    dialog.route_set = GetParam().route_set;
    const Destination to = destination(dialog);
    EXPECT_EQ(to.request_uri, GetParam().request_uri);
    EXPECT_EQ(to.routes, GetParam().routes);
}

INSTANTIATE_TEST_SUITE_P(
    Table, DialogRoute,
    ::testing::Values(
        RouteCase{"empty", {}, "sip:bob@target;x=1", {}},
        RouteCase{"loose",
                  {"<sip:p1;lr>", "<sip:p2>"},
                  "sip:bob@target;x=1",
                  {"<sip:p1;lr>", "<sip:p2>"}},
        RouteCase{"lr_with_value", {"<sip:p1;lr=on>"}, "sip:bob@target;x=1", {"<sip:p1;lr=on>"}},
        RouteCase{
            "lr_outside_the_uri_is_no_lr", {"<sip:p1>;lr"}, "sip:p1", {"<sip:bob@target;x=1>"}},
        RouteCase{
            "lr_as_prefix_is_no_lr", {"<sip:p1;lrx>"}, "sip:p1;lrx", {"<sip:bob@target;x=1>"}},
        RouteCase{"strict",
                  {"<sip:p1;transport=udp>", "<sip:p2;lr>"},
                  "sip:p1;transport=udp",
                  {"<sip:p2;lr>", "<sip:bob@target;x=1>"}},
        RouteCase{
            "strict_without_headers", {"<sip:p1?Subject=x>"}, "sip:p1", {"<sip:bob@target;x=1>"}},
        RouteCase{"strict_without_method",
                  {"<sip:p1;method=INVITE;x=1>"},
                  "sip:p1;x=1",
                  {"<sip:bob@target;x=1>"}}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Dialog, B2BUA_D6_record_routes_in_message_order) {
    const MessageText text(
        MessageText::response("200 OK",
                              "Record-Route: <sip:a;lr>;x=1, \"b, c\" <sip:b;lr>\r\n"
                              "Subject: x\r\nrecord-route: <sip:c;lr>\r\n"));
    const std::vector<std::string> expected{"<sip:a;lr>;x=1", "\"b, c\" <sip:b;lr>", "<sip:c;lr>"};
    EXPECT_EQ(record_routes(text.message), expected);
}

TEST(Dialog, contact_uri) {
    const MessageText named(MessageText::response("200 OK", "m: \"B\" <sip:b@x;y=1>;z=2\r\n"));
    EXPECT_EQ(contact_uri(named.message), "sip:b@x;y=1");
    const MessageText none(MessageText::response("200 OK", {}));
    EXPECT_EQ(contact_uri(none.message), "");
}

struct TagCase {
    const char* name;
    const char* value;
    const char* tag;
    const char* result;
};

class DialogTag : public ::testing::TestWithParam<TagCase> {};

TEST_P(DialogTag, RFC3261_s19_3_with_tag) {
    const auto party = sip::NameAddr::parse(GetParam().value);
    ASSERT_TRUE(party.ok());
    EXPECT_EQ(with_tag(*party, GetParam().tag), GetParam().result);
}

INSTANTIATE_TEST_SUITE_P(
    Table, DialogTag,
    ::testing::Values(
        TagCase{"added", "<sip:a@b>", "t", "<sip:a@b>;tag=t"},
        TagCase{"replaced", "<sip:a@b>;tag=old", "t", "<sip:a@b>;tag=t"},
        TagCase{"replaced_whatever_its_case", "<sip:a@b>;TAG=old;x", "t", "<sip:a@b>;x;tag=t"},
        TagCase{"taken_out", "\"A B\" <sip:a@b>;x=1;tag=old", "", "\"A B\" <sip:a@b>;x=1"},
        TagCase{"uri_parameter_is_no_tag", "<sip:a@b;tag=u>", "t", "<sip:a@b;tag=u>;tag=t"},
        TagCase{"without_brackets", "sip:a@b;tag=old", "t", "sip:a@b;tag=t"},
        TagCase{"quoted_value_stays", "<sip:a@b>;x=\"1;tag=2\";tag=o", "t",
                "<sip:a@b>;x=\"1;tag=2\";tag=t"}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace sallyport::call
