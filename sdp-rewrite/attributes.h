// SPDX-License-Identifier: Apache-2.0
// Attributes and profiles that decide something here, as tables. An attribute that stands in none
// of them is not looked at and passes byte for byte (B2BUA-F1). Names are compared without case:
// a name in the wrong case must not carry an address past the relay.
#pragma once

#include "sdp-rewrite/grammar.h"

#include <array>
#include <optional>
#include <string_view>

namespace sallyport::sdp {

/// Transport protocols that we relay (F6); "udp" besides, where the operator wants it (Anchoring).
struct Profile {
    std::string_view proto;
    bool rtp;  // has RTCP and payload types
};
inline constexpr std::array kProfiles{
    Profile{"RTP/AVP", true},            // RFC 3551
    Profile{"RTP/AVPF", true},           // RFC 4585
    Profile{"RTP/SAVP", true},           // RFC 3711
    Profile{"RTP/SAVPF", true},          // RFC 5124
    Profile{"UDP/TLS/RTP/SAVP", true},   // RFC 5764
    Profile{"UDP/TLS/RTP/SAVPF", true},  // RFC 5764
    Profile{"udptl", false},             // RFC 3362, T.38 Annex D
    Profile{"UDP/TLS/UDPTL", false},     // RFC 7345
};

/// Taken out of anchored sections and, when anything is anchored, of the session level: they name
/// other ways for the media than through us.
inline constexpr std::array kStripped{
    std::string_view{"candidate"},          // RFC 8839 s.5.1
    std::string_view{"remote-candidates"},  // RFC 8839 s.5.2
    std::string_view{"ice-lite"},           // RFC 8839 s.5.3
    std::string_view{"ice-mismatch"},       // RFC 8839 s.5.3
    std::string_view{"ice-ufrag"},          // RFC 8839 s.5.4
    std::string_view{"ice-pwd"},            // RFC 8839 s.5.4
    std::string_view{"ice-pacing"},         // RFC 8839 s.5.5
    std::string_view{"ice-options"},        // RFC 8839 s.5.6
    std::string_view{"end-of-candidates"},  // RFC 8840 s.8.2
    std::string_view{"source-filter"},      // RFC 4570 s.3
    std::string_view{"altc"},               // RFC 6947 s.4
    std::string_view{"ccap"},               // RFC 7006 s.3.1.2
    std::string_view{"bundle-only"},        // RFC 9143 s.6, goes with the group (F14)
};

/// RFC 8866 s.6.7, in the order of enum Direction.
inline constexpr std::array<std::string_view, 4> kDirections{"sendrecv", "sendonly", "recvonly",
                                                             "inactive"};

[[nodiscard]] const Profile* find_profile(std::string_view proto) noexcept;
[[nodiscard]] std::optional<Direction> find_direction(std::string_view name) noexcept;

/// True for kStripped and for a=group:BUNDLE: every section has a port pair of its own (F14).
[[nodiscard]] bool is_stripped(const Attribute& attribute) noexcept;

}  // namespace sallyport::sdp
