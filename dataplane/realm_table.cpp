// SPDX-License-Identifier: Apache-2.0
// Builds the workers' view of the realms from the configuration.
#include "dataplane/realm_table.h"

#include <algorithm>

namespace sallyport::dataplane {

RealmTable::RealmTable(const Config& config) {
    entries_.reserve(config.realms.size());
    for (const Realm& realm : config.realms) {
        RealmEntry entry;
        entry.address = realm.address.address;
        entry.octets = entry.address.octets();
        entry.family = entry.address.family();
        entry.access = realm.nat;
        entry.media_first = realm.media_ports.first;
        entry.media_last = realm.media_ports.last;
        entry.listen_count =
            static_cast<std::uint8_t>(std::min(realm.listen.size(), kMaxListenPorts));
        for (std::size_t i = 0; i < entry.listen_count; ++i) {
            entry.listen[i] = realm.listen[i].port.value;
        }
        entries_.push_back(entry);
    }
}

}  // namespace sallyport::dataplane
