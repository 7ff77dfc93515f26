// SPDX-License-Identifier: Apache-2.0
// The media of one call against relays in memory: a phone inside (side A), a carrier outside (B).
#pragma once

#include "b2bua/call/media.h"
#include "dataplane/memory_relays.h"
#include "tests/unit/b2bua/call/scenario.h"

#include <string>

namespace sallyport::call {

inline const char* const kVideo = "m=video 4100 RTP/AVP 96\r\n";

class MediaTest : public ::testing::Test {
protected:
    MediaTest() {
        media.set_peer(Side::kA, {sim::kInside, at("10.10.0.5").ip});
        media.set_peer(Side::kB, {sim::kOutside, at("10.20.0.2").ip});
    }
    std::string carry(Side from, SdpRole role, const std::string& text) {
        auto carried = media.carry(from, role, text, from == Side::kA ? to_b : to_a);
        status = carried.ok() ? 200 : carried.error().status;
        return carried.ok() ? std::move(*carried) : std::string{};
    }
    std::string offer(const std::string& text) { return carry(Side::kA, SdpRole::kOffer, text); }
    std::string answer(const std::string& text) { return carry(Side::kB, SdpRole::kAnswer, text); }
    const dataplane::MemoryRelays::SideView& view(Side side, std::size_t n = 0) {
        return *relays.side(media.relay_ids().at(n), side);
    }
    const dataplane::RemoteMedia& remote(Side side, std::size_t n = 0) {
        return view(side, n).remote;
    }

    Config config = sim::example_config();
    dataplane::MemoryRelays relays{config.realms, 3, [] { return Moment{}; }};
    Media media{relays, config};
    sdp::Origin to_a, to_b;
    int status{0};
};

}  // namespace sallyport::call
