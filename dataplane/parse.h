// SPDX-License-Identifier: Apache-2.0
// First stage: finds the headers of every packet of a burst. Ethernet, 802.1Q, IPv4 with options
// (RFC 791), IPv6 with extension headers (RFC 8200), UDP (RFC 768). Any thread; knows no addresses
// of ours but the port's MAC.
#pragma once

#include "dataplane/packet.h"
#include "dataplane/realm_table.h"

#include <span>

namespace sallyport::dataplane {

/// Fills in everything of Packet that the link and IP headers say. Leaves edge kTap for what is
/// sound or not IP (classify decides about it), kDrop with a reason for what no station should
/// accept. mbuf and realm must be set.
void parse(const RealmEntry& realm, Packet& packet) noexcept;

/// For a packet with protocol UDP that is no fragment: ports and payload, or kDrop. True when
/// sound.
[[nodiscard]] bool parse_udp(Packet& packet) noexcept;

/// Verifies the UDP checksum, in software unless the device did. Missing is allowed over IPv4 only
/// (B1).
[[nodiscard]] bool check_udp_checksum(Packet& packet) noexcept;

}  // namespace sallyport::dataplane
