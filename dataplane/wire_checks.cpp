// SPDX-License-Identifier: Apache-2.0
// With af_packet the kernel gets every frame too and, being a weak host (RFC 1122 s.3.3.4.2), would
// answer for the tap's address on the wire interface: refuse UDP with ICMP, reset TCP, answer ARP
// twice.
#include "dataplane/wire_checks.h"

#include "dataplane/device.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <fstream>

namespace sallyport::dataplane {

namespace {

int setting(const std::string& interface, const char* name) {
    int value = 0;
    std::ifstream("/proc/sys/net/ipv4/conf/" + interface + "/" + name) >> value;
    return value;
}

/// The kernel uses the larger of the interface's and the general value.
int effective(const std::string& interface, const char* name) {
    return std::max(setting(interface, name), setting("all", name));
}

}  // namespace

void warn_about_wire(const Realm& realm) {
    const auto wire = wire_interface(realm.device);
    if (!wire || device_name(realm.device).find("af_packet") == std::string_view::npos) {
        return;
    }
    if (setting(*wire, "rp_filter") != 1 || effective(*wire, "rp_filter") != 1 ||
        effective(*wire, "arp_ignore") == 0) {
        spdlog::warn(
            "realm {}: the kernel reads {} too and may answer there for {}; "
            "set net.ipv4.conf.{}.rp_filter=1 and net.ipv4.conf.{}.arp_ignore=8",
            realm.name, *wire, realm.address.address.to_string(), *wire, *wire);
    }
}

}  // namespace sallyport::dataplane
