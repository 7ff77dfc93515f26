// SPDX-License-Identifier: Apache-2.0
// Media keepalives of the gateway's own (B2BUA-G14, RFC 6263): what they are, and who gets them.
#include "b2bua/call/media_keepalive.h"

#include "tests/unit/b2bua/call/scenario.h"

namespace sallyport::call {
namespace {

TEST(MediaKeepalivePacket, B2BUA_G14_is_rtp_without_payload_of_a_type_that_nobody_negotiated) {
    std::bitset<128> negotiated;
    negotiated.set(127);
    negotiated.set(126);
    EXPECT_EQ(empty_rtp(0x01020304, 0xfffe, negotiated),
              (std::string("\x80\x7d\xff\xfe\0\0\0\0\1\2\3\4", 12)));
}

TEST(MediaKeepalivePacket, B2BUA_G14_is_an_empty_report_where_rtcp_shares_the_port) {
    EXPECT_EQ(empty_report(0x01020304), (std::string("\x80\xc9\0\1\1\2\3\4", 8)));
}

Config wanted(bool inside) {
    Config config = sim::example_config();
    config.realms[sim::kInside.value].media_keepalive = inside;
    return config;
}

class MediaKeepalives : public Scenario {
protected:
    explicit MediaKeepalives(bool inside = true) : Scenario(wanted(inside)) {
        for (const Endpoint& media : {phone_, trunk_}) {
            network.attach(media, [this](const sim::Packet& packet) { heard.push_back(packet); });
        }
    }
    ~MediaKeepalives() override {
        for (const Endpoint& media : {phone_, trunk_}) {
            network.attach(media, [](const sim::Packet&) {});
        }
    }
    /// What the relay would read: both latched, and so many packets sent to the phone.
    void relayed(std::uint64_t to_phone) {
        dataplane::RelayReading reading;
        reading.flows[0][0].latched = phone_;
        reading.flows[0][0].packets_out = to_phone;
        reading.flows[0][0].packets_in = ++moved_;  // the call is alive
        reading.flows[1][0].latched = trunk_;
        gate.relays().set_reading(gate.relays().ids().front(), reading);
    }
    std::vector<sim::Packet> heard;

private:
    const Endpoint phone_{at("10.10.0.5", 4000)};
    const Endpoint trunk_{at("10.20.0.2", 6000)};
    std::uint64_t moved_{0};
};

TEST_F(MediaKeepalives, B2BUA_G14_to_a_phone_that_is_sent_nothing) {
    establish();
    relayed(7);
    run(Millis{15'100});
    EXPECT_TRUE(heard.empty()) << "it was sent media since the call was answered";
    relayed(7);
    run(Millis{15'000});
    ASSERT_EQ(heard.size(), 1U) << "and none to the trunk, whose realm does not want them";
    EXPECT_EQ(heard[0].from, gate.relays().side(gate.relays().ids().front(), Side::kA)->ports.rtp);
    EXPECT_EQ(heard[0].payload.size(), 12U);
    relayed(750);
    run(Millis{15'000});
    EXPECT_EQ(heard.size(), 1U) << "it is sent media";
    relayed(750);
    run(Millis{30'000});
    ASSERT_EQ(heard.size(), 3U);
    EXPECT_EQ(heard[2].payload.substr(8), heard[0].payload.substr(8)) << "one SSRC";
    EXPECT_EQ(heard[2].payload[3], heard[1].payload[3] + 1);
    EXPECT_EQ(gate.counters().media_keepalives.read(), 3U);
    hang_up();
    run(Millis{60'000});
    EXPECT_EQ(heard.size(), 3U);
}

TEST_F(MediaKeepalives, B2BUA_G14_to_nobody_who_has_not_been_heard) {
    establish();
    run(Millis{60'000});
    EXPECT_TRUE(heard.empty());
    hang_up();
}

class NoMediaKeepalives : public MediaKeepalives {
protected:
    NoMediaKeepalives() : MediaKeepalives(false) {}
};

TEST_F(NoMediaKeepalives, B2BUA_G14_none_by_default) {
    establish();
    relayed(7);
    run(Millis{60'000});
    EXPECT_TRUE(heard.empty());
    hang_up();
}

}  // namespace
}  // namespace sallyport::call
