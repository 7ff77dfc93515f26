// SPDX-License-Identifier: Apache-2.0
// Route as it arrives and as it leaves, with strict routers on either side (B2BUA-D8, D9, K10, K36;
// RFC 3261 s.12.2.1.1, s.16.4, s.16.12.1).
#include "tests/unit/b2bua/call/scenario.h"

namespace sallyport::call {
namespace {

constexpr std::string_view kProxy = "<sip:10.20.0.2:5062;lr>";

class RouteScenario : public Scenario {
protected:
    explicit RouteScenario(const Config& config = sim::example_config())
        : Scenario(config), proxy(network, at("10.20.0.2", 5062), gate.outside(), "proxy") {}

    void dial_with(std::vector<std::string> routes, std::string_view uri = "sip:bob@10.10.0.1") {
        alice.dial("call-r", uri);
        alice.routes = std::move(routes);
        alice.say(alice.request("INVITE", 1, {}, sdp("10.10.0.5", 4000)));
        turn();
    }
    /// The far side refuses; what it gets as ACK.
    std::string refuse(Party& far) {
        far.say(far.response(far.got("INVITE"), "486 Busy Here", "b1"));
        turn();
        EXPECT_EQ(alice.count("SIP/2.0 486"), 1U);
        return far.got("ACK");
    }

    Party proxy;
};

TEST_F(RouteScenario, B2BUA_D9_strict_sender_is_undone) {
    dial_with({"<sip:bob@example.com;user=phone>"}, "sip:10.10.0.1");
    const std::string invite = bob.got("INVITE");
    EXPECT_EQ(request_uri_of(invite), "sip:bob@example.com;user=phone");
    EXPECT_EQ(header_lines(invite, "Route"), "");
    refuse(bob);
}

TEST_F(RouteScenario, B2BUA_K36_strict_routers_on_both_sides) {
    dial_with({"<sip:bob@example.com>"}, "sip:10.10.0.1");
    bob.learn_invite(bob.got("INVITE"), "b1");
    bob.say(bob.response(bob.got("INVITE"), "200 OK", "b1",
                         "Record-Route: <sip:10.20.0.2:5062>\r\n", sdp("10.20.0.2", 6000)));
    turn();
    alice.routes.clear();
    alice.learn_response(alice.got("SIP/2.0 200"));
    acknowledge();
    EXPECT_EQ(request_uri_of(proxy.got("ACK")), "sip:10.20.0.2:5062");
    EXPECT_EQ(header_lines(proxy.got("ACK"), "Route"), "Route: <" + bob.contact + ">\r\n");
    alice.say(alice.request("BYE", 2));
    turn();
    EXPECT_EQ(request_uri_of(proxy.got("BYE")), "sip:10.20.0.2:5062");
    EXPECT_EQ(alice.count("SIP/2.0 200"), 2U);
}

TEST_F(RouteScenario, B2BUA_D8_strict_first_route_of_a_preloaded_set) {
    dial_with({"<sip:10.10.0.1;lr>", "<sip:10.20.0.2:5062>", "<sip:last.example.com;lr>"});
    const std::string invite = proxy.got("INVITE");
    EXPECT_EQ(request_uri_of(invite), "sip:10.20.0.2:5062");
    const std::string routes =
        "Route: <sip:last.example.com;lr>\r\nRoute: <sip:bob@10.20.0.2:5060>\r\n";
    EXPECT_EQ(header_lines(invite, "Route"), routes);
    const std::string ack = refuse(proxy);
    EXPECT_EQ(request_uri_of(ack), "sip:10.20.0.2:5062");
    EXPECT_EQ(header_lines(ack, "Route"), routes);
}

TEST_F(RouteScenario, B2BUA_D9_all_own_values_are_popped_and_the_rest_leads) {
    dial_with({"<sip:10.10.0.1;lr>", "<sip:10.20.0.1;lr>", std::string(kProxy)});
    EXPECT_EQ(header_lines(proxy.got("INVITE"), "Route"), "Route: " + std::string(kProxy) + "\r\n");
    EXPECT_EQ(bob.count("INVITE"), 0U);
    refuse(proxy);
}

TEST_F(RouteScenario, B2BUA_D9_outside_of_dialogs_too) {
    alice.routes = {"<sip:10.10.0.1;lr>", std::string(kProxy)};
    alice.say(alice.request("MESSAGE", 1, "Content-Type: text/plain\r\n", "hello"));
    turn();
    const std::string message = proxy.got("MESSAGE");
    EXPECT_EQ(header_lines(message, "Route"), "Route: " + std::string(kProxy) + "\r\n");
    EXPECT_EQ(request_uri_of(message), "sip:bob@10.20.0.2:5060");
    proxy.say(proxy.response(message, "200 OK", "b1"));
    turn();
    EXPECT_EQ(alice.count("SIP/2.0 200"), 1U);
}

Config without_preloaded_routes() {
    Config config = sim::example_config();
    config.realms[0].preloaded_route = PreloadedRoute::kIgnore;
    return config;
}

class IgnoredRouteScenario : public RouteScenario {
protected:
    IgnoredRouteScenario() : RouteScenario(without_preloaded_routes()) {}
};

TEST_F(IgnoredRouteScenario, B2BUA_D9_preloaded_route_is_ignored_where_the_realm_says_so) {
    dial_with({"<sip:10.10.0.1;lr>", std::string(kProxy)});
    EXPECT_EQ(proxy.count("INVITE"), 0U);
    EXPECT_EQ(header_lines(bob.got("INVITE"), "Route"), "");
    refuse(bob);
}

}  // namespace
}  // namespace sallyport::call
