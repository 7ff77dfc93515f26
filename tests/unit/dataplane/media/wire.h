// SPDX-License-Identifier: Apache-2.0
// Frames as octets, built and read for tests without any code of the data plane: what these
// functions say about a checksum is an independent opinion.
#pragma once

#include "config/types/ip.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sallyport::dataplane::test {

using Octets = std::vector<std::uint8_t>;

/// "80 00 0102" -> octets; blanks are ignored.
[[nodiscard]] Octets hex(std::string_view text);
[[nodiscard]] Endpoint endpoint(std::string_view ip, std::uint16_t port);

struct DatagramForm {
    bool vlan_priority_tag{false};
    std::uint8_t tos{0};
    std::uint8_t ttl{57};
    bool dont_fragment{true};
    bool udp_checksum{true};      // false: 0
    std::size_t ip_options{0};    // octets of no-operation, a multiple of 4
    std::size_t link_padding{0};  // octets after the datagram
};

/// Ethernet + IP + UDP. Both addresses of one family.
[[nodiscard]] Octets frame(const Endpoint& from, const Endpoint& to, const Octets& payload,
                           const DatagramForm& form = {});

struct ReadFrame {
    Endpoint from;
    Endpoint to;
    Octets payload;
    std::uint8_t ttl{0};
    std::uint8_t tos{0};
    std::uint16_t ip_id{0};
    bool dont_fragment{false};
    bool ip_checksum_right{false};   // IPv6: true
    bool udp_checksum_right{false};  // false also when it is 0
    bool operator==(const ReadFrame&) const = default;
};

/// Nothing: lengths do not fit the frame exactly. The link header's addresses are not looked at.
[[nodiscard]] std::optional<ReadFrame> read_frame(const Octets& octets);

/// RTP packet, RFC 3550 s.5.1: no CSRC, no extension; payload octets count up.
[[nodiscard]] Octets rtp(std::uint8_t payload_type, std::uint16_t sequence, std::uint32_t ssrc,
                         std::size_t payload = 160);
/// Receiver report without blocks, then an SDES with an empty chunk, RFC 3550 s.6.
[[nodiscard]] Octets rtcp(std::uint32_t ssrc);

}  // namespace sallyport::dataplane::test
