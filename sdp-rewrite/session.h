// SPDX-License-Identifier: Apache-2.0
// A session description (RFC 8866) as a read-only view: one pass over the text, no allocation,
// nothing copied. It holds what anchoring media needs to know; every other line is only stepped
// over. Tolerance is B2BUA-F2. Owner: whoever owns the text; a Session must not outlive it, and
// dialogs keep the text, never the Session.
#pragma once

#include "config/types/ip.h"
#include "config/types/message_limits.h"
#include "config/types/result.h"
#include "sdp-rewrite/fault.h"

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace sallyport::sdp {

inline constexpr std::size_t kMaxText = 32768;  // A19
inline constexpr std::size_t kMaxSections = MessageLimits::kMaxMediaLines;

/// RFC 8866 s.6.7. Absent means kSendRecv and is never "corrected" (E11).
enum class Direction : std::uint8_t { kSendRecv, kSendOnly, kRecvOnly, kInactive };

/// The six fields of o= (RFC 8866 s.5.2); all empty when the text has no o= line.
struct OriginFields {
    std::string_view username;
    std::string_view sess_id;
    std::string_view sess_version;
    std::string_view nettype;
    std::string_view addrtype;
    std::string_view address;
    [[nodiscard]] bool present() const noexcept { return !address.empty(); }
};

/// One m= line with what applies to it, session level included.
struct MediaSection {
    std::string_view media;       // "audio"
    std::string_view proto;       // "RTP/AVP"
    std::string_view formats;     // everything after proto
    std::string_view m_line;      // the whole line without its line end
    Port port;                    // 0: rejected, or only offered in a bundle (see bundle_only)
    std::uint16_t port_count{1};  // the n of <port>/<n>
    bool anchored{false};         // its proto is one that we relay (F6), whatever the port
    bool rtp{false};              // an RTP profile: has RTCP and payload types; false for UDPTL
    bool own_connection{false};   // has a c= of its own; false: inherits the session's, if any
    bool multicast{false};        // effective c= has a /ttl or /count or is a multicast address
    bool rtcp_mux{false};         // a=rtcp-mux or a=rtcp-mux-only (RFC 5761)
    bool bundle_only{false};      // a=bundle-only (RFC 9143): port 0 is no rejection (E5, F14)
    bool crypto{false};           // a=crypto: a key in the clear (RFC 4568, F15)
    std::uint64_t bandwidth{0};  // bit/s that this side wants to receive at most: the larger of its
                                 // b=AS and b=TIAS; 0: it does not say, or says 0
    bool own_direction{false};   // has a direction attribute of its own
    Direction direction{Direction::kSendRecv};  // effective: own, else the session's, else sendrecv
    IpAddr address;                 // effective c=; Family::kNone for a name or when absent
    std::string_view address_text;  // the address as written, without /ttl; a name must be resolved
                                    // before use (F5)
    std::optional<Endpoint> rtcp;  // a=rtcp (RFC 3605); its address defaults to the section's (F10)
    std::bitset<128> payload_types;  // of the formats of an RTP profile; a format that is no
                                     // payload type is left out

    /// To be relayed: anchored, and not rejected (E5; F14: port 0 inside a bundle is no rejection).
    [[nodiscard]] bool live() const noexcept {
        return anchored && (port.value != 0 || bundle_only);
    }
    /// Where this side wants RTCP (F10): on the RTP port when both sides agreed to multiplex (RFC
    /// 5761 s.5.1.1: offered and answered), else at a=rtcp, else at RTP port + 1.
    [[nodiscard]] Endpoint rtcp_endpoint(bool multiplexed) const noexcept;
};

/// What an operator may decide about F6.
struct Anchoring {
    bool plain_udp{false};                   // m= lines of proto "udp" are relayed too
    std::size_t max_sections{kMaxSections};  // A19; no more than kMaxSections
};

class Session {
public:
    /// The text must outlive the Session. Bounded by kMaxText; linear in its length.
    [[nodiscard]] static Result<Session, ParseFault> parse(std::string_view text,
                                                           Anchoring anchoring = {}) noexcept;

    [[nodiscard]] std::string_view text() const noexcept { return text_; }
    [[nodiscard]] std::span<const MediaSection> sections() const noexcept {
        return {sections_.data(), count_};
    }
    [[nodiscard]] bool any_anchored() const noexcept;
    [[nodiscard]] const OriginFields& origin() const noexcept { return origin_; }
    /// The c= value at session level; empty when there is none.
    [[nodiscard]] std::string_view connection() const noexcept { return connection_; }
    /// True when a direction attribute stands at session level.
    [[nodiscard]] bool own_direction() const noexcept { return own_direction_; }
    /// "\r\n" or "\n", as the first line ends.
    [[nodiscard]] std::string_view line_end() const noexcept { return line_end_; }

private:
    friend class SessionParser;
    Session() noexcept = default;

    std::string_view text_;
    std::string_view connection_;
    std::string_view line_end_;
    OriginFields origin_;
    bool own_direction_{false};
    std::size_t count_{0};
    std::array<MediaSection, kMaxSections> sections_{};
};

}  // namespace sallyport::sdp
