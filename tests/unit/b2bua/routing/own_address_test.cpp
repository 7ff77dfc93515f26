// SPDX-License-Identifier: Apache-2.0
#include "b2bua/routing/own_address.h"

#include "tests/unit/b2bua/two_realms.h"

#include <gtest/gtest.h>

namespace sallyport::routing {
namespace {

sip::Uri uri(std::string_view text) {
    return sip::Uri::parse(text).value();
}

TEST(OwnAddress, B2BUA_D9_WhatNamesUs) {
    const Config config = two_realms();
    EXPECT_TRUE(is_own(config, uri("sip:10.10.0.1")));
    EXPECT_TRUE(is_own(config, uri("sip:x@10.20.0.1:5060;lr")));
    EXPECT_FALSE(is_own(config, uri("sip:10.10.0.1:5061")));
    EXPECT_FALSE(is_own(config, uri("sip:10.10.0.2")));
    EXPECT_FALSE(is_own(config, uri("sip:gate.example")));
}

TEST(OwnAddress, Peers) {
    Config config = two_realms();
    config.peers.push_back({"pbx", kOutside, "sip:PBX.example", endpoint("10.20.0.9", 5060)});
    EXPECT_EQ(peer_of(config, uri("sip:x@10.20.0.2")), &config.peers[0]);
    EXPECT_EQ(peer_of(config, uri("sip:x@10.20.0.2:5070")), nullptr);
    EXPECT_EQ(peer_of(config, uri("sip:x@pbx.EXAMPLE:5060")), &config.peers[1]);
    EXPECT_EQ(peer_of(config, uri("sip:x@10.20.0.9")), &config.peers[1]);
    EXPECT_EQ(peer_behind(config, kInside), &config.peers[0]);
    EXPECT_EQ(peer_behind(config, kOutside), nullptr);
    EXPECT_EQ(flow_to(config, config.peers[0]),
              (Flow{kOutside, Transport::kUdp, endpoint("10.20.0.1", 5060),
                    endpoint("10.20.0.2", 5060)}));
}

}  // namespace
}  // namespace sallyport::routing
