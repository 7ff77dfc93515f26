// SPDX-License-Identifier: Apache-2.0
// Second stage: whose packet is it? Ours are UDP to the realm's address: listen points and media
// ports; the kernel's is everything else that is sound (architecture, decision 1). Any thread;
// tables are read-only.
#pragma once

#include "dataplane/packet.h"
#include "dataplane/realm_table.h"

namespace sallyport::dataplane {

/// For a parsed packet with edge kTap: leaves it there, or sets kReassemble, kSignalling, kMedia or
/// kDrop. Checks the UDP header of what is ours, and the checksum of signalling; media's is the
/// business of the media stage.
void classify(const RealmEntry& realm, Packet& packet) noexcept;

/// For a packet that classify left to the kernel: an ICMP error (RFC 792, RFC 4443 s.3) about
/// something that one of our media ports sent (B2BUA-G16). It is the kernel's, which may learn a
/// path MTU of it, and nothing of a relay depends on it.
[[nodiscard]] bool is_error_about_media(const RealmEntry& realm, const Packet& packet) noexcept;

}  // namespace sallyport::dataplane
