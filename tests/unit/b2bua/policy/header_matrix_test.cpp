// SPDX-License-Identifier: Apache-2.0
// B2BUA-D11 whole: every header that has a row in the table, in requests and in responses, for each
// combination of trust. How values change is in header_policy_test.cpp.
#include "b2bua/policy/header_policy.h"
#include "tests/unit/b2bua/policy/crossing_message.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <ostream>
#include <string>

namespace sallyport::policy {
namespace {

/// Four letters for a sender and a receiver in the trust domain: neither, sender, receiver, both.
/// p: passes byte for byte; s: stripped.
struct Row {
    const char* line;
    const char* request;
    const char* response;

    friend std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.line; }
};

constexpr char kAlways[] = "pppp";
constexpr char kNever[] = "ssss";
constexpr char kToTrusted[] = "sspp";
constexpr char kBothTrusted[] = "sssp";
constexpr char kAsserted[] = "spsp";     // believed from trusted only
constexpr char kFromTrusted[] = "spsp";  // URIs that would be fetched

constexpr Row kRows[] = {
    {"Path: <sip:p;lr>", kNever, kNever},
    {"Service-Route: <sip:p;lr>", kNever, kNever},
    {"Flow-Timer: 120", kAlways, kAlways},
    {"Max-Breadth: 60", kAlways, kAlways},
    {"Content-Type: application/x-foo;a=b", kAlways, kAlways},
    {"Content-Encoding: gzip", kAlways, kAlways},
    {"Content-Disposition: session;handling=optional", kAlways, kAlways},
    {"Content-Language: fr", kAlways, kAlways},
    {"Content-ID: <1@x>", kAlways, kAlways},
    {"MIME-Version: 1.0", kAlways, kAlways},
    {"Accept: application/sdp,  text/*", kAlways, kAlways},
    {"Accept-Encoding: gzip;q=0.5", kAlways, kAlways},
    {"Accept-Language: da, en;q=0.7", kAlways, kAlways},
    {"Allow: INVITE,ACK , FOO", kAlways, kAlways},
    {"Allow-Events: presence, foo", kAlways, kAlways},
    {"Supported: timer, 100rel", kAlways, kAlways},
    {"Require: 100rel, foo", kAlways, kAlways},
    {"Proxy-Require: privacy", kNever, kNever},
    {"Unsupported: foo", kAlways, kAlways},
    {"Recv-Info: x-foo", kAlways, kAlways},
    {"Info-Package: x-foo", kAlways, kAlways},
    {"Feature-Caps: *;+g.x", kAlways, kAlways},
    {"Authorization: Digest realm=\"a\"", kAlways, kAlways},
    {"Proxy-Authorization: Digest realm=\"a\"", kAlways, kAlways},
    {"WWW-Authenticate: Digest realm=\"a\",qop=\"auth\"", kAlways, kAlways},
    {"Proxy-Authenticate: Digest realm=\"a\",qop=\"auth\"", kAlways, kAlways},
    {"Authentication-Info: nextnonce=\"n\"", kAlways, kAlways},
    {"Proxy-Authentication-Info: nextnonce=\"n\"", kAlways, kAlways},
    {"Security-Client: tls", kNever, kNever},
    {"Security-Server: tls", kNever, kNever},
    {"Security-Verify: tls", kNever, kNever},
    {"Expires: 30", kAlways, kAlways},
    {"Min-Expires: 30", kAlways, kAlways},
    {"Session-Expires: 1800;refresher=uac", kAlways, kAlways},
    {"Min-SE: 90", kAlways, kAlways},
    {"Retry-After: 60 (busy);duration=5", kAlways, kAlways},
    {"Timestamp: 54", kNever, kNever},
    {"Date: Sat, 13 Nov 2010 23:29:00 GMT", kAlways, kAlways},
    {"Event: foo;id=1", kAlways, kAlways},
    {"Subscription-State: active;expires=9", kAlways, kAlways},
    {"SIP-ETag: e1", kAlways, kAlways},
    {"SIP-If-Match: e1", kAlways, kAlways},
    {"Replaces: x;to-tag=1;from-tag=2;early-only", kAlways, kAlways},
    {"Join: x;to-tag=1;from-tag=2", kAlways, kAlways},
    {"Target-Dialog: x;local-tag=1;remote-tag=2", kAlways, kAlways},
    {"In-Reply-To: 70710@x, 17320@x", kAlways, kAlways},
    {"Refer-To: <sip:c@x?Replaces=1%3Bto-tag%3D2>", kAlways, kAlways},
    {"Referred-By: <sip:c@x>;cid=\"1@x\"", kAlways, kAlways},
    {"Refer-Sub: false", kAlways, kAlways},
    {"P-Asserted-Identity: \"A\" <sip:a@x>", kAsserted, kAsserted},
    {"P-Preferred-Identity: <sip:a@x>", kNever, kNever},
    {"Privacy: id;header", kToTrusted, kToTrusted},
    {"Remote-Party-ID: <sip:a@x>", kAsserted, kAsserted},
    {"Identity: abc;info=<https://c>", kAlways, kAlways},
    {"Identity-Info: <https://c>;alg=rsa-sha1", kAlways, kAlways},
    {"History-Info: <sip:a@x>;index=1", kToTrusted, kToTrusted},
    {"Diversion: <sip:a@x>;reason=no-answer", kToTrusted, kToTrusted},
    {"Reason: Q.850;cause=17;text=\"a, b\"", kAlways, kAlways},
    {"Warning: 399 inside \"x\"", kAlways, kAlways},
    {"User-Agent: p/1 (x)", kAlways, kAlways},
    {"Server: s/1 (x)", kAlways, kAlways},
    {"Organization: O, Inc.", kAlways, kAlways},
    {"Subject: lunch", kAlways, kAlways},
    {"Priority: emergency", kAlways, kAlways},
    {"Reply-To: <sip:b@x>", kAlways, kAlways},
    {"Alert-Info: <http://x/a.wav>", kFromTrusted, kFromTrusted},
    {"Call-Info: <http://x/a.png>;purpose=icon", kFromTrusted, kFromTrusted},
    {"Error-Info: <sip:announce@x>", kFromTrusted, kFromTrusted},
    {"User-to-User: 56a390;encoding=hex", kAlways, kAlways},
    {"Session-ID: ab30317f1a784dc48ff824d0d3715d86;remote=47", kAlways, kAlways},
    {"Geolocation: <cid:1@x>", kAlways, kAlways},
    {"Geolocation-Routing: yes", kAlways, kAlways},
    {"Geolocation-Error: 100;code=\"x\"", kAlways, kAlways},
    {"Accept-Contact: *;audio;require", kAlways, kAlways},
    {"Reject-Contact: *;video", kAlways, kAlways},
    {"Request-Disposition: proxy, recurse", kAlways, kAlways},
    {"Resource-Priority: wps.0", kAlways, kAlways},
    {"Accept-Resource-Priority: wps.0, wps.1", kAlways, kAlways},
    {"Answer-Mode: Auto", kAlways, kAlways},
    {"Priv-Answer-Mode: Auto;require", kAlways, kAlways},
    {"P-Early-Media: sendrecv", kAlways, kAlways},
    {"P-Charging-Vector: icid-value=1", kBothTrusted, kBothTrusted},
    {"P-Charging-Function-Addresses: ccf=1", kBothTrusted, kBothTrusted},
    {"P-Access-Network-Info: IEEE-802.11", kBothTrusted, kBothTrusted},
    {"P-Visited-Network-ID: other", kBothTrusted, kBothTrusted},
    {"P-Called-Party-ID: <sip:b@x>", kBothTrusted, kBothTrusted},
    {"P-Associated-URI: <sip:b@x>", kBothTrusted, kBothTrusted},
    {"P-Served-User: <sip:b@x>", kBothTrusted, kBothTrusted},
    {"P-Asserted-Service: urn:urn-7:3gpp-service.x", kBothTrusted, kBothTrusted},
    {"P-Preferred-Service: urn:urn-7:3gpp-service.x", kNever, kNever},
    {"X-Anything:  a ,b;;c", kAlways, kAlways},
};

std::string name_of(const Row& row) {
    const std::string line = row.line;
    return line.substr(0, line.find(':'));
}

class HeaderMatrix : public testing::TestWithParam<Row> {
protected:
    /// The letter of one crossing.
    static char outcome(const std::string& line, bool request, unsigned trust) {
        const CrossingMessage given(request
                                        ? CrossingMessage::request("MESSAGE", line + "\r\n")
                                        : CrossingMessage::response("180 Ringing", line + "\r\n"));
        Crossing crossing;
        crossing.request = request;
        crossing.from_trusted = (trust & 1U) != 0;
        crossing.to_trusted = (trust & 2U) != 0;
        crossing.to_realm = "inside";
        sip::Patch patch(given.message);
        apply(patch, given.message, crossing);
        std::array<char, 4096> out;
        const auto encoded = patch.encode(out);
        if (!encoded.ok()) {
            return 'f';
        }
        const std::string name = "\r\n" + line.substr(0, line.find(':') + 1);
        if (encoded->find("\r\n" + line + "\r\n") != std::string_view::npos) {
            return 'p';
        }
        return encoded->find(name) == std::string_view::npos ? 's' : 'c';
    }
};

TEST_P(HeaderMatrix, B2BUA_D11_crosses_by_direction_and_trust) {
    const Row& row = GetParam();
    for (const bool request : {true, false}) {
        std::string outcomes;
        for (unsigned trust = 0; trust < 4; ++trust) {
            outcomes.push_back(outcome(row.line, request, trust));
        }
        EXPECT_EQ(outcomes, request ? row.request : row.response)
            << (request ? "request" : "response");
    }
}

INSTANTIATE_TEST_SUITE_P(Rows, HeaderMatrix, testing::ValuesIn(kRows), [](const auto& row) {
    std::string name = name_of(row.param);
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
});

TEST(HeaderMatrixRows, B2BUA_D11_every_header_of_the_table_that_is_not_leg_owned_has_a_row) {
    std::map<std::string, int> rows;
    for (const Row& row : kRows) {
        ++rows[name_of(row)];
    }
    for (const HeaderRule& rule : header_table()) {
        const std::string name(sip::long_name(rule.header));
        const bool owned = rule.request == Verdict::kLegOwned;
        EXPECT_EQ(rows[name], owned ? 0 : 1) << name;
    }
}

}  // namespace
}  // namespace sallyport::policy
