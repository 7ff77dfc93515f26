// SPDX-License-Identifier: Apache-2.0
#include "b2bua/explain/packet_layers.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

namespace sallyport::explain {
namespace {

constexpr std::uint16_t kEtherIpv4 = 0x0800, kEtherIpv6 = 0x86dd;  // IEEE 802 numbers
constexpr std::array<std::uint16_t, 3> kEtherVlans{0x8100, 0x88a8, 0x9100};
// IANA protocol numbers; the extension headers are those of RFC 8200 s.4 and RFC 4302.
constexpr std::uint8_t kTcp = 6, kUdp = 17, kHopByHop = 0, kRouting = 43, kFragmentHeader = 44,
                       kAuthentication = 51, kDestination = 60;

std::uint8_t u8(std::string_view octets, std::size_t at) noexcept {
    return static_cast<std::uint8_t>(octets[at]);
}
std::uint16_t u16(std::string_view octets, std::size_t at) noexcept {
    return static_cast<std::uint16_t>((u8(octets, at) << 8) | u8(octets, at + 1));
}

/// The IP packet in a frame; empty when there is none.
std::string_view ip_of_ethernet(std::string_view frame) noexcept {
    constexpr std::size_t kAddresses = 12, kTag = 4, kMostTags = 2;
    std::size_t at = kAddresses;
    for (std::size_t tags = 0; frame.size() >= at + 2; ++tags) {
        const std::uint16_t type = u16(frame, at);
        if (type == kEtherIpv4 || type == kEtherIpv6) {
            return frame.substr(at + 2);
        }
        const bool tag =
            std::find(kEtherVlans.begin(), kEtherVlans.end(), type) != kEtherVlans.end();
        if (!tag || tags == kMostTags) {
            break;
        }
        at += kTag;
    }
    return {};
}

/// The protocol stands in 2 octets at type_at, the packet begins at header.
std::string_view ip_of_cooked(std::string_view frame, std::size_t type_at,
                              std::size_t header) noexcept {
    if (frame.size() < header) {
        return {};
    }
    const std::uint16_t type = u16(frame, type_at);
    return type == kEtherIpv4 || type == kEtherIpv6 ? frame.substr(header) : std::string_view{};
}

std::string_view ip_of(Link link, std::string_view frame) noexcept {
    switch (link) {
        case Link::kEthernet:
            return ip_of_ethernet(frame);
        case Link::kCooked:
            return ip_of_cooked(frame, 14, 16);
        case Link::kCooked2:
            return ip_of_cooked(frame, 0, 20);
        case Link::kRawIp:
            return frame;
        case Link::kUnknown:
            break;
    }
    return {};
}

/// What stands behind the IP header.
struct Transported {
    std::uint8_t protocol{0};
    std::string_view octets;
    bool cut{false};
    bool fragment{false};
    std::uint32_t id{0};  // of a fragment, with what follows
    std::size_t offset{0};
    bool more{false};
};

Layers of_transport(const IpAddr& source, const IpAddr& destination, const Transported& in) {
    constexpr std::size_t kUdpHeader = 8;
    Layers out;
    if (in.fragment) {
        out.content = in.cut ? Content::kCut : Content::kFragment;
        out.fragment = {source, destination, in.id, in.protocol, in.offset, in.more, in.octets};
    } else if (in.protocol == kTcp) {
        out.content = Content::kTcp;
    } else if (in.protocol == kUdp && in.octets.size() >= kUdpHeader) {
        const std::size_t length = u16(in.octets, 4);
        out.source = {source, Port{u16(in.octets, 0)}};
        out.destination = {destination, Port{u16(in.octets, 2)}};
        const bool lies = length < kUdpHeader || (!in.cut && length > in.octets.size());
        out.content = lies                        ? Content::kOther
                      : length > in.octets.size() ? Content::kCut
                                                  : Content::kUdp;
        out.payload = in.octets.substr(kUdpHeader, lies ? 0 : length - kUdpHeader);
    }
    return out;
}

Layers of_ipv4(std::string_view packet) noexcept {
    constexpr std::size_t kShortest = 20;
    const std::size_t header =
        packet.size() < kShortest ? 0 : std::size_t{4} * (u8(packet, 0) & 15);
    const std::size_t total = header == 0 ? 0 : u16(packet, 2);
    if (header < kShortest || total < header || packet.size() < header) {
        return {};
    }
    constexpr std::uint16_t kOffset = 0x1fff, kMore = 0x2000;  // RFC 791 s.3.1
    Transported in;
    in.protocol = u8(packet, 9);
    in.id = u16(packet, 4);
    in.offset = std::size_t{8} * (u16(packet, 6) & kOffset);
    in.more = (u16(packet, 6) & kMore) != 0;
    in.fragment = in.offset != 0 || in.more;
    in.cut = packet.size() < total;
    in.octets = packet.substr(header, total - header);
    const auto address = [&packet](std::size_t at) {
        return IpAddr::v4((std::uint32_t{u16(packet, at)} << 16) | u16(packet, at + 2));
    };
    return of_transport(address(12), address(16), in);
}

/// RFC 8200 s.4.5. A fragment that is the whole datagram is none.
void read_fragment_header(Transported& in) noexcept {
    constexpr std::uint16_t kOffset = 0xfff8, kMore = 1;
    in.id = (std::uint32_t{u16(in.octets, 4)} << 16) | u16(in.octets, 6);
    in.offset = u16(in.octets, 2) & kOffset;
    in.more = (u16(in.octets, 2) & kMore) != 0;
    in.fragment = in.offset != 0 || in.more;
}

/// RFC 8200 s.4: the headers between IPv6 and its payload; those behind a fragment's are a piece of
/// the datagram.
void skip_extensions(Transported& in) noexcept {
    constexpr int kMost = 8;
    for (int i = 0; i < kMost && in.octets.size() >= 8 && !in.fragment; ++i) {
        const bool fragment = in.protocol == kFragmentHeader;
        const bool authentication = in.protocol == kAuthentication;
        if (!fragment && !authentication && in.protocol != kHopByHop && in.protocol != kRouting &&
            in.protocol != kDestination) {
            return;
        }
        if (fragment) {
            read_fragment_header(in);
        }
        const std::size_t units = u8(in.octets, 1);
        const std::size_t length = fragment         ? 8
                                   : authentication ? (units + 2) * 4
                                                    : (units + 1) * 8;
        in.protocol = u8(in.octets, 0);
        in.octets = in.octets.substr(std::min(length, in.octets.size()));
    }
}

Layers of_ipv6(std::string_view packet) noexcept {
    constexpr std::size_t kHeader = 40;
    if (packet.size() < kHeader) {
        return {};
    }
    Transported in;
    in.protocol = u8(packet, 6);
    in.cut = packet.size() < kHeader + u16(packet, 4);
    in.octets = packet.substr(kHeader, u16(packet, 4));
    skip_extensions(in);
    const auto address = [&packet](std::size_t at) {
        std::array<std::uint8_t, 16> octets{};
        for (std::size_t i = 0; i < octets.size(); ++i) {
            octets[i] = u8(packet, at + i);
        }
        return IpAddr::v6(octets);
    };
    return of_transport(address(8), address(24), in);
}

}  // namespace

Layers peel(Link link, std::string_view frame) noexcept {
    const std::string_view packet = ip_of(link, frame);
    if (packet.empty()) {
        return {};
    }
    const int version = u8(packet, 0) >> 4;
    return version == 4 ? of_ipv4(packet) : version == 6 ? of_ipv6(packet) : Layers{};
}

Layers peel_datagram(const Fragment& whose, std::string_view octets) noexcept {
    Transported in;
    in.protocol = whose.protocol;
    in.octets = octets;
    if (whose.source.is_v6()) {
        skip_extensions(in);
    }
    return of_transport(whose.source, whose.destination, in);
}

}  // namespace sallyport::explain
