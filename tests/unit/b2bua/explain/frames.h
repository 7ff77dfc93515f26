// SPDX-License-Identifier: Apache-2.0
// Builds captures octet by octet: frames around UDP, and the files that hold them. Tests only.
#pragma once

#include "config/types/ip.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::explain {

inline constexpr std::uint32_t kEthernet = 1, kRaw = 101, kCooked = 113, kCooked2 = 276,
                               kFirewire = 138;  // LINKTYPE_ numbers of the file format

inline std::string be16(std::size_t value) {
    return {static_cast<char>((value >> 8) & 0xff), static_cast<char>(value & 0xff)};
}
inline std::string le32(std::size_t value) {
    std::string out;
    for (int shift = 0; shift < 32; shift += 8) {
        out.push_back(static_cast<char>((value >> shift) & 0xff));
    }
    return out;
}

inline std::string address(const IpAddr& ip) {
    const auto& octets = ip.octets();
    return {reinterpret_cast<const char*>(octets.data()), ip.is_v4() ? 4U : 16U};
}

inline std::string udp(const Endpoint& from, const Endpoint& to, std::string_view payload) {
    return be16(from.port.value) + be16(to.port.value) + be16(payload.size() + 8) + be16(0) +
           std::string(payload);
}

/// flags: of the fragment field of IPv4. protocol: of IP.
inline std::string ip(const Endpoint& from, const Endpoint& to, std::string_view segment,
                      std::uint8_t protocol = 17, std::size_t flags = 0) {
    std::string out;
    if (from.ip.is_v4()) {
        out = std::string("\x45\x00", 2) + be16(segment.size() + 20) + be16(7) + be16(flags);
        out += std::string("\x40") + static_cast<char>(protocol) + be16(0);
    } else {
        out = std::string("\x60\x00\x00\x00", 4) + be16(segment.size());
        out += std::string{static_cast<char>(protocol), 64};
    }
    return out.append(address(from.ip)).append(address(to.ip)).append(segment);
}

/// A frame of that link type around an IP packet.
inline std::string frame(std::uint32_t link, std::string_view packet) {
    const std::string type = be16((packet[0] >> 4 & 15) == 4 ? 0x0800 : 0x86dd);
    switch (link) {
        case kEthernet:
            return std::string(12, '\2').append(type).append(packet);
        case kCooked:
            return std::string(14, '\0').append(type).append(packet);
        case kCooked2:
            return std::string(type).append(18, '\0').append(packet);
        default:
            return std::string(packet);
    }
}

/// lost: octets of each frame that the capture did not keep.
inline std::string pcap(std::uint32_t link, const std::vector<std::string>& frames,
                        std::size_t lost = 0) {
    std::string out = le32(0xa1b2c3d4) + std::string("\2\0\4\0", 4) + le32(0) + le32(0) +
                      le32(65535) + le32(link);
    for (const std::string& one : frames) {
        out += le32(1) + le32(0) + le32(one.size() - lost) + le32(one.size());
        out += one.substr(0, one.size() - lost);
    }
    return out;
}

inline std::string block(std::size_t type, std::string body) {
    body.resize((body.size() + 3) / 4 * 4, '\0');
    const std::string length = le32(body.size() + 12);
    return le32(type) + length + body + length;
}

inline std::string pcapng(std::uint32_t link, const std::vector<std::string>& frames) {
    std::string out =
        block(0x0a0d0d0a, le32(0x1a2b3c4d) + std::string("\1\0\0\0", 4) + std::string(8, '\xff'));
    out +=
        block(1, std::string{static_cast<char>(link & 0xff), static_cast<char>(link >> 8), 0, 0} +
                     le32(65535));
    for (const std::string& one : frames) {
        out += block(6, le32(0) + le32(0) + le32(0) + le32(one.size()) + le32(one.size()) + one);
    }
    return out;
}

inline Endpoint at(std::string_view address_text, std::uint16_t port = 5060) {
    return {IpAddr::parse(address_text).value(), Port{port}};
}

}  // namespace sallyport::explain
