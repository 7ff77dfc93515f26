// SPDX-License-Identifier: Apache-2.0
// The families of the data plane.
#include "metrics/collectors.h"
#include "metrics/family.h"

#include <algorithm>
#include <string>

namespace sallyport::metrics {
namespace {

using dataplane::CountersSnapshot;

void add_lists(Exposition& out, const CountersSnapshot& snapshot) {
    for (std::size_t i = 0; i < dataplane::kCounters; ++i) {
        const auto counter = static_cast<dataplane::Counter>(i);
        out.add_counter(List::dataplane, dataplane::name_of(counter), snapshot.of(counter));
    }
    for (std::size_t i = 0; i < dataplane::kDrops; ++i) {
        const auto drop = static_cast<dataplane::Drop>(i);
        out.add(Family::kDroppedPackets, {dataplane::name_of(drop)}, snapshot.of(drop));
    }
}

void add_realm(Exposition& out, std::string_view realm,
               const CountersSnapshot::RealmGauges& gauges) {
    out.add(Family::kPortsInUse, {realm}, gauges.media_ports_in_use);
    out.add(Family::kPortsCooling, {realm}, gauges.media_ports_cooling);
    out.add(Family::kPorts, {realm}, gauges.media_ports_total);
    out.add(Family::kDeviceMissed, {realm}, gauges.rx_missed);
    out.add(Family::kDeviceErrors, {realm, "in"}, gauges.rx_errors);
    out.add(Family::kDeviceErrors, {realm, "out"}, gauges.tx_errors);
    out.add(Family::kLinkUp, {realm}, std::uint64_t{gauges.link_up});
}

}  // namespace

Families dataplane_families(const Config& config, const CountersSnapshot& snapshot) {
    Exposition out;
    add_lists(out, snapshot);
    out.add(Family::kRelays, {}, snapshot.relays);
    for (std::size_t i = 0; i < std::min(config.realms.size(), snapshot.realms.size()); ++i) {
        add_realm(out, config.realms[i].name, snapshot.realms[i]);
    }
    for (std::size_t i = 0; i < snapshot.workers.size(); ++i) {
        const std::string worker = std::to_string(i);
        out.add(Family::kWorkerBusy, {worker}, snapshot.workers[i].busy_seconds);
        out.add(Family::kWorkerTime, {worker}, snapshot.workers[i].total_seconds);
    }
    out.add(Family::kMbufsInUse, {}, snapshot.mbufs_in_use);
    out.add(Family::kMbufsFree, {}, snapshot.mbufs_free);
    out.add(Family::kMbufs, {}, snapshot.mbufs_total);
    return out.take();
}

}  // namespace sallyport::metrics
