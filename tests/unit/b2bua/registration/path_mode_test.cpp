// SPDX-License-Identifier: Apache-2.0
// Mode path through the gate (B2BUA-H15, H16; RFC 3327 s.5, RFC 5626 s.5.1, RFC 3608 s.6): what the
// registrar sees, what the phone sees, what is kept.
#include "b2bua/routing/flow_token.h"
#include "tests/unit/b2bua/registration/gate.h"

#include <gtest/gtest.h>

#include <ostream>

namespace sallyport::registration {
namespace {

using sip::HeaderId;

constexpr Millis kSecond{1000};
constexpr std::string_view kContact = "\"Bob\"  <sip:bob@10.0.0.5:5060;transport=udp>;q=0.5";
constexpr std::string_view kOutbound = "Supported: path, outbound, gruu\r\n";
constexpr std::string_view kInstance = ";+sip.instance=\"<urn:uuid:1>\"";

class PathMode : public ::testing::Test {
protected:
    PathMode() {
        gate.config.realms[0].registration = RegistrationMode::kPath;
        request.lines = "Contact: " + std::string(kContact) + "\r\nExpires: 600\r\n";
    }
    /// The flow token in the Path that the registrar saw last.
    [[nodiscard]] std::string flow_token() const {
        const std::string path = gate.at_registrar.back().values(HeaderId::kPath);
        return path.substr(5, path.find('@') - 5);
    }
    static Flow flow_of(const Endpoint& source) {
        return {kInside, Transport::kUdp, endpoint("10.10.0.1", 5060), source};
    }
    void accept(const std::string& contacts, const std::string& more = {}) {
        gate.registrar("200 OK", "Contact: " + contacts + "\r\n" + more);
    }
    [[nodiscard]] std::string shown(HeaderId header) const {
        return gate.at_phone.back().values(header);
    }

    Gate gate;
    PhoneRegister request;
};

TEST_F(PathMode, B2BUA_H15_the_contact_is_the_phones_own) {
    gate.phone(request);
    const Wire& sent = gate.at_registrar.back();
    EXPECT_EQ(sent.values(HeaderId::kContact), kContact);
    EXPECT_EQ(sent.values(HeaderId::kExpires), "600");
    EXPECT_EQ(sent.values(HeaderId::kPath), "<sip:" + flow_token() + "@10.20.0.1:5060;lr>");
    EXPECT_EQ(sent.values(HeaderId::kSupported), "path");
    EXPECT_NE(sent->call_id(), request.call_id);
    EXPECT_EQ(sent.values(HeaderId::kVia).find("10.0.0.5"), std::string::npos);
    const auto flow = routing::FlowTokens(gate.key().octets).open(gate.config, flow_token());
    ASSERT_TRUE(flow.ok());
    EXPECT_EQ(*flow, flow_of(request.source));
}

struct Asks {
    const char* name;
    const char* lines;
    const char* supported;  // as the registrar sees it
    bool ob;

    friend std::ostream& operator<<(std::ostream& out, const Asks& row) { return out << row.name; }
};

const Asks kAsks[] = {
    {"nothing", "Contact: <sip:b@10.0.0.5>\r\n", "path", false},
    {"path", "Supported: path\r\nContact: <sip:b@10.0.0.5>\r\n", "path", false},
    {"others", "Supported: gruu\r\nContact: <sip:b@10.0.0.5>\r\n", "gruu\npath", false},
    {"outbound",
     "Supported: path, outbound\r\n"
     "Contact: <sip:b@10.0.0.5>;reg-id=1;+sip.instance=\"<urn:uuid:1>\"\r\n",
     "path, outbound", true},
    {"outbound_alone",
     "Supported: outbound\r\n"
     "Contact: <sip:b@10.0.0.5>;reg-id=1;+sip.instance=\"<urn:uuid:1>\"\r\n",
     "outbound\npath", true},
    {"RFC5626_s6_reg_id_without_instance",
     "Supported: path, outbound\r\nContact: <sip:b@10.0.0.5>;reg-id=1\r\n", "path, outbound",
     false},
    {"no_reg_id",
     "Supported: path, outbound\r\n"
     "Contact: <sip:b@10.0.0.5>;+sip.instance=\"<urn:uuid:1>\"\r\n",
     "path, outbound", false},
    {"not_supported",
     "Supported: path\r\nContact: <sip:b@10.0.0.5>;reg-id=1;+sip.instance=\"<urn:uuid:1>\"\r\n",
     "path", false},
    {"second_hop",
     "Via: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKinner\r\nSupported: path, outbound\r\n"
     "Contact: <sip:b@10.0.0.5>;reg-id=1;+sip.instance=\"<urn:uuid:1>\"\r\n",
     "path, outbound", false},
};

class PathAsked : public PathMode, public ::testing::WithParamInterface<Asks> {};

TEST_P(PathAsked, B2BUA_H15_ob_and_supported) {
    request.lines = GetParam().lines;
    gate.phone(request);
    ASSERT_EQ(gate.at_registrar.size(), 1U);
    const Wire& sent = gate.at_registrar.back();
    EXPECT_EQ(sent.values(HeaderId::kPath),
              "<sip:" + flow_token() + "@10.20.0.1:5060;lr" + (GetParam().ob ? ";ob>" : ">"));
    EXPECT_EQ(sent.values(HeaderId::kSupported), GetParam().supported);
    EXPECT_TRUE(sent.holds(
        std::string(GetParam().lines).substr(std::string(GetParam().lines).find("Contact"))));
}

INSTANTIATE_TEST_SUITE_P(Rows, PathAsked, ::testing::ValuesIn(kAsks),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_F(PathMode, B2BUA_H15_ours_goes_before_the_paths_of_others) {
    request.lines.append("Path: <sip:inner2.example.com;lr>\r\nPath: <sip:10.0.0.9;lr>\r\n");
    gate.phone(request);
    EXPECT_EQ(gate.at_registrar.back().values(HeaderId::kPath),
              "<sip:" + flow_token() +
                  "@10.20.0.1:5060;lr>, <sip:inner2.example.com;lr>\n<sip:10.0.0.9;lr>");
}

TEST_F(PathMode, B2BUA_H15_refusals_of_the_registrar_pass) {
    struct {
        const char* status;
        const char* lines;
        int code;
    } const rows[] = {
        {"420 Bad Extension", "Unsupported: path\r\n", 420},
        {"439 First Hop Lacks Outbound Support", "", 439},
        {"423 Interval Too Brief", "Min-Expires: 900\r\n", 423},  // H11: the phone's own value
        {"401 Unauthorized", "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n", 401},
    };
    for (const auto& [status, lines, code] : rows) {
        gate.phone(request);
        ++request.cseq;
        gate.registrar(status, lines);
        EXPECT_EQ(gate.at_phone.back()->status(), code);
        EXPECT_TRUE(gate.at_phone.back().holds(lines)) << lines;
        EXPECT_EQ(gate.relay.size(), 0U);
    }
}

TEST_F(PathMode, B2BUA_H15_flow_lives_as_long_as_binding_or_request) {
    const Flow flow = flow_of(request.source);
    EXPECT_FALSE(gate.relay.has_flow(flow, gate.now));
    gate.phone(request);
    EXPECT_TRUE(gate.relay.has_flow(flow, gate.now)) << "pending";
    accept(std::string(kContact) + ";expires=600");
    EXPECT_TRUE(gate.relay.has_flow(flow, gate.now));
    EXPECT_FALSE(gate.relay.has_flow(flow_of(endpoint("192.0.2.10", 40001)), gate.now));
    gate.pass(kSecond * 61);
    EXPECT_FALSE(gate.relay.has_flow(flow, gate.now)) << "lapsed";
}

TEST_F(PathMode, B2BUA_H5_behind_nat_less_is_granted) {
    gate.phone(request);
    accept("<sip:bob@10.0.0.5:5060;transport=udp>;q=0.5;expires=600, <sip:bob@desk>;expires=99",
           "Expires: 600\r\n");
    EXPECT_EQ(shown(HeaderId::kContact),
              "<sip:bob@10.0.0.5:5060;transport=udp>;q=0.5;expires=60, <sip:bob@desk>;expires=99");
    EXPECT_EQ(shown(HeaderId::kExpires), "60");
}

TEST_F(PathMode, B2BUA_H15_who_keeps_its_flow_alive_is_granted_all) {
    const std::string contact =
        "<sip:bob@10.0.0.5>;reg-id=1" + std::string(kInstance) + ";expires=600";
    request.lines = std::string(kOutbound) + "Contact: " + contact + "\r\n";
    gate.phone(request);
    accept(contact + ";pub-gruu=\"sip:bob@biloxi.example.com;gr=urn:uuid:1\"",
           "Require: outbound\r\nFlow-Timer: 120\r\nSupported: path, outbound\r\nPath: " +
               gate.at_registrar.back().values(HeaderId::kPath) + "\r\n");
    EXPECT_EQ(shown(HeaderId::kContact),
              contact + ";pub-gruu=\"sip:bob@biloxi.example.com;gr=urn:uuid:1\"");
    EXPECT_EQ(shown(HeaderId::kRequire), "outbound");
    EXPECT_EQ(shown(HeaderId::kFlowTimer), "120");
    EXPECT_EQ(shown(HeaderId::kSupported), "path, outbound");
    EXPECT_EQ(shown(HeaderId::kPath), gate.at_registrar.back().values(HeaderId::kPath));
    ++request.cseq;
    gate.pass(kSecond * 45);
    gate.phone(request);  // H7: what the registrar says of outbound, it says itself
    EXPECT_EQ(gate.at_registrar.size(), 2U);
}

TEST_F(PathMode, B2BUA_H5_outbound_that_the_registrar_does_not_do_is_none) {
    const std::string contact = "<sip:bob@10.0.0.5>;reg-id=1" + std::string(kInstance);
    request.lines = std::string(kOutbound) + "Contact: " + contact + ";expires=600\r\n";
    gate.phone(request);
    accept(contact + ";expires=600");
    EXPECT_EQ(shown(HeaderId::kContact), contact + ";expires=60");
}

TEST_F(PathMode, B2BUA_H15_flows_of_one_instance_are_kept_apart) {
    for (int flow = 1; flow <= 2; ++flow) {
        request.call_id = "flow-" + std::to_string(flow);
        request.source = endpoint("192.0.2.10", static_cast<std::uint16_t>(40000 + flow));
        request.lines = std::string(kOutbound) +
                        "Contact: <sip:bob@10.0.0.5>;reg-id=" + std::to_string(flow) +
                        std::string(kInstance) + ";expires=600\r\n";
        gate.phone(request);
        std::string both = "<sip:bob@10.0.0.5>;reg-id=1" + std::string(kInstance) + ";expires=600";
        if (flow == 2) {
            both.append(", <sip:bob@10.0.0.5>;reg-id=2" + std::string(kInstance) + ";expires=300");
        }
        accept(both, "Require: outbound\r\n");
        EXPECT_EQ(shown(HeaderId::kContact), both);
    }
    EXPECT_EQ(gate.relay.size(), 2U);
    EXPECT_TRUE(gate.relay.has_flow(flow_of(endpoint("192.0.2.10", 40001)), gate.now));
    gate.pass(kSecond * 301);
    EXPECT_TRUE(gate.relay.has_flow(flow_of(endpoint("192.0.2.10", 40001)), gate.now));
    EXPECT_FALSE(gate.relay.has_flow(flow_of(endpoint("192.0.2.10", 40002)), gate.now));
}

TEST_F(PathMode, B2BUA_H15_a_new_flow_takes_the_place_of_the_old) {
    for (const std::uint16_t port :
         {std::uint16_t{40001}, std::uint16_t{40002}}) {  // RFC 5626 s.4.5: the same reg-id again
        request.call_id = "flow-" + std::to_string(port);
        request.source = endpoint("192.0.2.10", port);
        request.lines = std::string(kOutbound) +
                        "Contact: <sip:bob@10.0.0.5:" + std::to_string(port) + ">;reg-id=1" +
                        std::string(kInstance) + "\r\n";
        gate.phone(request);
        accept("<sip:bob@10.0.0.5:" + std::to_string(port) + ">;reg-id=1" + std::string(kInstance) +
                   ";expires=600",
               "Require: outbound\r\n");
    }
    EXPECT_EQ(gate.relay.size(), 1U);
    EXPECT_FALSE(gate.relay.has_flow(flow_of(endpoint("192.0.2.10", 40001)), gate.now));
    EXPECT_TRUE(gate.relay.has_flow(flow_of(endpoint("192.0.2.10", 40002)), gate.now));
}

TEST_F(PathMode, B2BUA_H16_service_route_with_ours_first) {
    gate.phone(request);
    accept(std::string(kContact) + ";expires=3600",
           "Service-Route: <sip:orig@s1.example.com;lr>\r\n"
           "Service-Route: <sip:s2.example.com;lr>\r\n");
    const std::string expected =
        "<sip:10.10.0.1:5060;lr>, <sip:orig@s1.example.com;lr>, <sip:s2.example.com;lr>";
    EXPECT_EQ(shown(HeaderId::kServiceRoute), expected);
    EXPECT_EQ(gate.relay.service_route(flow_of(request.source), "", gate.now),
              "<sip:orig@s1.example.com;lr>, <sip:s2.example.com;lr>");
}

TEST_F(PathMode, B2BUA_H7_a_refresh_answered_here_shows_the_same_path) {
    request.lines = "Contact: " + std::string(kContact) + ";expires=3600\r\n";
    gate.phone(request);
    const std::string path = gate.at_registrar.back().values(HeaderId::kPath);
    accept(std::string(kContact) + ";expires=3600",
           "Path: " + path + "\r\nService-Route: <sip:s1.example.com;lr>\r\n");
    const std::string route = shown(HeaderId::kServiceRoute);
    gate.pass(kSecond * 45);
    ++request.cseq;
    gate.phone(request);
    EXPECT_EQ(gate.at_registrar.size(), 1U);
    EXPECT_EQ(shown(HeaderId::kContact), std::string(kContact) + ";expires=60");
    EXPECT_EQ(shown(HeaderId::kPath), path);
    EXPECT_EQ(shown(HeaderId::kServiceRoute), route);
}

TEST_F(PathMode, B2BUA_H10_the_end_of_a_binding) {
    gate.phone(request);
    accept(std::string(kContact) + ";expires=600");
    ++request.cseq;
    request.lines = "Contact: " + std::string(kContact) + ";expires=0\r\n";
    gate.phone(request);
    EXPECT_EQ(gate.at_registrar.back().values(HeaderId::kContact),
              std::string(kContact) + ";expires=0");
    gate.registrar("200 OK", "");
    EXPECT_EQ(gate.relay.size(), 0U);
    EXPECT_FALSE(gate.relay.has_flow(flow_of(request.source), gate.now));
}

TEST_F(PathMode, B2BUA_H4_a_binding_that_the_registrar_does_not_list_is_none) {
    gate.phone(request);
    accept("<sip:bob@10.0.0.6:5060>;expires=600");
    EXPECT_EQ(gate.relay.size(), 0U);
    EXPECT_EQ(shown(HeaderId::kContact), "<sip:bob@10.0.0.6:5060>;expires=600");
}

TEST(ContactMapMode, B2BUA_H3_neither_side_sees_a_path) {
    Gate gate;
    PhoneRegister request;
    request.lines.append("Path: <sip:10.0.0.9;lr>\r\nSupported: path, outbound\r\n");
    gate.phone(request);
    EXPECT_EQ(gate.at_registrar.back().values(HeaderId::kPath), "");
    EXPECT_EQ(gate.at_registrar.back().values(HeaderId::kSupported), "");
    gate.registrar("200 OK", "Contact: <sip:" + gate.token() +
                                 "@10.20.0.1:5060>;expires=60\r\nPath: <sip:edge;lr>\r\n"
                                 "Require: outbound\r\nService-Route: <sip:s1;lr>\r\n");
    EXPECT_EQ(gate.at_phone.back().values(HeaderId::kPath), "");
    EXPECT_EQ(gate.at_phone.back().values(HeaderId::kRequire), "");
    EXPECT_EQ(gate.at_phone.back().values(HeaderId::kServiceRoute), "");
}

}  // namespace
}  // namespace sallyport::registration
