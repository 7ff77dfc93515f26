// SPDX-License-Identifier: Apache-2.0
// One relayed call on the rig: a phone behind NAT inside (side A), a trunk outside (side B).
#pragma once

#include "tests/unit/dataplane/media/media_rig.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace sallyport::dataplane::test {

using Delta = std::map<std::string, std::uint64_t>;

inline const Endpoint kPhone = endpoint("10.10.0.50", 61000);  // the NAT's address of the phone
inline const Endpoint kPhoneRtcp = endpoint("10.10.0.50", 61044);
inline const Endpoint kPhoneSdp = endpoint("192.168.1.10", 4000);  // what the phone believes
inline const Endpoint kTrunk = endpoint("203.0.113.20", 16000);
inline const Endpoint kTrunkRtcp = endpoint("203.0.113.20", 16001);
inline const Endpoint kStranger = endpoint("203.0.113.66", 16000);

class RelayedCall : public testing::Test {
protected:
    RelayedCall() {
        const auto made = rig.relays.create(kInside, kOutside);
        EXPECT_TRUE(made.ok());
        ports = made.value();
        tell(Side::kA, phone);
        tell(Side::kB, far);
        rig.delta();
    }
    void tell(Side side, const RemoteMedia& remote) {
        EXPECT_TRUE(rig.relays.set_remote(ports.id, side, remote).ok());
    }
    Relayed from_phone(const Octets& payload, const Endpoint& source = kPhone) {
        return rig.send(kInside, source, ports.a.rtp, payload);
    }
    Relayed from_trunk(const Octets& payload, const Endpoint& source = kTrunk) {
        return rig.send(kOutside, source, ports.b.rtp, payload);
    }
    FlowReading reading(Side side, Component c = Component::kRtp) {
        return rig.relays.read(ports.id).value().of(side, c);
    }
    static void expect_out(const Relayed& r, const Endpoint& from, const Endpoint& to) {
        ASSERT_EQ(r.edge, Edge::kForward) << name_of(r.drop);
        ASSERT_TRUE(r.frame);
        EXPECT_EQ(r.frame->from, from);
        EXPECT_EQ(r.frame->to, to);
        EXPECT_TRUE(r.frame->udp_checksum_right);
        EXPECT_TRUE(r.frame->ip_checksum_right);
    }
    static void expect_drop(const Relayed& r, Drop why) {
        EXPECT_EQ(r.edge, Edge::kDrop);
        EXPECT_EQ(name_of(r.drop), name_of(why));
    }

    MediaRig rig;
    RelayPorts ports;
    RemoteMedia phone = behind_nat(kPhoneSdp, "10.10.0.50");
    RemoteMedia far = trunk(kTrunk);
};

}  // namespace sallyport::dataplane::test
