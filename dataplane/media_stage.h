// SPDX-License-Identifier: Apache-2.0
// The media stage of a worker: packets for media ports in, packets for the other side of their
// relay out (or a named drop). Lookup, payload check (B2BUA-G10), source check and latch (G3 to
// G7), new addresses (G2, G11, G15). Runs on worker lcores: no lock, no allocation, no system call,
// no clock; the worker is inside a read-side section of the epoch (epoch.h) for the whole burst.
#pragma once

#include "config/types/ip.h"
#include "dataplane/flow_table.h"
#include "dataplane/packet.h"
#include "dataplane/realm_table.h"
#include "dataplane/relay_events.h"

#include <cstdint>
#include <span>

namespace sallyport::dataplane {

/// One worker's view. The tables are shared; next_ip_id is its own.
struct MediaTables {
    FlowTable& flows;
    const RealmTable& realms;
    RelayEvents& events;
    std::uint16_t next_ip_id{
        0};  // IPv4 identification of datagrams that may be fragmented (RFC 6864)
};

/// packets: edge kMedia, not fragments, in order of arrival. Leaves each with kForward or kDrop.
void media_stage(MediaTables& tables, const BurstContext& context,
                 std::span<Packet*> packets) noexcept;

/// A packet that the media stage sent on was dropped on its way out, within the same loop of the
/// worker: its flow has not sent it after all.
void note_stopped(FlowTable& flows, const Packet& packet) noexcept;

}  // namespace sallyport::dataplane
