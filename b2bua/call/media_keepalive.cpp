// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/media_keepalive.h"

#include <algorithm>
#include <array>

namespace sallyport::call {
namespace {

constexpr std::array kSides{Side::kA, Side::kB};
constexpr std::size_t kHighestDynamic = 127;  // RFC 3551 s.6

void add(std::string& out, std::uint32_t value, int octets) {
    while (octets-- > 0) {
        out.push_back(static_cast<char>(value >> (8 * octets)));
    }
}

}  // namespace

std::string empty_rtp(std::uint32_t ssrc, std::uint16_t sequence,
                      const std::bitset<128>& payload_types) {
    std::size_t type = kHighestDynamic;
    while (type > 96 && payload_types[type]) {
        --type;
    }
    std::string packet;
    add(packet, 0x80, 1);  // version 2 (RFC 3550 s.5.1)
    add(packet, static_cast<std::uint32_t>(type), 1);
    add(packet, sequence, 2);
    add(packet, 0, 4);  // nothing was sampled
    add(packet, ssrc, 4);
    return packet;
}

std::string empty_report(std::uint32_t ssrc) {
    std::string packet;
    add(packet, 0x80c9, 2);  // version 2, no report block, receiver report (RFC 3550 s.6.4.2)
    add(packet, 1, 2);
    add(packet, ssrc, 4);
    return packet;
}

bool MediaKeepalive::is_wanted(const Environment& env, const Media& media) {
    return std::any_of(kSides.begin(), kSides.end(),
                       [&](Side side) { return env.realm(media.realm(side)).media_keepalive; });
}

void MediaKeepalive::look(Environment& env, const Media& media) {
    for (const Media::Relayed& line : media.relayed()) {
        const auto reading = env.relays.read(line.ports.id);
        for (const Side side : kSides) {
            const auto& remote = line.told[static_cast<std::size_t>(side)];
            if (reading.ok() && remote.payload == dataplane::Payload::kRtp &&
                env.realm(media.realm(side)).media_keepalive) {
                look_at(env, media.realm(side), line, side,
                        reading->of(side, dataplane::Component::kRtp));
            }
        }
    }
}

MediaKeepalive::Stream* MediaKeepalive::known(dataplane::RelayId relay, Side side) noexcept {
    const auto found = std::find_if(streams_.begin(), streams_.end(), [&](const Stream& stream) {
        return stream.relay == relay && stream.side == side;
    });
    return found == streams_.end() ? nullptr : &*found;
}

void MediaKeepalive::look_at(Environment& env, RealmId realm, const Media::Relayed& line, Side side,
                             const dataplane::FlowReading& flow) {
    Stream* stream = known(line.ports.id, side);
    if (stream == nullptr) {
        const auto random = env.identifiers.number();
        streams_.push_back({line.ports.id, side, flow.packets_out,
                            static_cast<std::uint32_t>(random),
                            static_cast<std::uint16_t>(random >> 32)});
        return;
    }
    const bool silent = stream->sent == flow.packets_out;
    stream->sent = flow.packets_out;
    if (!silent || flow.latched.ip.family() == Family::kNone) {
        return;
    }
    const auto& remote = line.told[static_cast<std::size_t>(side)];
    const auto& ours = side == Side::kA ? line.ports.a : line.ports.b;
    const std::string packet =
        remote.rtcp_mux ? empty_report(stream->ssrc)
                        : empty_rtp(stream->ssrc, stream->sequence++, remote.payload_types);
    if (env.sender.send({realm, Transport::kUdp, ours.rtp, flow.latched}, packet)) {
        env.counters.media_keepalives.add();
    }
}

}  // namespace sallyport::call
