// SPDX-License-Identifier: Apache-2.0
// Calls of phones in mode path, and by the route that their registrar gave them (B2BUA-H15, H16,
// H3; RFC 5626 s.5.3, RFC 3608 s.6), through a whole shard.
#include "tests/unit/b2bua/call/scenario.h"

namespace sallyport::call {
namespace {

constexpr std::string_view kServiceRoute = "<sip:10.20.0.2:5062;lr>";

Config mode(RegistrationMode registration) {
    Config config = sim::example_config();
    config.realms[0].registration = registration;
    return config;
}

class PathScenario : public Scenario {
protected:
    explicit PathScenario(const Config& config = mode(RegistrationMode::kPath))
        : Scenario(config), proxy(network, at("10.20.0.2", 5062), gate.outside(), "proxy") {}

    /// alice registers; the registrar answers with these lines. Leaves her path in `path`.
    void enroll(std::string_view lines = {}, std::string_view expires = "100") {
        alice.dial("reg-1", "sip:example.com");
        alice.remote = "<sip:alice@example.com>";
        alice.say(alice.request(
            "REGISTER", ++registers_,
            "Contact: <" + alice.contact + ">;expires=" + std::string(expires) + "\r\n"));
        turn();
        const std::string asked = bob.got("REGISTER");
        path = header(asked, "Path");
        bob.say(bob.response(asked, "200 OK", "r1",
                             "Contact: " + header(asked, "Contact") + "\r\n" + std::string(lines)));
        turn();
        alice.dial("call-1", "sip:bob@example.com");
    }
    /// The registrar's proxy calls alice: her Contact as Request-URI, and these routes.
    void call_alice(std::vector<std::string> routes) {
        bob.dial("in-" + std::to_string(++calls_made_), alice.contact);
        bob.routes = std::move(routes);
        bob.say(bob.request("INVITE", 1, {}, sdp("10.20.0.2", 6000)));
        turn();
    }
    void acknowledge_refusal() {
        bob.say(bob.companion("ACK", 1));
        turn();
    }

    Party proxy;
    std::string path;

private:
    std::uint32_t registers_{0};
    int calls_made_{0};
};

TEST_F(PathScenario, B2BUA_H15_a_call_by_the_path_reaches_the_phone) {
    enroll();
    call_alice({path});
    const std::string invited = alice.got("INVITE");
    EXPECT_EQ(request_uri_of(invited), alice.contact);
    EXPECT_EQ(header_lines(invited, "Route"), "");
    EXPECT_EQ(uri_of(header(invited, "Contact")).find("10.20.0.2"), std::string::npos);
    EXPECT_NE(header(invited, "Call-ID"), "in-1");
    alice.learn_invite(invited, "a1");
    alice.say(alice.response(invited, "200 OK", "a1", {}, sdp("10.10.0.5", 4000)));
    turn();
    bob.routes.clear();
    bob.learn_response(bob.got("SIP/2.0 200"));
    EXPECT_NE(bob.target.find("@10.20.0.1"), std::string::npos) << bob.target;
    bob.say(bob.request("ACK", 1));
    turn();
    EXPECT_EQ(alice.count("ACK"), 1U);
    bob.say(bob.request("BYE", 2));
    turn();
    EXPECT_EQ(alice.count("BYE"), 1U);
}

TEST_F(PathScenario, B2BUA_H15_a_path_behind_ours_is_the_phones) {
    enroll();
    const std::string inner = "<sip:10.10.0.7;lr>";
    call_alice({path, inner});
    const std::string invited = alice.got("INVITE");
    EXPECT_EQ(request_uri_of(invited), alice.contact);
    EXPECT_EQ(header_lines(invited, "Route"), "Route: " + inner + "\r\n");
    alice.say(alice.response(invited, "486 Busy Here", "a1"));
    turn();
    EXPECT_EQ(bob.count("SIP/2.0 486"), 1U);
    acknowledge_refusal();
}

TEST_F(PathScenario, B2BUA_H15_tampered_and_lost_flows) {
    enroll();
    std::string forged = path;
    const std::size_t last = forged.find('@') - 1;
    forged[last] = forged[last] == '0' ? '1' : '0';
    call_alice({forged});
    EXPECT_EQ(bob.count("SIP/2.0 403"), 1U);
    acknowledge_refusal();
    run(Millis{101'000});
    call_alice({path});
    EXPECT_EQ(bob.count("SIP/2.0 430 Flow Failed"), 1U);
    acknowledge_refusal();
    EXPECT_EQ(alice.count("INVITE"), 0U);
}

TEST_F(PathScenario, B2BUA_H15_messages_and_subscriptions_too) {
    enroll();
    bob.dial("m-1", alice.contact);
    bob.routes = {path};
    bob.say(bob.request("MESSAGE", 1, "Content-Type: text/plain\r\n", "hello"));
    turn();
    const std::string message = alice.got("MESSAGE");
    EXPECT_EQ(request_uri_of(message), alice.contact);
    EXPECT_EQ(header_lines(message, "Route"), "");
    alice.say(alice.response(message, "200 OK", "a1"));
    turn();
    EXPECT_EQ(bob.count("SIP/2.0 200"), 1U);
    bob.dial("s-1", alice.contact);
    bob.routes = {path};
    bob.say(bob.request("SUBSCRIBE", 1, "Event: dialog\r\nContact: <" + bob.contact + ">\r\n"));
    turn();
    const std::string subscribe = alice.got("SUBSCRIBE");
    EXPECT_EQ(request_uri_of(subscribe), alice.contact);
    alice.say(alice.response(subscribe, "489 Bad Event", "a2"));
    turn();
    EXPECT_EQ(bob.count("SIP/2.0 489"), 1U);
}

TEST_F(PathScenario, B2BUA_H16_the_phone_follows_what_it_was_shown) {
    enroll("Service-Route: " + std::string(kServiceRoute) + "\r\n");
    const std::string shown = header(alice.got("SIP/2.0 200"), "Service-Route");
    EXPECT_EQ(shown, "<sip:10.10.0.1:5060;lr>, " + std::string(kServiceRoute));
    alice.routes = {shown};
    alice.say(alice.request("INVITE", 1, {}, sdp("10.10.0.5", 4000)));
    turn();
    const std::string invited = proxy.got("INVITE");
    EXPECT_EQ(request_uri_of(invited), "sip:bob@example.com");
    EXPECT_EQ(header_lines(invited, "Route"), "Route: " + std::string(kServiceRoute) + "\r\n");
    EXPECT_EQ(bob.count("INVITE"), 0U);
    proxy.say(proxy.response(invited, "486 Busy Here", "b1"));
    turn();
    alice.say(alice.companion("ACK", 1));
    turn();
}

class ServiceRouteScenario : public PathScenario {
protected:
    explicit ServiceRouteScenario(const Config& config = mode(RegistrationMode::kContactMap))
        : PathScenario(config) {}

    /// alice calls; whoever gets the INVITE refuses it. The INVITE.
    std::string call(Party& to) {
        alice.say(alice.request("INVITE", 1, {}, sdp("10.10.0.5", 4000)));
        turn();
        const std::string invited = to.got("INVITE");
        to.say(to.response(invited, "486 Busy Here", "b1"));
        turn();
        EXPECT_EQ(alice.count("SIP/2.0 486"), 1U);
        alice.say(alice.companion("ACK", 1));
        turn();
        return invited;
    }
};

TEST_F(ServiceRouteScenario, B2BUA_H16_is_the_route_of_the_phones_calls) {
    enroll("Service-Route: " + std::string(kServiceRoute) + ", <sip:s2.example.com;lr>\r\n");
    EXPECT_EQ(header(alice.got("SIP/2.0 200"), "Service-Route"), "");
    const std::string invited = call(proxy);
    EXPECT_EQ(request_uri_of(invited), "sip:bob@example.com");
    EXPECT_EQ(header_lines(invited, "Route"),
              "Route: " + std::string(kServiceRoute) + "\r\nRoute: <sip:s2.example.com;lr>\r\n");
}

TEST_F(ServiceRouteScenario, B2BUA_D8_strict_router_of_the_registrar) {
    enroll("Service-Route: <sip:10.20.0.2:5062>\r\n");
    const std::string invited = call(proxy);
    EXPECT_EQ(request_uri_of(invited), "sip:10.20.0.2:5062");
    EXPECT_EQ(header_lines(invited, "Route"), "Route: <sip:bob@example.com>\r\n");
}

TEST_F(ServiceRouteScenario, B2BUA_H16_values_that_name_us_are_done_with) {
    enroll("Service-Route: <sip:10.20.0.1;lr>, " + std::string(kServiceRoute) + "\r\n");
    EXPECT_EQ(header_lines(call(proxy), "Route"), "Route: " + std::string(kServiceRoute) + "\r\n");
}

TEST_F(ServiceRouteScenario, B2BUA_H16_what_is_no_route_changes_nothing) {
    enroll("Service-Route: sip:10.20.0.2:5062;lr\r\n");
    EXPECT_EQ(header_lines(call(bob), "Route"), "");
}

TEST_F(ServiceRouteScenario, B2BUA_D9_a_route_that_the_phone_brings_goes_before_it) {
    enroll("Service-Route: <sip:s1.example.com;lr>\r\n");
    alice.routes = {"<sip:10.10.0.1;lr>", "<sip:10.20.0.2:5062;lr>"};
    EXPECT_EQ(header_lines(call(proxy), "Route"), "Route: <sip:10.20.0.2:5062;lr>\r\n");
}

TEST_F(ServiceRouteScenario, B2BUA_H16_messages_too) {
    enroll("Service-Route: " + std::string(kServiceRoute) + "\r\n");
    alice.say(alice.request("MESSAGE", 1, "Content-Type: text/plain\r\n", "hello"));
    turn();
    const std::string message = proxy.got("MESSAGE");
    EXPECT_EQ(header_lines(message, "Route"), "Route: " + std::string(kServiceRoute) + "\r\n");
    proxy.say(proxy.response(message, "200 OK", "b1"));
    turn();
}

TEST_F(ServiceRouteScenario, B2BUA_H16_ends_with_the_binding) {
    enroll("Service-Route: " + std::string(kServiceRoute) + "\r\n");
    run(Millis{101'000});
    EXPECT_EQ(header_lines(call(bob), "Route"), "");
}

Config second_carrier() {
    Config config = mode(RegistrationMode::kContactMap);
    config.peers.push_back({"second", sim::kOutside, "sip:10.20.0.3:5060", at("10.20.0.3")});
    config.routes[0].to = ToPeers{{0, 1}};
    return config;
}

class TwoWaysOut : public ServiceRouteScenario {
protected:
    TwoWaysOut()
        : ServiceRouteScenario(second_carrier()),
          second(network, at("10.20.0.3"), gate.outside(), "second") {}
    Party second;
};

TEST_F(TwoWaysOut, B2BUA_H16_is_the_way_to_the_registrar_and_no_other) {
    enroll("Service-Route: " + std::string(kServiceRoute) + "\r\n");
    alice.say(alice.request("INVITE", 1, {}, sdp("10.10.0.5", 4000)));
    turn();
    proxy.say(proxy.response(proxy.got("INVITE"), "503 Service Unavailable", "b1"));
    turn();
    const std::string invited = second.got("INVITE");
    EXPECT_EQ(header_lines(invited, "Route"), "");
    second.say(second.response(invited, "486 Busy Here", "b2"));
    turn();
    alice.say(alice.companion("ACK", 1));
    turn();
}

TEST_F(ServiceRouteScenario, B2BUA_H3_a_number_of_a_pbx_reaches_it) {
    alice.contact = "sip:10.10.0.5:5060;bnc";
    alice.dial("reg-1", "sip:example.com");
    alice.remote = "<sip:pbx@example.com>";
    alice.say(alice.request(
        "REGISTER", 1,
        "Require: gin\r\nProxy-Require: gin\r\nContact: <" + alice.contact + ">;expires=100\r\n"));
    turn();
    const std::string asked = bob.got("REGISTER");
    const std::string ours = uri_of(header(asked, "Contact"));
    EXPECT_EQ(ours.rfind("sip:10.20.0.1:5060;bnc;bulk=", 0), 0U) << ours;
    bob.say(bob.response(asked, "200 OK", "r1", "Contact: " + header(asked, "Contact") + "\r\n"));
    turn();
    // RFC 6140 s.5.2: the number in the user part, without bnc.
    bob.dial("in-1", "sip:+12145550105@10.20.0.1:5060;" + ours.substr(ours.find("bulk=")));
    bob.say(bob.request("INVITE", 1, {}, sdp("10.20.0.2", 6000)));
    turn();
    const std::string invited = alice.got("INVITE");
    EXPECT_EQ(request_uri_of(invited), "sip:+12145550105@10.10.0.5:5060");
    alice.say(alice.response(invited, "486 Busy Here", "a1"));
    turn();
    bob.say(bob.companion("ACK", 1));
    turn();
}

}  // namespace
}  // namespace sallyport::call
