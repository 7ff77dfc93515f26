// SPDX-License-Identifier: Apache-2.0
// What a payload at a media port is: first-octet demultiplexing (B2BUA-G10, RFC 7983 s.7, RFC 5761
// s.4) and the header checks of RTP (RFC 3550 A.1) and RTCP (RFC 3550 A.2, RFC 5506). Pure,
// noexcept, no allocation; reads only the bytes it is given. The relay is opaque (G11): nothing
// here ever changes a payload.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace sallyport::dataplane {

/// UDP payload as a burst sees it. Reassembled datagrams lie in several buffers: head is then only
/// the first part.
struct PayloadBytes {
    std::span<const std::uint8_t>
        head;                 // all of it, or at least the first min(length, kPayloadHead) octets
    std::uint32_t length{0};  // the whole payload
    const std::uint8_t* last{nullptr};  // its last octet; read only when the padding bit is set
};
inline constexpr std::size_t kPayloadHead = 256;

enum class MediaKind : std::uint8_t { kRtp, kRtcp, kOpaque, kStun, kZrtp, kDtls, kTurn, kUnknown };

/// RFC 7983 s.7: 0-3 STUN, 16-19 ZRTP, 20-63 DTLS, 64-79 TURN channel, 128-191 RTP or RTCP. In the
/// last range a second octet of 192-223 (RTP payload types 64-95 with the marker set) is RTCP, RFC
/// 5761 s.4.
[[nodiscard]] constexpr MediaKind demultiplex(const PayloadBytes& p) noexcept {
    if (p.head.size() < 2) {
        return MediaKind::kUnknown;
    }
    const std::uint8_t first = p.head[0];
    if (first >= 128 && first <= 191) {
        const std::uint8_t second = p.head[1];
        return second >= 192 && second <= 223 ? MediaKind::kRtcp : MediaKind::kRtp;
    }
    if (first <= 3) {
        return MediaKind::kStun;
    }
    if (first >= 16 && first <= 19) {
        return MediaKind::kZrtp;
    }
    if (first >= 20 && first <= 63) {
        return MediaKind::kDtls;
    }
    if (first >= 64 && first <= 79) {
        return MediaKind::kTurn;
    }
    return MediaKind::kUnknown;
}

/// What the latch may believe of a packet. From RTP, or from the first report of an RTCP compound
/// packet.
struct MediaFacts {
    std::uint32_t ssrc{0};
    std::uint16_t sequence{0};     // RTP only
    std::uint8_t payload_type{0};  // RTP only
};

namespace detail {
[[nodiscard]] constexpr std::uint16_t be16(const std::uint8_t* at) noexcept {
    return static_cast<std::uint16_t>((at[0] << 8) | at[1]);
}
[[nodiscard]] constexpr std::uint32_t be32(const std::uint8_t* at) noexcept {
    return (std::uint32_t{at[0]} << 24) | (std::uint32_t{at[1]} << 16) |
           (std::uint32_t{at[2]} << 8) | at[3];
}
}  // namespace detail

/// RFC 3550 A.1: version 2; fixed header, CSRC list and extension inside the packet; padding no
/// longer than what is left.
[[nodiscard]] constexpr bool is_valid_rtp(const PayloadBytes& p) noexcept {
    constexpr std::uint32_t kFixedHeader = 12;
    if (p.length < kFixedHeader || p.head.size() < kFixedHeader || (p.head[0] >> 6) != 2) {
        return false;
    }
    std::uint32_t header = kFixedHeader + 4U * (p.head[0] & 0x0fU);
    if ((p.head[0] & 0x10U) !=
        0) {  // extension: 16 bits of profile, 16 bits of length in 32-bit words
        if (p.head.size() < header + 4) {
            return false;
        }
        header += 4 + 4U * detail::be16(&p.head[header + 2]);
    }
    if (header > p.length) {
        return false;
    }
    if ((p.head[0] & 0x20U) != 0) {  // the last octet counts the padding, itself included
        return *p.last != 0 && *p.last <= p.length - header;
    }
    return true;
}

/// Call after is_valid_rtp.
[[nodiscard]] constexpr MediaFacts facts_of_rtp(const PayloadBytes& p) noexcept {
    return {detail::be32(&p.head[8]), detail::be16(&p.head[2]),
            static_cast<std::uint8_t>(p.head[1] & 0x7fU)};
}

/// First RTCP header: version 2 and its length inside the packet. Reduced-size RTCP passes too (RFC
/// 5506).
[[nodiscard]] constexpr bool is_valid_rtcp(const PayloadBytes& p) noexcept {
    if (p.length < 8 || p.head.size() < 8 || (p.head[0] >> 6) != 2) {
        return false;
    }
    return 4U * (detail::be16(&p.head[2]) + 1U) <= p.length;
}

/// RFC 3550 A.2, what an RTCP packet must be to latch (G4): begins with SR or RR without padding,
/// and the lengths of its parts add up to the whole. Encrypted SRTCP keeps only its first eight
/// octets readable (RFC 3711 s.3.4), so the walk ends quietly at a part that is not version 2. At
/// most 32 parts are walked.
[[nodiscard]] constexpr bool is_compound_rtcp(const PayloadBytes& p) noexcept {
    constexpr std::uint8_t kSenderReport = 200;
    constexpr std::uint8_t kReceiverReport = 201;
    if (!is_valid_rtcp(p) || (p.head[1] != kSenderReport && p.head[1] != kReceiverReport)) {
        return false;
    }
    const std::uint32_t first = 4U * (detail::be16(&p.head[2]) + 1U);
    if ((p.head[0] & 0x20U) != 0 && first != p.length) {
        return false;
    }
    std::uint32_t at = first;
    for (int part = 0; part < 32 && at + 4 <= p.head.size(); ++part) {
        if ((p.head[at] >> 6) != 2) {
            return true;
        }
        at += 4U * (detail::be16(&p.head[at + 2]) + 1U);
        if (at > p.length) {
            return false;
        }
    }
    return true;
}

/// Call after is_valid_rtcp: the SSRC of the sender of the first report.
[[nodiscard]] constexpr MediaFacts facts_of_rtcp(const PayloadBytes& p) noexcept {
    return {detail::be32(&p.head[4]), 0, 0};
}

}  // namespace sallyport::dataplane
