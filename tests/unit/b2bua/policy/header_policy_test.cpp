// SPDX-License-Identifier: Apache-2.0
// B2BUA-D11 row by row: header line, direction, trust -> the line on the other side.
#include "b2bua/policy/header_policy.h"

#include "b2bua/policy/challenge.h"
#include "tests/unit/b2bua/policy/crossing_message.h"
#include "tests/unit/b2bua/two_realms.h"

#include <gtest/gtest.h>

#include <array>
#include <ostream>
#include <string>

namespace sallyport::policy {
namespace {

enum class Way { kRequest, kResponse };
enum class Trust { kNone, kFrom, kTo, kBoth };

struct Row {
    const char* name;
    Way way;
    Trust trust;
    const char* lines;     // in
    const char* expected;  // out, between CSeq and Content-Length

    friend std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }
};

Crossing crossing_of(const Row& row) {
    Crossing crossing;
    crossing.request = row.way == Way::kRequest;
    crossing.method = sip::Method::kInvite;
    crossing.from_trusted = row.trust == Trust::kFrom || row.trust == Trust::kBoth;
    crossing.to_trusted = row.trust == Trust::kTo || row.trust == Trust::kBoth;
    crossing.to_realm = "inside";
    return crossing;
}

/// What stands between the CSeq line (and our own Contact in requests) and Content-Length.
std::string crossed(const std::string& octets, Way way) {
    const std::string mark =
        way == Way::kRequest ? "Contact: <sip:a@192.0.2.1>\r\n" : "CSeq: 1 INVITE\r\n";
    const auto begin = octets.find(mark);
    const auto end = octets.find("Content-Length: 0\r\n");
    if (begin == std::string::npos || end == std::string::npos) {
        return "broken: " + octets;
    }
    return octets.substr(begin + mark.size(), end - begin - mark.size());
}

class D11 : public testing::TestWithParam<Row> {};

TEST_P(D11, B2BUA_D11_HeaderCrosses) {
    const Row& row = GetParam();
    const CrossingMessage given(row.way == Way::kRequest
                                    ? CrossingMessage::request("INVITE", row.lines)
                                    : CrossingMessage::response("180 Ringing", row.lines));
    sip::Patch patch(given.message);
    apply(patch, given.message, crossing_of(row));
    std::array<char, 4096> out;
    const auto encoded = patch.encode(out);
    ASSERT_TRUE(encoded.ok());
    EXPECT_EQ(crossed(std::string(*encoded), row.way), row.expected);
}

constexpr Way kReq = Way::kRequest;
constexpr Way kRes = Way::kResponse;

constexpr Row kRows[] = {
    // Unknown and harmless headers: byte for byte, in order (A18).
    {"unknown", kReq, Trust::kNone, "X-Vendor:  a ,b;;c\r\nFoo: 1\r\nX-Vendor: 2\r\n",
     "X-Vendor:  a ,b;;c\r\nFoo: 1\r\nX-Vendor: 2\r\n"},
    {"user_agent", kReq, Trust::kNone, "User-Agent: p/1 (x)\r\n", "User-Agent: p/1 (x)\r\n"},
    {"server", kRes, Trust::kNone, "Server: s\r\n", "Server: s\r\n"},
    {"session_id", kReq, Trust::kNone, "Session-ID: ab;remote=cd\r\n",
     "Session-ID: ab;remote=cd\r\n"},
    {"allow", kReq, Trust::kNone, "Allow: INVITE,ACK , FOO\r\n", "Allow: INVITE,ACK , FOO\r\n"},
    {"expires", kReq, Trust::kNone, "Expires: 30\r\n", "Expires: 30\r\n"},
    {"retry_after", kRes, Trust::kNone, "Retry-After: 60 (busy)\r\n", "Retry-After: 60 (busy)\r\n"},
    {"reason", kRes, Trust::kNone, "Reason: Q.850;cause=17;text=\"a, b\"\r\n",
     "Reason: Q.850;cause=17;text=\"a, b\"\r\n"},
    {"replaces", kReq, Trust::kNone, "Replaces: x;to-tag=1;from-tag=2\r\n",
     "Replaces: x;to-tag=1;from-tag=2\r\n"},
    {"session_timer", kReq, Trust::kNone, "Session-Expires: 1800;refresher=uac\r\nMin-SE: 90\r\n",
     "Session-Expires: 1800;refresher=uac\r\nMin-SE: 90\r\n"},
    {"identity", kReq, Trust::kNone, "Date: x\r\nIdentity: abc;info=<https://c>\r\n",
     "Date: x\r\nIdentity: abc;info=<https://c>\r\n"},
    {"geolocation", kReq, Trust::kNone, "Geolocation: <cid:1@x>\r\n", "Geolocation: <cid:1@x>\r\n"},
    // Supported: only tags that need the gate itself go.
    {"supported_all_stay", kReq, Trust::kNone, "Supported: 100rel,timer , foo\r\n",
     "Supported: 100rel,timer , foo\r\n"},
    {"supported_some_go", kReq, Trust::kNone, "Supported: path, timer,Outbound,100rel\r\n",
     "Supported: timer, 100rel\r\n"},
    {"supported_none_left", kReq, Trust::kNone, "Supported: sec-agree,from-change\r\n", ""},
    {"B2BUA_F13_supported_trickle", kReq, Trust::kNone, "Supported: trickle-ice, timer\r\n",
     "Supported: timer\r\n"},
    {"B2BUA_F13_recv_info_trickle", kReq, Trust::kNone, "Recv-Info: foo, trickle-ice\r\n",
     "Recv-Info: foo\r\n"},
    {"recv_info_stays", kRes, Trust::kNone, "Recv-Info: foo , bar\r\n", "Recv-Info: foo , bar\r\n"},
    {"supported_two_lines", kReq, Trust::kNone, "Supported: path\r\nSupported: gruu,path\r\n",
     "Supported: gruu\r\n"},
    {"supported_compact", kReq, Trust::kNone, "k: outbound, timer\r\n", "Supported: timer\r\n"},
    {"supported_response", kRes, Trust::kBoth, "Supported: replaces, path\r\n",
     "Supported: replaces\r\n"},
    {"require_passes", kReq, Trust::kNone, "Require: 100rel, foo\r\n", "Require: 100rel, foo\r\n"},
    {"require_response", kRes, Trust::kNone, "Require: outbound\r\n", ""},
    {"proxy_require_consumed", kReq, Trust::kNone, "Proxy-Require: x\r\n", ""},
    {"unsupported", kRes, Trust::kNone, "Unsupported: foo\r\n", "Unsupported: foo\r\n"},
    // Hop local.
    {"timestamp", kReq, Trust::kBoth, "Timestamp: 54\r\n", ""},
    {"timestamp_response", kRes, Trust::kBoth, "Timestamp: 54 1.2\r\n", ""},
    {"security", kReq, Trust::kBoth, "Security-Client: tls;q=0.1\r\nSecurity-Verify: tls;q=0.2\r\n",
     ""},
    {"security_server", kRes, Trust::kBoth, "Security-Server: tls\r\n", ""},
    {"path", kReq, Trust::kBoth, "Path: <sip:p.example;lr>\r\n", ""},
    {"service_route", kRes, Trust::kBoth, "Service-Route: <sip:p.example;lr>\r\n", ""},
    // Digest: credentials never change, challenges lose auth-int only (D15).
    {"authorization", kReq, Trust::kNone,
     "Authorization: Digest username=\"a\", qop=auth-int,  nc=00000001, uri=\"sip:x,y\"\r\n",
     "Authorization: Digest username=\"a\", qop=auth-int,  nc=00000001, uri=\"sip:x,y\"\r\n"},
    {"two_credentials", kReq, Trust::kNone,
     "Proxy-Authorization: Digest realm=\"p1\"\r\nProxy-Authorization: Digest realm=\"p2\"\r\n",
     "Proxy-Authorization: Digest realm=\"p1\"\r\nProxy-Authorization: Digest realm=\"p2\"\r\n"},
    {"challenge_auth", kRes, Trust::kNone,
     "WWW-Authenticate: Digest realm=\"a,b\", qop=\"auth\" ,nonce=\"x\"\r\n",
     "WWW-Authenticate: Digest realm=\"a,b\", qop=\"auth\" ,nonce=\"x\"\r\n"},
    {"challenge_both", kRes, Trust::kNone,
     "WWW-Authenticate: Digest realm=\"qop=auth-int\",qop=\"auth,auth-int\",nonce=\"x\"\r\n",
     "WWW-Authenticate: Digest realm=\"qop=auth-int\",qop=\"auth\",nonce=\"x\"\r\n"},
    {"challenge_both_reversed", kRes, Trust::kNone,
     "Proxy-Authenticate: digest QOP = \"auth-int, auth\", realm=\"r\"\r\n",
     "Proxy-Authenticate: digest QOP = \"auth\", realm=\"r\"\r\n"},
    {"challenge_only_int", kRes, Trust::kNone,
     "Proxy-Authenticate: Digest realm=\"r\",qop=\"auth-int\"\r\n",
     "Proxy-Authenticate: Digest realm=\"r\",qop=\"auth-int\"\r\n"},
    {"challenge_no_qop", kRes, Trust::kNone, "WWW-Authenticate: Digest realm=\"r\"\r\n",
     "WWW-Authenticate: Digest realm=\"r\"\r\n"},
    {"challenge_other_scheme", kRes, Trust::kNone,
     "WWW-Authenticate: Foo qop=\"auth,auth-int\"\r\n",
     "WWW-Authenticate: Foo qop=\"auth,auth-int\"\r\n"},
    {"authentication_info", kRes, Trust::kNone,
     "Authentication-Info: nextnonce=\"n\", qop=auth\r\n",
     "Authentication-Info: nextnonce=\"n\", qop=auth\r\n"},
    // Identity (RFC 3325).
    {"asserted_untrusted_sender", kReq, Trust::kTo, "P-Asserted-Identity: <sip:ceo@x>\r\n", ""},
    {"asserted_trusted_both", kReq, Trust::kBoth,
     "P-Asserted-Identity: <sip:a@x>\r\nPrivacy: id\r\n",
     "P-Asserted-Identity: <sip:a@x>\r\nPrivacy: id\r\n"},
    {"asserted_out_no_privacy", kReq, Trust::kFrom, "P-Asserted-Identity: <sip:a@x>\r\n",
     "P-Asserted-Identity: <sip:a@x>\r\n"},
    {"asserted_out_private", kReq, Trust::kFrom,
     "P-Asserted-Identity: <sip:a@x>, <tel:+1>\r\nPrivacy: id\r\n", ""},
    {"asserted_out_private_response", kRes, Trust::kFrom,
     "Privacy: header;ID\r\nP-Asserted-Identity: <sip:a@x>\r\n", ""},
    {"preferred_to_trusted", kReq, Trust::kTo, "P-Preferred-Identity: <sip:a@x>\r\n", ""},
    {"preferred_response", kRes, Trust::kBoth, "P-Preferred-Identity: <sip:a@x>\r\n", ""},
    {"party_untrusted", kReq, Trust::kTo, "Remote-Party-ID: <sip:a@x>\r\n", ""},
    {"party_out", kReq, Trust::kFrom, "Remote-Party-ID: \"A\" <sip:a@x>;privacy=off\r\n",
     "Remote-Party-ID: \"A\" <sip:a@x>;privacy=off\r\n"},
    {"party_out_private", kReq, Trust::kFrom, "Remote-Party-ID: <sip:a@x>;privacy=full\r\n", ""},
    {"privacy_untouched_to_trusted", kReq, Trust::kTo, "Privacy: id;critical\r\n",
     "Privacy: id;critical\r\n"},
    {"privacy_performed", kReq, Trust::kNone, "Privacy: header; session;critical\r\n", ""},
    {"privacy_user_performed", kReq, Trust::kNone,
     "Privacy: id;user\r\nSubject: s\r\nUser-Agent: u\r\nOrganization: o\r\nReply-To: <sip:r@x>\r\n"
     "Call-Info: <urn:x>\r\nIn-Reply-To: i@x\r\nX-Kept: k\r\n",
     "X-Kept: k\r\n"},
    {"privacy_user_response", kRes, Trust::kFrom, "Privacy: user\r\nServer: s\r\n", ""},
    {"privacy_user_to_trusted", kReq, Trust::kTo, "Privacy: user\r\nSubject: s\r\n",
     "Privacy: user\r\nSubject: s\r\n"},
    {"privacy_none", kReq, Trust::kNone, "Privacy: none\r\n", "Privacy: none\r\n"},
    // Trust domain.
    {"history_to_trusted", kReq, Trust::kTo, "History-Info: <sip:a@x>;index=1\r\n",
     "History-Info: <sip:a@x>;index=1\r\n"},
    {"history_to_untrusted", kReq, Trust::kFrom, "History-Info: <sip:a@x>;index=1\r\n", ""},
    {"diversion_to_untrusted", kReq, Trust::kFrom, "Diversion: <sip:a@x>;reason=x\r\n", ""},
    {"charging_both", kReq, Trust::kBoth, "P-Charging-Vector: icid-value=1\r\n",
     "P-Charging-Vector: icid-value=1\r\n"},
    {"charging_from", kReq, Trust::kFrom, "P-Charging-Vector: icid-value=1\r\n", ""},
    {"access_info_to", kReq, Trust::kTo, "P-Access-Network-Info: IEEE-802.11\r\n", ""},
    {"early_media", kRes, Trust::kNone, "P-Early-Media: sendrecv\r\n",
     "P-Early-Media: sendrecv\r\n"},
    {"associated_uri", kRes, Trust::kFrom, "P-Associated-URI: <sip:a@x>\r\n", ""},
    {"associated_uri_both", kRes, Trust::kBoth, "P-Associated-URI: <sip:a@x>\r\n",
     "P-Associated-URI: <sip:a@x>\r\n"},
    // URIs that somebody would fetch.
    {"alert_untrusted", kReq, Trust::kTo, "Alert-Info: <http://evil/x.wav>\r\n", ""},
    {"alert_urn", kReq, Trust::kTo,
     "Alert-Info: <http://evil/a,b>;x=\"1,2\", <urn:alert:service:normal>\r\n",
     "Alert-Info: <urn:alert:service:normal>\r\n"},
    {"call_info_cid", kReq, Trust::kNone, "Call-Info: <CID:p@x>;purpose=icon\r\n",
     "Call-Info: <CID:p@x>;purpose=icon\r\n"},
    {"call_info_trusted", kReq, Trust::kFrom, "Call-Info: <http://c/p.png>;purpose=icon\r\n",
     "Call-Info: <http://c/p.png>;purpose=icon\r\n"},
    {"error_info", kRes, Trust::kNone, "Error-Info: <sip:announce@x>\r\n", ""},
    // Warning says who warns (D19).
    {"warning", kRes, Trust::kBoth,
     "Warning: 399 10.20.0.2:5060 \"a, 1 10.20.0.2\", 370 gw.example \"b\"\r\n",
     "Warning: 399 inside \"a, 1 10.20.0.2\", 370 inside \"b\"\r\n"},
    // Leg owned: not ours to touch.
    {"leg_owned", kRes, Trust::kNone,
     "Record-Route: <sip:p;lr>\r\nContact: <sip:b@10.0.0.1>\r\nRSeq: 4\r\n",
     "Record-Route: <sip:p;lr>\r\nContact: <sip:b@10.0.0.1>\r\nRSeq: 4\r\n"},
};

INSTANTIATE_TEST_SUITE_P(Rows, D11, testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string(row.param.name); });

std::string contact_after(const char* status, Trust trust) {
    const CrossingMessage given(CrossingMessage::response(status, "Contact: <sip:x@10.9.9.9>\r\n"));
    sip::Patch patch(given.message);
    apply(patch, given.message, crossing_of({"", Way::kResponse, trust, "", ""}));
    std::array<char, 4096> out;
    const auto encoded = patch.encode(out);
    return encoded.ok() ? crossed(std::string(*encoded), Way::kResponse) : "fault";
}

TEST(HeaderPolicy, B2BUA_D11_ContactOfFailuresStaysInTheTrustDomain) {
    const std::string passed = "Contact: <sip:x@10.9.9.9>\r\n";
    EXPECT_EQ(contact_after("302 Moved", Trust::kNone), passed);
    EXPECT_EQ(contact_after("200 OK", Trust::kNone), passed);
    EXPECT_EQ(contact_after("485 Ambiguous", Trust::kBoth), passed);
    EXPECT_EQ(contact_after("485 Ambiguous", Trust::kTo), "");
    EXPECT_EQ(contact_after("606 Not Acceptable", Trust::kFrom), "");
}

TEST(Challenge, B2BUA_D15_only_auth_int_is_told) {
    struct Case {
        const char* lines;
        bool only;
    };
    constexpr Case kCases[] = {
        {"WWW-Authenticate: Digest realm=\"r\",qop=\"auth-int\"\r\n", true},
        {"Proxy-Authenticate: digest realm=\"r\", QOP = \" Auth-Int \"\r\n", true},
        {"WWW-Authenticate: Digest realm=\"r\",qop=\"auth,auth-int\"\r\n", false},
        {"WWW-Authenticate: Digest realm=\"r\"\r\n", false},
        {"WWW-Authenticate: Digest realm=\"r\",qop=\"auth\"\r\n"
         "WWW-Authenticate: Digest realm=\"s\",qop=auth-int\r\n",
         true},
        {"WWW-Authenticate: Basic realm=\"qop=auth-int\"\r\n", false},
        {"Authentication-Info: qop=auth-int\r\n", false},
    };
    for (const Case& row : kCases) {
        const CrossingMessage given(CrossingMessage::response("401 Unauthorized", row.lines));
        EXPECT_EQ(offers_only_auth_int(given.message), row.only) << row.lines;
    }
}

struct OptionRow {
    const char* name;
    bool hide_agents;
    bool strip_info_uris;
    bool parties_kept;
    const char* lines;
    const char* expected;
};

TEST(HeaderPolicy, B2BUA_D11_Options) {
    const std::array<std::string, 2> denied{"x-secret", "Foo"};
    const OptionRow rows[] = {
        {"ua_hide", true, true, true, "User-Agent: a\r\nServer: b\r\nSubject: c\r\n",
         "Subject: c\r\n"},
        {"info_uris_stay", false, false, true, "Call-Info: <http://x>\r\n",
         "Call-Info: <http://x>\r\n"},
        {"denied", false, true, true, "X-Secret: 1\r\nX-Other: 2\r\nfoo: 3\r\nSubject: s\r\n",
         "X-Other: 2\r\nSubject: s\r\n"},
        {"signed_parties_changed", false, true, false,
         "Identity: a\r\nIdentity-Info: <b>\r\nDate: d\r\n", "Date: d\r\n"},
    };
    for (const OptionRow& row : rows) {
        SCOPED_TRACE(row.name);
        const CrossingMessage given(CrossingMessage::request("INVITE", row.lines));
        Counter counter;
        Crossing crossing;
        crossing.hide_agents = row.hide_agents;
        crossing.strip_info_uris = row.strip_info_uris;
        crossing.parties_kept = row.parties_kept;
        crossing.strip_headers = denied;
        crossing.identities_stripped = &counter;
        sip::Patch patch(given.message);
        apply(patch, given.message, crossing);
        std::array<char, 4096> out;
        const auto encoded = patch.encode(out);
        ASSERT_TRUE(encoded.ok());
        EXPECT_EQ(crossed(std::string(*encoded), Way::kRequest), row.expected);
        EXPECT_EQ(counter.read(), row.parties_kept ? 0U : 2U);
    }
}

TEST(HeaderPolicy, B2BUA_D11_CrossingBetweenRealms) {
    Config config = two_realms();
    config.realms[1].ua_hide = true;
    config.realms[0].strip_info_uris = false;
    config.realms[1].strip_headers = {"X-A"};
    const Crossing out = crossing_between(config, kInside, kOutside);
    EXPECT_FALSE(out.from_trusted);
    EXPECT_TRUE(out.to_trusted);
    EXPECT_EQ(out.to_realm, "outside");
    EXPECT_TRUE(out.hide_agents);
    EXPECT_FALSE(out.strip_info_uris);
    EXPECT_EQ(out.strip_headers.size(), 1U);
    const Crossing in = crossing_between(config, kOutside, kInside);
    EXPECT_TRUE(in.from_trusted);
    EXPECT_FALSE(in.to_trusted);
    EXPECT_FALSE(in.hide_agents);
    EXPECT_TRUE(in.strip_info_uris);
    EXPECT_TRUE(in.strip_headers.empty());
}

TEST(HeaderPolicy, B2BUA_D11_AllowPromisesNothingThatTheOperatorKeepsOut) {
    struct Case {
        Transfers refer;
        Passage unknown;
        std::string_view expected;
    };
    for (const Case& row : {Case{Transfers::kReject, Passage::kPass, "INVITE, FOO"},
                            Case{Transfers::kLocal, Passage::kReject, "INVITE, REFER"},
                            Case{Transfers::kPass, Passage::kReject, "INVITE, REFER"}}) {
        Config config = two_realms();
        config.refer = row.refer;
        config.unknown_methods = row.unknown;
        const CrossingMessage given(
            CrossingMessage::request("INVITE", "Allow: INVITE, REFER,FOO\r\n"));
        sip::Patch patch(given.message);
        apply(patch, given.message, crossing_between(config, kInside, kOutside));
        std::array<char, 4096> out;
        const auto encoded = patch.encode(out);
        ASSERT_TRUE(encoded.ok());
        std::string wanted("\r\nAllow: ");
        wanted.append(row.expected).append("\r\n");
        EXPECT_NE(encoded->find(wanted), std::string_view::npos) << *encoded;
    }
}

TEST(HeaderPolicy, B2BUA_D11_RegistrarNamesTheIdentitiesOfAnUntrustedPhone) {
    const CrossingMessage given(
        CrossingMessage::response("200 OK", "P-Associated-URI: <sip:a@x>\r\n"));
    Crossing crossing;
    crossing.request = false;
    crossing.method = sip::Method::kRegister;
    crossing.from_trusted = true;
    sip::Patch patch(given.message);
    apply(patch, given.message, crossing);
    std::array<char, 4096> out;
    const auto encoded = patch.encode(out);
    ASSERT_TRUE(encoded.ok());
    EXPECT_NE(encoded->find("P-Associated-URI: <sip:a@x>\r\n"), std::string_view::npos);
}

TEST(HeaderPolicy, EveryNamedHeaderHasARowWithItsBasis) {
    EXPECT_EQ(header_table().size(), static_cast<std::size_t>(sip::HeaderId::kCount) - 1);
    for (const HeaderRule& rule : header_table()) {
        EXPECT_FALSE(rule.basis.empty()) << sip::long_name(rule.header);
        EXPECT_EQ(verdict_of(rule.header, true), rule.request);
        EXPECT_EQ(verdict_of(rule.header, false), rule.response);
    }
    EXPECT_EQ(verdict_of(sip::HeaderId::kUnknown, true), Verdict::kPass);
}

}  // namespace
}  // namespace sallyport::policy
