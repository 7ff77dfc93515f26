// SPDX-License-Identifier: Apache-2.0
// Octet by octet, slow and plain on purpose.
#include "tests/unit/dataplane/media/wire.h"

#include <cctype>
#include <stdexcept>

namespace sallyport::dataplane::test {

namespace {

void put16(Octets& out, std::size_t value) {
    out.push_back(static_cast<std::uint8_t>(value >> 8));
    out.push_back(static_cast<std::uint8_t>(value));
}

void put32(Octets& out, std::uint32_t value) {
    put16(out, value >> 16);
    put16(out, value & 0xffff);
}

void put_ip(Octets& out, const IpAddr& ip) {
    const std::size_t length = ip.is_v4() ? 4 : 16;
    out.insert(out.end(), ip.octets().begin(),
               ip.octets().begin() + static_cast<std::ptrdiff_t>(length));
}

std::uint16_t get16(const Octets& in, std::size_t at) {
    return static_cast<std::uint16_t>(in.at(at) << 8 | in.at(at + 1));
}

/// RFC 1071: the one's complement of the one's complement sum.
std::uint16_t checksum(Octets octets) {
    if (octets.size() % 2 != 0) {
        octets.push_back(0);
    }
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < octets.size(); i += 2) {
        sum += get16(octets, i);
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return static_cast<std::uint16_t>(~sum);
}

/// RFC 768, RFC 8200 s.8.1.
std::uint16_t udp_checksum(const IpAddr& from, const IpAddr& to, const Octets& udp) {
    Octets all;
    put_ip(all, from);
    put_ip(all, to);
    put32(all, static_cast<std::uint32_t>(udp.size()));
    put32(all, 17);
    all.insert(all.end(), udp.begin(), udp.end());
    return checksum(all);
}

Octets udp_of(const Endpoint& from, const Endpoint& to, const Octets& payload, bool sum) {
    Octets udp;
    put16(udp, from.port.value);
    put16(udp, to.port.value);
    put16(udp, payload.size() + 8);
    put16(udp, 0);
    udp.insert(udp.end(), payload.begin(), payload.end());
    if (sum) {
        const std::uint16_t value = udp_checksum(from.ip, to.ip, udp);
        const std::uint16_t sent = value == 0 ? std::uint16_t{0xffff} : value;
        udp[6] = static_cast<std::uint8_t>(sent >> 8);
        udp[7] = static_cast<std::uint8_t>(sent);
    }
    return udp;
}

Octets ipv4_header(const Endpoint& from, const Endpoint& to, std::size_t body,
                   const DatagramForm& form) {
    Octets ip;
    const std::size_t length = 20 + form.ip_options;
    ip.push_back(static_cast<std::uint8_t>(0x40 | length / 4));
    ip.push_back(form.tos);
    put16(ip, length + body);
    put16(ip, 0x1234);
    put16(ip, form.dont_fragment ? 0x4000 : 0);
    ip.push_back(form.ttl);
    ip.push_back(17);
    put16(ip, 0);
    put_ip(ip, from.ip);
    put_ip(ip, to.ip);
    ip.insert(ip.end(), form.ip_options, 1);
    const std::uint16_t sum = checksum(ip);
    ip[10] = static_cast<std::uint8_t>(sum >> 8);
    ip[11] = static_cast<std::uint8_t>(sum);
    return ip;
}

Octets ipv6_header(const Endpoint& from, const Endpoint& to, std::size_t body,
                   const DatagramForm& form) {
    Octets ip;
    put32(ip, 6U << 28 | std::uint32_t{form.tos} << 20);
    put16(ip, body);
    ip.push_back(17);
    ip.push_back(form.ttl);
    put_ip(ip, from.ip);
    put_ip(ip, to.ip);
    return ip;
}

IpAddr ip_at(const Octets& in, std::size_t at, bool v4) {
    if (v4) {
        return IpAddr::v4(std::uint32_t{get16(in, at)} << 16 | get16(in, at + 2));
    }
    std::array<std::uint8_t, 16> octets{};
    for (std::size_t i = 0; i < octets.size(); ++i) {
        octets[i] = in.at(at + i);
    }
    return IpAddr::v6(octets);
}

Octets part(const Octets& in, std::size_t from, std::size_t to) {
    return {in.begin() + static_cast<std::ptrdiff_t>(from),
            in.begin() + static_cast<std::ptrdiff_t>(to)};
}

/// Fills in what the IP header says; returns where UDP begins, 0 when the lengths do not fit.
std::size_t read_ip(const Octets& in, ReadFrame& r) {
    constexpr std::size_t kIp = 14;
    const bool v4 = get16(in, 12) == 0x0800;
    if (v4) {
        const std::size_t header = (in.at(kIp) & 0x0fU) * 4;
        if (kIp + get16(in, kIp + 2) != in.size()) {
            return 0;
        }
        r.tos = in.at(kIp + 1);
        r.ip_id = get16(in, kIp + 4);
        r.dont_fragment = (get16(in, kIp + 6) & 0x4000) != 0;
        r.ttl = in.at(kIp + 8);
        r.ip_checksum_right = checksum(part(in, kIp, kIp + header)) == 0;
        r.from.ip = ip_at(in, kIp + 12, true);
        r.to.ip = ip_at(in, kIp + 16, true);
        return kIp + header;
    }
    if (kIp + 40U + get16(in, kIp + 4) != in.size()) {
        return 0;
    }
    r.tos = static_cast<std::uint8_t>(get16(in, kIp) >> 4);
    r.ttl = in.at(kIp + 7);
    r.ip_checksum_right = true;
    r.from.ip = ip_at(in, kIp + 8, false);
    r.to.ip = ip_at(in, kIp + 24, false);
    return kIp + 40;
}

}  // namespace

Octets hex(std::string_view text) {
    Octets out;
    std::string digits;
    for (const char c : text) {
        if (std::isxdigit(static_cast<unsigned char>(c)) != 0) {
            digits.push_back(c);
        }
    }
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
        out.push_back(static_cast<std::uint8_t>(std::stoi(digits.substr(i, 2), nullptr, 16)));
    }
    return out;
}

Endpoint endpoint(std::string_view ip, std::uint16_t port) {
    return {IpAddr::parse(ip).value(), Port{port}};
}

Octets frame(const Endpoint& from, const Endpoint& to, const Octets& payload,
             const DatagramForm& form) {
    const Octets udp = udp_of(from, to, payload, form.udp_checksum);
    const bool v4 = from.ip.is_v4();
    const Octets ip =
        v4 ? ipv4_header(from, to, udp.size(), form) : ipv6_header(from, to, udp.size(), form);
    Octets out = hex("020000000001 0200000000fe");
    if (form.vlan_priority_tag) {
        put16(out, 0x8100);
        put16(out, 0xa000);  // priority 5, VLAN 0
    }
    put16(out, v4 ? 0x0800 : 0x86dd);
    out.insert(out.end(), ip.begin(), ip.end());
    out.insert(out.end(), udp.begin(), udp.end());
    out.insert(out.end(), form.link_padding, 0xee);
    return out;
}

std::optional<ReadFrame> read_frame(const Octets& octets) {
    ReadFrame r;
    const std::size_t udp = read_ip(octets, r);
    if (udp == 0 || udp + get16(octets, udp + 4) != octets.size()) {
        return std::nullopt;
    }
    r.from.port = Port{get16(octets, udp)};
    r.to.port = Port{get16(octets, udp + 2)};
    r.udp_checksum_right = get16(octets, udp + 6) != 0 &&
                           udp_checksum(r.from.ip, r.to.ip, part(octets, udp, octets.size())) == 0;
    r.payload = part(octets, udp + 8, octets.size());
    return r;
}

Octets rtp(std::uint8_t payload_type, std::uint16_t sequence, std::uint32_t ssrc,
           std::size_t payload) {
    Octets out{0x80, payload_type};
    put16(out, sequence);
    put32(out, sequence * 160U);
    put32(out, ssrc);
    for (std::size_t i = 0; i < payload; ++i) {
        out.push_back(static_cast<std::uint8_t>(i + sequence));
    }
    return out;
}

Octets rtcp(std::uint32_t ssrc) {
    Octets out = hex("80c90001");
    put32(out, ssrc);
    const Octets sdes = hex("81ca0002");
    out.insert(out.end(), sdes.begin(), sdes.end());
    put32(out, ssrc);
    put32(out, 0);
    return out;
}

}  // namespace sallyport::dataplane::test
