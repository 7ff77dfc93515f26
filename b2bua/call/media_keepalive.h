// SPDX-License-Identifier: Apache-2.0
// Keeps the NATs open in front of parties to whom no media goes, for as long as they are held or
// only listen (G14, RFC 6263; option media-keepalive of their realm). An RTP packet without
// payload, of a payload type that nobody negotiated (RFC 6263 s.4.6), or an empty receiver report
// where RTCP shares the port (s.4.5): who receives it has nothing to play. Owner: a Call.
#pragma once

#include "b2bua/call/environment.h"
#include "b2bua/call/media.h"

#include <bitset>
#include <cstdint>
#include <string>
#include <vector>

namespace sallyport::call {

class MediaKeepalive {
public:
    static constexpr Millis kEvery{15'000};

    /// Some side of it is in a realm that wants it.
    [[nodiscard]] static bool is_wanted(const Environment& env, const Media& media);

    /// Sends one to each latched party that was sent nothing since the call before; the first call
    /// only looks.
    void look(Environment& env, const Media& media);

private:
    struct Stream {
        dataplane::RelayId relay;
        Side side;
        std::uint64_t sent{0};  // packets by the relay, at the last look
        std::uint32_t ssrc{0};
        std::uint16_t sequence{0};
    };
    [[nodiscard]] Stream* known(dataplane::RelayId relay, Side side) noexcept;
    void look_at(Environment& env, RealmId realm, const Media::Relayed& line, Side side,
                 const dataplane::FlowReading& flow);

    std::vector<Stream> streams_;
};

/// Octets of one keepalive. payload_types: negotiated; one that is not is taken.
[[nodiscard]] std::string empty_rtp(std::uint32_t ssrc, std::uint16_t sequence,
                                    const std::bitset<128>& payload_types);
[[nodiscard]] std::string empty_report(std::uint32_t ssrc);

}  // namespace sallyport::call
