// SPDX-License-Identifier: Apache-2.0
// Dialogs named by messages of other dialogs, as each side calls them (B2BUA-D14; RFC 3891 s.3,
// RFC 3911 s.4, RFC 4538 s.7, RFC 4235 s.3.2, RFC 3515 s.2.1).
#include "b2bua/call/dialog_names.h"

#include "tests/unit/b2bua/call/message_text.h"
#include "tests/unit/b2bua/two_realms.h"

#include <array>

namespace sallyport::call {
namespace {

const std::array<std::uint8_t, 32> kSecret{7};
const Flow kSender{kInside, Transport::kUdp, endpoint("10.10.0.1", 5060),
                   endpoint("10.10.0.9", 5060)};

/// One call: alice inside calls her dialog near/a1 with us as s1; bob outside calls his far@x/b1
/// with us as s2. Call-ID p1 was the other leg of p2.
class OneCall final : public DialogDirectory {
public:
    std::optional<NamedDialog> behind(std::string_view call_id, std::string_view local_tag,
                                      std::string_view remote_tag) override {
        if (call_id == "near" && local_tag == "s1" && remote_tag == "a1") {
            return NamedDialog{"far@x",
                               "b1",
                               "s2",
                               "sip:bob@10.20.0.7:5070;x=1",
                               {kOutside, Transport::kUdp, endpoint("10.20.0.1", 5060),
                                endpoint("10.20.0.2", 5060)}};
        }
        if (call_id == "far@x" && local_tag == "s2" && remote_tag == "b1") {
            return NamedDialog{"near",
                               "a1",
                               "s1",
                               "sip:alice@10.10.0.5",
                               {kInside, Transport::kUdp, endpoint("10.10.0.1", 5060),
                                endpoint("192.0.2.10", 40000)}};
        }
        return std::nullopt;
    }
    std::optional<routing::Target> behind_contact(const sip::Uri& contact,
                                                  const Endpoint& sender) const override {
        if (contact.user == "bobs" && contact.host == "10.10.0.1") {
            return routing::Target{{kOutside, Transport::kUdp, endpoint("10.20.0.1", 5060),
                                    endpoint("10.20.0.2", 5060)},
                                   "sip:bob@10.20.0.7:5070;x=1"};
        }
        if (contact.user == "alices" && sender == kSender.remote) {
            return routing::Target{{kInside, Transport::kUdp, endpoint("10.10.0.1", 5060),
                                    endpoint("192.0.2.10", 40000)},
                                   "sip:alice@10.10.0.5"};
        }
        return std::nullopt;
    }
    std::string_view other_call_id(std::string_view call_id) const override {
        return call_id == "p1" ? "p2" : "";
    }
};

/// Knows the tokens t0ken and open.
class OnePhone final : public routing::RegisteredLookup {
public:
    routing::Registered by_token(std::string_view token, Moment) const override {
        if (token == "open") {
            return {routing::Reach::kBound,
                    {kOutside, Transport::kUdp, {}, {}},
                    "sip:desk@10.20.0.30;ob"};
        }
        return {token == "t0ken" ? routing::Reach::kBound : routing::Reach::kUnknown, {}, {}};
    }
    routing::Registered by_aor(std::string_view, std::string_view,
                               std::optional<routing::RegistrarId>, Moment) const override {
        return {};
    }
    routing::Registered by_user(std::string_view, std::optional<routing::RegistrarId>,
                                Moment) const override {
        return {};
    }
    bool has_identity(const Flow&, std::string_view, Moment) const override { return false; }
    bool has_flow(const Flow&, Moment) const override { return false; }
    std::string service_route(const Flow&, std::string_view, Moment) const override { return {}; }
};

struct Row {
    const char* name;
    const char* method;
    RealmId from, to;
    const char* line;      // as it came
    const char* expected;  // as it leaves
};

std::string name_of(const ::testing::TestParamInfo<Row>& row) {
    return row.param.name;
}

class DialogNames : public ::testing::TestWithParam<Row> {};

TEST_P(DialogNames, B2BUA_D14) {
    const Row& row = GetParam();
    const MessageText text(MessageText::request(row.method, std::string(row.line) + "\r\n"));
    OneCall calls;
    const OnePhone phones;
    const Config config = two_realms();
    sip::Patch patch(text.message);
    const routing::SealedTargets sealed(kSecret);
    Flow from = kSender;
    from.realm = row.from;
    rename_dialogs(patch, text.message, {calls, phones, sealed, config, from, row.to, Moment{}});
    std::array<char, 4096> out;
    const auto encoded = patch.encode(out);
    ASSERT_TRUE(encoded.ok());
    const std::string sent(*encoded);
    EXPECT_NE(sent.find(std::string("\r\n") + row.expected + "\r\n"), std::string::npos) << sent;
}

constexpr const char* kContact = "Contact: <sip:a@10.10.0.5>\r\n";
std::string with_contact(const char* line) {
    return std::string(kContact) + line;
}

const Row kReplaces[] = {
    {"a_peer_leg", "INFO", kInside, kOutside, "Replaces: near;to-tag=s1;from-tag=a1",
     "Replaces: far@x;to-tag=b1;from-tag=s2"},
    {"a_order_and_early_only_stay", "INFO", kInside, kOutside,
     "Replaces: near;early-only;from-tag=a1;x=y;to-tag=s1",
     "Replaces: far@x;early-only;from-tag=s2;x=y;to-tag=b1"},
    {"a_the_other_way", "INFO", kOutside, kInside, "Replaces: far@x;to-tag=s2;from-tag=b1",
     "Replaces: near;to-tag=a1;from-tag=s1"},
    {"b_already_in_the_far_view", "INFO", kInside, kOutside,
     "Replaces: far@x;to-tag=b1;from-tag=s2", "Replaces: far@x;to-tag=b1;from-tag=s2"},
    {"c_unknown", "INFO", kInside, kOutside, "Replaces: other;to-tag=s1;from-tag=a1",
     "Replaces: other;to-tag=s1;from-tag=a1"},
    {"unreadable", "INFO", kInside, kOutside, "Replaces: near;to-tag=s1",
     "Replaces: near;to-tag=s1"},
    {"join", "INFO", kInside, kOutside, "Join: near;from-tag=a1;to-tag=s1",
     "Join: far@x;from-tag=s2;to-tag=b1"},
    {"target_dialog", "INFO", kInside, kOutside, "Target-Dialog: near;local-tag=s1;remote-tag=a1",
     "Target-Dialog: far@x;local-tag=b1;remote-tag=s2"},
    {"target_dialog_with_tags_of_replaces", "INFO", kInside, kOutside,
     "Target-Dialog: near;to-tag=s1;from-tag=a1", "Target-Dialog: near;to-tag=s1;from-tag=a1"},
    {"in_reply_to", "INFO", kInside, kOutside, "In-Reply-To: p0, p1,p3", "In-Reply-To: p0, p2,p3"},
};
INSTANTIATE_TEST_SUITE_P(Header, DialogNames, ::testing::ValuesIn(kReplaces), name_of);

const Row kEvents[] = {
    {"subscribe", "INFO", kInside, kOutside,
     "Event: dialog;call-id=near;to-tag=s1;from-tag=a1;include-session-description",
     "Event: dialog;call-id=\"far@x\";to-tag=b1;from-tag=s2;include-session-description"},
    {"subscribe_quoted", "INFO", kOutside, kInside,
     "Event: dialog;call-id=\"far\\@x\";to-tag=s2;from-tag=b1",
     "Event: dialog;call-id=\"near\";to-tag=a1;from-tag=s1"},
    {"notify_says_what_the_subscriber_said", "NOTIFY", kOutside, kInside,
     "Event: dialog;call-id=\"far@x\";to-tag=b1;from-tag=s2",
     "Event: dialog;call-id=\"near\";to-tag=s1;from-tag=a1"},
    {"notify_of_a_name_that_was_never_ours", "NOTIFY", kOutside, kInside,
     "Event: dialog;call-id=near;to-tag=b1;from-tag=s2",
     "Event: dialog;call-id=near;to-tag=b1;from-tag=s2"},
    {"other_package", "INFO", kInside, kOutside,
     "Event: presence;call-id=near;to-tag=s1;from-tag=a1",
     "Event: presence;call-id=near;to-tag=s1;from-tag=a1"},
    {"all_dialogs", "INFO", kInside, kOutside, "Event: dialog", "Event: dialog"},
    {"set_of_dialogs", "INFO", kInside, kOutside, "Event: dialog;call-id=near;to-tag=s1",
     "Event: dialog;call-id=near;to-tag=s1"},
};
INSTANTIATE_TEST_SUITE_P(Event, DialogNames, ::testing::ValuesIn(kEvents), name_of);

const Row kReferTo[] = {
    {"contact_of_ours_with_replaces", "INFO", kInside, kOutside,
     "Refer-To: <sip:bob@10.10.0.1?Replaces=near%3Bto-tag%3Ds1%3Bfrom-tag%3Da1>",
     "Refer-To: <sip:bob@10.20.0.7:5070;x=1?Replaces=far%40x%3Bto-tag%3Db1%3Bfrom-tag%3Ds2>"},
    {"other_headers_and_parameters_stay", "INFO", kInside, kOutside,
     "Refer-To: \"B\" <sip:bob@10.10.0.1:5060?Require=replaces&"
     "replaces=near%3bfrom-tag%3da1%3bearly-only%3bto-tag%3ds1&X=%20>;y=z",
     "Refer-To: \"B\" <sip:bob@10.20.0.7:5070;x=1?Require=replaces&"
     "replaces=far%40x%3Bfrom-tag%3Ds2%3Bearly-only%3Bto-tag%3Db1&X=%20>;y=z"},
    {"address_of_record_with_replaces", "INFO", kInside, kOutside,
     "Refer-To: <sip:bob@example.com?Replaces=near%3Bto-tag%3Ds1%3Bfrom-tag%3Da1>",
     "Refer-To: <sip:bob@example.com?Replaces=far%40x%3Bto-tag%3Db1%3Bfrom-tag%3Ds2>"},
    {"phone_behind_nat_is_reached_through_us", "INFO", kInside, kInside,
     "Refer-To: <sip:alice@10.20.0.1?Replaces=far%40x%3Bto-tag%3Ds2%3Bfrom-tag%3Db1>",
     "Refer-To: <sip:alice@10.10.0.1:5060?Replaces=far%40x%3Bto-tag%3Ds2%3Bfrom-tag%3Db1>"},
    {"party_of_the_third_side_is_reached_through_us", "INFO", kInside, kOutside,
     "Refer-To: <sip:alice@10.10.0.1?Replaces=far%40x%3Bto-tag%3Ds2%3Bfrom-tag%3Db1>",
     "Refer-To: <sip:alice@10.20.0.1:5060?Replaces=far%40x%3Bto-tag%3Ds2%3Bfrom-tag%3Db1>"},
    {"unknown_replaces_passes", "INFO", kInside, kOutside,
     "Refer-To: <sip:bob@example.com?Replaces=zz%3bto-tag%3ds1%3bfrom-tag%3da1>",
     "Refer-To: <sip:bob@example.com?Replaces=zz%3bto-tag%3ds1%3bfrom-tag%3da1>"},
    {"token_towards_the_carrier", "INFO", kInside, kOutside, "Refer-To: <sip:t0ken@10.10.0.1>",
     "Refer-To: <sip:t0ken@10.20.0.1:5060>"},
    {"token_towards_a_phone", "INFO", kOutside, kInside, "Refer-To: <sip:t0ken@10.20.0.1:5060;x=y>",
     "Refer-To: <sip:t0ken@10.10.0.1:5060;x=y>"},
    {"contact_of_ours", "INFO", kInside, kOutside, "Refer-To: \"B\" <sip:bobs@10.10.0.1:5060>;y=z",
     "Refer-To: \"B\" <sip:bob@10.20.0.7:5070;x=1>;y=z"},
    {"contact_of_ours_with_headers", "INFO", kInside, kOutside,
     "Refer-To: <sip:bobs@10.10.0.1?Subject=x>",
     "Refer-To: <sip:bob@10.20.0.7:5070;x=1?Subject=x>"},
    {"token_of_a_phone_without_nat", "INFO", kInside, kOutside, "Refer-To: <sip:open@10.10.0.1>",
     "Refer-To: <sip:desk@10.20.0.30;ob>"},
    {"number_at_our_address_is_the_carriers", "INFO", kInside, kOutside,
     "Refer-To: <sip:+4930@10.10.0.1;user=phone>",
     "Refer-To: <sip:+4930@10.20.0.2:5060;user=phone>"},
    {"foreign_uri_passes", "INFO", kInside, kOutside,
     "Refer-To: Carol <sip:carol%41@example.com;method=INVITE>;z",
     "Refer-To: Carol <sip:carol%41@example.com;method=INVITE>;z"},
    {"tel_uri_passes", "INFO", kInside, kOutside, "Refer-To: <tel:+4930>", "Refer-To: <tel:+4930>"},
};
INSTANTIATE_TEST_SUITE_P(ReferTo, DialogNames, ::testing::ValuesIn(kReferTo), name_of);

/// What a Refer-To of the inside becomes on one side, and whom the token in it stands for there.
struct Referred {
    std::string value;
    std::optional<routing::Target> target;
};

Referred refer(std::string_view refer_to, RealmId to) {
    const MessageText text(
        MessageText::request("INFO", "Refer-To: " + std::string(refer_to) + "\r\n"));
    OneCall calls;
    const OnePhone phones;
    const Config config = two_realms();
    const routing::SealedTargets sealed(kSecret);
    sip::Patch patch(text.message);
    rename_dialogs(patch, text.message, {calls, phones, sealed, config, kSender, to, Moment{}});
    std::array<char, 4096> out;
    const std::string sent(*patch.encode(out));
    const auto at = sent.find("Refer-To: ") + 10;
    Referred referred{sent.substr(at, sent.find('\r', at) - at), {}};
    const auto value = sip::NameAddr::parse(referred.value);
    if (const auto opened =
            sealed.open(config, sip::Uri::parse(value->uri)->user, Moment{Millis{1000}});
        opened && opened->ok()) {
        referred.target = **opened;
    }
    return referred;
}

TEST(ReferTo, B2BUA_D11_who_is_behind_nat_is_reached_through_us) {
    const Referred alice = refer("<sip:alices@10.10.0.1>;y", kOutside);
    EXPECT_EQ(alice.value.find("10.10."), std::string::npos);
    EXPECT_NE(alice.value.find("@10.20.0.1:5060>;y"), std::string::npos);
    ASSERT_TRUE(alice.target.has_value());
    EXPECT_EQ(alice.target->request_uri, "sip:alice@10.10.0.5");
    EXPECT_EQ(alice.target->flow.remote, endpoint("192.0.2.10", 40000));
}

TEST(ReferTo, B2BUA_D11_who_is_of_the_other_side_is_reached_through_us) {
    const Referred bob = refer("<sip:bobs@10.10.0.1>", kInside);  // amy is referred to bob
    EXPECT_EQ(bob.value.find("10.20."), std::string::npos);
    EXPECT_NE(bob.value.find("@10.10.0.1:5060>"), std::string::npos);
    ASSERT_TRUE(bob.target.has_value());
    EXPECT_EQ(bob.target->request_uri, "sip:bob@10.20.0.7:5070;x=1");
    // And handed on once more it stands for the same one.
    EXPECT_EQ(refer(bob.value, kOutside).value, "<sip:bob@10.20.0.7:5070;x=1>");
    EXPECT_EQ(refer(bob.value, kInside).target->flow, bob.target->flow);
}

TEST(NamedTarget, B2BUA_D14_a_request_goes_to_whom_it_names) {
    struct Case {
        const char* uri;
        const char* line;
        const char* target;  // empty: as the routes say
    };
    constexpr Case kCases[] = {
        {"sip:anybody@example.com", "Replaces: near;to-tag=s1;from-tag=a1",
         "sip:bob@10.20.0.7:5070;x=1"},
        {"sip:anybody@example.com", "Join: near;to-tag=s1;from-tag=a1",
         "sip:bob@10.20.0.7:5070;x=1"},
        {"sip:anybody@example.com", "Replaces: far@x;to-tag=b1;from-tag=s2", ""},
        {"sip:anybody@example.com", "Replaces: zz;to-tag=s1;from-tag=a1", ""},
        {"sip:bob@10.10.0.1", "Target-Dialog: near;local-tag=s1;remote-tag=a1",
         "sip:bob@10.20.0.7:5070;x=1"},
        {"sip:bob@example.com", "Target-Dialog: near;local-tag=s1;remote-tag=a1", ""},
        {"sip:bob@10.10.0.1", "X: y", ""},
    };
    const Config config = two_realms();
    for (const Case& c : kCases) {
        std::string octets = MessageText::request("INVITE", with_contact(c.line) + "\r\n");
        octets.replace(octets.find("sip:bob@10.10.0.1"), 17, c.uri);
        const MessageText text(octets);
        OneCall calls;
        const auto target = named_target(calls, config, text.message);
        EXPECT_EQ(target ? target->request_uri : "", c.target) << c.uri << c.line;
        if (target) {
            EXPECT_EQ(target->flow.realm, kOutside);
        }
    }
}

}  // namespace
}  // namespace sallyport::call
