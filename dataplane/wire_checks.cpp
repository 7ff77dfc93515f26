// SPDX-License-Identifier: Apache-2.0
// Settings are read, never changed: the interface is the operator's.
// With af_packet the kernel gets every frame too and, being a weak host (RFC 1122 s.3.3.4.2), would
// answer for the tap's address on the wire interface: refuse UDP with ICMP, reset TCP, answer ARP
// twice.
#include "dataplane/wire_checks.h"

#include "dataplane/device.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
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

/// Receive queues of a kernel interface, 0 when they cannot be counted.
std::size_t receive_queues(const std::string& interface) {
    std::size_t queues = 0;
    std::error_code ec;
    for (const auto& entry :
         std::filesystem::directory_iterator("/sys/class/net/" + interface + "/queues", ec)) {
        queues += entry.path().filename().string().starts_with("rx-") ? 1U : 0U;
    }
    return queues;
}

void warn_about_second_reader(const Realm& realm, const std::string& wire) {
    if (setting(wire, "rp_filter") != 1 || effective(wire, "rp_filter") != 1 ||
        effective(wire, "arp_ignore") == 0) {
        spdlog::warn(
            "realm {}: the kernel reads {} too and may answer there for {}; "
            "set net.ipv4.conf.{}.rp_filter=1 and net.ipv4.conf.{}.arp_ignore=8",
            realm.name, wire, realm.address.address.to_string(), wire, wire);
    }
}

/// An af_xdp socket reads one receive queue; what arrives on others goes to the kernel and never to
/// us.
void warn_about_unread_queues(const Realm& realm, const std::string& wire) {
    const auto argument = device_argument(realm.device, "queue_count");
    const std::size_t read =
        argument ? std::strtoul(std::string(*argument).c_str(), nullptr, 10) : 1;
    const std::size_t all = receive_queues(wire);
    if (all > read) {
        spdlog::warn(
            "realm {}: {} has {} receive queues and the device reads {}, so some packets will pass "
            "by; "
            "run ethtool -L {} combined {} or set queue_count={}",
            realm.name, wire, all, read, wire, read, all);
    }
}

}  // namespace

void warn_about_wire(const Realm& realm) {
    const auto wire = wire_interface(realm.device);
    if (!wire) {
        return;
    }
    if (device_name(realm.device).find("af_packet") != std::string_view::npos) {
        warn_about_second_reader(realm, *wire);
    } else {
        warn_about_unread_queues(realm, *wire);
    }
}

void warn_about_forwarding(const Config& config) {
    std::size_t forwarding = 0;
    for (const Realm& realm : config.realms) {
        const char* family = realm.address.address.is_v4() ? "ipv4" : "ipv6";
        int value = 0;
        std::ifstream(std::string("/proc/sys/net/") + family + "/conf/" + realm.tap +
                      "/forwarding") >>
            value;
        forwarding += value != 0 ? 1U : 0U;
    }
    if (forwarding > 1) {
        spdlog::warn(
            "the kernel forwards between the realms' taps, past the gate; "
            "set net.ipv4.ip_forward=0 and net.ipv6.conf.all.forwarding=0 unless that is meant");
    }
}

}  // namespace sallyport::dataplane
