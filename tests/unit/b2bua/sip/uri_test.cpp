// SPDX-License-Identifier: Apache-2.0
// SIP and SIPS URIs (RFC 3261 s.19.1; A1, A11-A14, B21) and when two are equivalent (RFC 3261
// s.19.1.4).
#include "b2bua/sip/uri.h"

#include <gtest/gtest.h>

namespace sallyport::sip {
namespace {

struct Legal {
    const char* text;
    Scheme scheme;
    const char* user;
    const char* password;
    const char* host;
    int port;
    const char* params;
    const char* headers;
};

TEST(Uri, legal) {
    constexpr Legal kRows[] = {
        {"sip:a@b", Scheme::kSip, "a", "", "b", -1, "", ""},
        {"sip:b", Scheme::kSip, "", "", "b", -1, "", ""},
        {"SIPS:a:pw@b:5061;lr?x=y", Scheme::kSips, "a", "pw", "b", 5061, ";lr", "x=y"},
        {"sip:a@[2001:db8::10]:5070;transport=udp", Scheme::kSip, "a", "", "[2001:db8::10]", 5070,
         ";transport=udp", ""},
        {"sip:[2001:db8::10:5070]", Scheme::kSip, "", "", "[2001:db8::10:5070]", -1, "", ""},
        {"sip:user;par=u%40x@example.com", Scheme::kSip, "user;par=u%40x", "", "example.com", -1,
         "", ""},
        {"sip:a?b@c?d=e", Scheme::kSip, "a?b", "", "c", -1, "", "d=e"},
        {"sip:a:@b", Scheme::kSip, "a", "", "b", -1, "", ""},
        {"sip:%00@b", Scheme::kSip, "%00", "", "b", -1, "", ""},
        {"sip:*21#@b", Scheme::kSip, "*21#", "", "b", -1, "", ""},
        {"sip:b;maddr=[::1];x", Scheme::kSip, "", "", "b", -1, ";maddr=[::1];x", ""},
        {"sip:b?", Scheme::kSip, "", "", "b", -1, "", ""},
        {"sip:b:0", Scheme::kSip, "", "", "b", 0, "", ""},
        {"tel:+1-212-555;phone-context=x", Scheme::kTel, "", "", "", -1, "", ""},
        {"urn:service:sos", Scheme::kUrn, "", "", "", -1, "", ""},
        {"soap.beep://192.0.2.103:3002", Scheme::kOther, "", "", "", -1, "", ""},
    };
    for (const Legal& row : kRows) {
        const auto uri = Uri::parse(row.text);
        ASSERT_TRUE(uri.ok()) << row.text << ": " << label_for(uri.error().fault);
        EXPECT_EQ(uri->text, row.text);
        EXPECT_EQ(uri->scheme, row.scheme) << row.text;
        EXPECT_EQ(uri->user, row.user) << row.text;
        EXPECT_EQ(uri->password, row.password) << row.text;
        EXPECT_EQ(uri->host, row.host) << row.text;
        EXPECT_EQ(uri->port ? uri->port->value : -1, row.port) << row.text;
        EXPECT_EQ(uri->params, row.params) << row.text;
        EXPECT_EQ(uri->headers, row.headers) << row.text;
        EXPECT_EQ(uri->has_userinfo, *row.user != '\0') << row.text;
    }
}

TEST(Uri, illegal) {
    constexpr std::pair<const char*, ParseFault> kRows[] = {
        {"", ParseFault::kBadUri},
        {"sip", ParseFault::kBadUri},
        {"sip:", ParseFault::kBadUri},
        {":a", ParseFault::kBadUri},
        {"a@b", ParseFault::kBadUri},
        {"sip:@b", ParseFault::kBadUri},
        {"sip::pw@b", ParseFault::kBadUri},
        {"sip:a@", ParseFault::kBadHost},
        {"sip:a@:5060", ParseFault::kBadHost},
        {"sip:a@b@c", ParseFault::kBadUri},
        {"sip:a@b:", ParseFault::kBadPort},
        {"sip:a@b:x", ParseFault::kBadPort},
        {"sip:a@b:65536", ParseFault::kBadPort},
        {"sip:a@b:5060x", ParseFault::kBadUri},
        {"sip:a@b/c", ParseFault::kBadUri},
        {"sip:2001:db8::10", ParseFault::kBadPort},  // RFC 5118 s.4.2: the brackets are missing
        {"sip:a@::1", ParseFault::kBadHost},
        {"sip:a@[::1", ParseFault::kBadHost},
        {"sip:a@[]", ParseFault::kBadHost},
        {"sip:a@[fe80::1%25eth0]", ParseFault::kBadHost},
        {"sip:a@[192.0.2.1]", ParseFault::kBadHost},
        {"sip:a@[2001:db8:::192.0.2.1]", ParseFault::kBadHost},
        {"sip:a b@c", ParseFault::kSpaceInUri},
        {"sip:a@b; lr", ParseFault::kSpaceInUri},
        {"sip:a@b\r\n", ParseFault::kSpaceInUri},
        {"sip:a<b@c", ParseFault::kBadUri},
        {"sip:\"a\"@c", ParseFault::kBadUri},
        {"sip:a@b;", ParseFault::kEmptyParameter},
        {"sip:a@b;;lr", ParseFault::kEmptyParameter},
        {"sip:a@b;x=", ParseFault::kBadParameter},
    };
    for (const auto& [text, fault] : kRows) {
        const auto uri = Uri::parse(text);
        ASSERT_FALSE(uri.ok()) << text;
        EXPECT_EQ(label_for(uri.error().fault), label_for(fault)) << text;
        EXPECT_LE(uri.error().offset, std::string_view(text).size()) << text;
    }
}

TEST(Uri, ip) {
    EXPECT_EQ(Uri::parse("sip:192.0.2.7")->ip(), IpAddr::v4(0xc0000207));
    EXPECT_EQ(Uri::parse("sip:a@[2001:db8::1]:5")->ip(), IpAddr::parse("2001:db8::1"));
    EXPECT_FALSE(Uri::parse("sip:a@example.com")->ip());
    EXPECT_FALSE(Uri::parse("sip:a@192.0.2.07")->ip());
    EXPECT_FALSE(Uri::parse("tel:+1")->ip());
}

struct Pair {
    const char* a;
    const char* b;
};

void expect_equivalent(const Pair& row, bool expected) {
    const auto a = Uri::parse(row.a);
    const auto b = Uri::parse(row.b);
    ASSERT_TRUE(a.ok() && b.ok()) << row.a << " " << row.b;
    EXPECT_EQ(equivalent(*a, *b), expected) << row.a << " " << row.b;
    EXPECT_EQ(equivalent(*b, *a), expected) << row.b << " " << row.a;
    EXPECT_TRUE(equivalent(*a, *a)) << row.a;
}

TEST(Uri, B2BUA_A14_Rfc3261_19_1_4_equivalent) {
    constexpr Pair kRows[] = {
        {"sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"},
        {"sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"},
        {"sip:carol@chicago.com;security=on", "sip:carol@chicago.com;newparam=5"},
        {"sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
         "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com"},
        {"sip:alice@atlanta.com?subject=project%20x&priority=urgent",
         "sip:alice@atlanta.com?priority=urgent&subject=project%20x"},
        {"sip:a@[2001:db8::1]", "sip:a@[2001:0DB8:0:0::1]"},
        {"SIP:a@b", "sip:a@B"},
        {"sip:%7e@b", "sip:~@b"},
        {"sip:a@b;%6cr", "sip:a@b;lr"},
        {"tel:+1", "TEL:+1"},
    };
    for (const Pair& row : kRows) {
        expect_equivalent(row, true);
    }
}

TEST(Uri, Rfc3261_19_1_4_not_equivalent) {
    constexpr Pair kRows[] = {
        {"SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"},
        {"sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"},
        {"sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"},
        {"sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"},
        {"sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"},
        {"sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"},
        {"sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"},
        {"sip:a@b", "sips:a@b"},
        {"sip:a@b", "sip:b"},
        {"sip:a@b", "sip:a:@b"},
        {"sip:a:x@b", "sip:a:X@b"},
        {"sip:a%3bb@c", "sip:a;b@c"},
        {"sip:a%00@b", "sip:a@b"},
        {"sip:a%00x@b", "sip:a%00y@b"},
        {"sip:a@b;user=phone", "sip:a@b"},
        {"sip:a@b;ttl=1", "sip:a@b"},
        {"sip:a@b;method=INVITE", "sip:a@b"},
        {"sip:a@b;maddr=192.0.2.1", "sip:a@b"},
        {"sip:a@b;lr", "sip:a@b;lr=on"},
        {"sip:a@b?x=1&x=1", "sip:a@b?x=1"},
        {"sip:a@b?x=1&x=1&y=2", "sip:a@b?x=1&y=2&y=2"},
        {"tel:+1", "tel:+2"},
        {"urn:a:b", "uri:a:b"},
    };
    for (const Pair& row : kRows) {
        expect_equivalent(row, false);
    }
}

}  // namespace
}  // namespace sallyport::sip
