// SPDX-License-Identifier: Apache-2.0
// The rules between realms and peers, one function each.
#include "config/check.h"

#include "config/checked.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace sallyport::config {
namespace {

void some_realm(const Checked& c) {
    // After another fault the realm may well be there, behind a header that was refused.
    if (c.config.realms.empty() && c.faults.empty()) {
        c.faults.add(kWholeFile, "realm",
                     sentence("no realm", "at least one",
                              "add a section [realm.inside] with device, tap and address"));
    }
}

/// The name of a DPDK device: the text before its first argument; short PCI addresses in full.
std::string device_name(std::string_view device) {
    std::string name(device.substr(0, device.find(',')));
    const bool short_pci = name.size() == 7 && name[2] == ':' && name[5] == '.';
    return short_pci ? "0000:" + name : name;
}

/// The value of iface= in a DPDK device string.
std::string_view interface_of(std::string_view device) noexcept {
    constexpr std::string_view kArgument = ",iface=";
    const std::size_t at = device.find(kArgument);
    if (at == std::string_view::npos) {
        return {};
    }
    const std::string_view rest = device.substr(at + kArgument.size());
    return rest.substr(0, rest.find(','));
}

void device_once(const Checked& c, std::size_t earlier, std::size_t later) {
    const Realm& a = c.config.realms[earlier];
    const Realm& b = c.config.realms[later];
    if (!c.is_good(Scope::kRealm, earlier, "device") ||
        !c.is_good(Scope::kRealm, later, "device")) {
        return;
    }
    const std::string_view wire = interface_of(b.device);
    if (!wire.empty() && wire == interface_of(a.device)) {
        c.fault(Scope::kRealm, later, "device",
                sentence("interface " + in_quotes(wire) + " again",
                         "a device of its own for each realm",
                         "name an interface that realm " + a.name + " does not use"));
    } else if (device_name(a.device) == device_name(b.device)) {
        c.fault(Scope::kRealm, later, "device",
                sentence("device " + in_quotes(device_name(b.device)) + " again",
                         "a device of its own for each realm",
                         "name another one; devices made by a driver are numbered, such as "
                         "net_af_xdp0 and net_af_xdp1"));
    }
}

void tap_once(const Checked& c, std::size_t earlier, std::size_t later) {
    const Realm& a = c.config.realms[earlier];
    const Realm& b = c.config.realms[later];
    if (c.is_good(Scope::kRealm, earlier, "tap") && c.is_good(Scope::kRealm, later, "tap") &&
        a.tap == b.tap) {
        c.fault(Scope::kRealm, later, "tap",
                sentence(in_quotes(b.tap) + " again", "a tap of its own for each realm",
                         "choose a name that realm " + a.name + " does not use"));
    }
}

void address_once(const Checked& c, std::size_t earlier, std::size_t later) {
    const Realm& a = c.config.realms[earlier];
    const Realm& b = c.config.realms[later];
    if (!c.is_good(Scope::kRealm, earlier, "address") ||
        !c.is_good(Scope::kRealm, later, "address")) {
        return;
    }
    if (a.address.address == b.address.address) {
        c.fault(Scope::kRealm, later, "address",
                sentence(in_quotes(b.address.address.to_string()) + " again",
                         "an address of its own for each realm",
                         "give one of them another address; realm " + a.name + " has this one"));
    } else if (a.address.contains(b.address.address) || b.address.contains(a.address.address)) {
        c.warnings.add(
            c.place(Scope::kRealm, later, "address"), full_key(Scope::kRealm, b.name, "address"),
            sentence("network " + b.address.to_string(),
                     "one that does not overlap " + a.address.to_string() + " of realm " + a.name,
                     "check the lengths; the kernel takes one of the taps for both"));
    }
}

void realms_apart(const Checked& c) {
    for (std::size_t later = 1; later < c.config.realms.size(); ++later) {
        for (std::size_t earlier = 0; earlier < later; ++earlier) {
            device_once(c, earlier, later);
            tap_once(c, earlier, later);
            address_once(c, earlier, later);
        }
    }
}

/// The tap is a new interface: it cannot be the one the device sits on, in any realm.
void tap_is_new(const Checked& c) {
    for (std::size_t i = 0; i < c.config.realms.size(); ++i) {
        const std::string& tap = c.config.realms[i].tap;
        const bool taken = std::any_of(
            c.config.realms.begin(), c.config.realms.end(),
            [&](const Realm& realm) { return !tap.empty() && interface_of(realm.device) == tap; });
        if (taken) {
            c.fault(Scope::kRealm, i, "tap",
                    sentence("the interface of a device", "the name of an interface to create",
                             "choose another name, for instance sp-" + tap.substr(0, 12)));
        }
    }
}

/// A port is either for SIP or for media.
void listen_apart_from_media(const Checked& c) {
    for (std::size_t i = 0; i < c.config.realms.size(); ++i) {
        if (!c.is_not_bad(Scope::kRealm, i, "listen") ||
            !c.is_not_bad(Scope::kRealm, i, "media-ports")) {
            continue;
        }
        const PortRange media = c.config.realms[i].media_ports;
        for (const ListenPoint& point : c.config.realms[i].listen) {
            const std::uint16_t port = point.port.value;
            if (port < media.first || port > media.last) {
                continue;
            }
            c.fault(Scope::kRealm, i, "listen",
                    sentence("udp:" + std::to_string(port),
                             "a port outside media-ports " + std::to_string(media.first) + "-" +
                                 std::to_string(media.last),
                             "move one of the two"));
        }
    }
}

/// Only phones behind NAT are not believed, so only theirs is a wish that somebody has to grant.
void preferred_identities_have_phones(const Checked& c) {
    for (std::size_t i = 0; i < c.config.realms.size(); ++i) {
        const Realm& realm = c.config.realms[i];
        if (realm.preferred_identity == PreferredIdentity::kStrip || realm.nat ||
            !c.is_not_bad(Scope::kRealm, i, "nat")) {
            continue;
        }
        c.warnings.add(c.place(Scope::kRealm, i, "preferred-identity"),
                       full_key(Scope::kRealm, realm.name, "preferred-identity"),
                       sentence("assert in a realm that is trusted", "a realm with nat = true",
                                "remove the line; P-Asserted-Identity of this realm passes as it "
                                "is"));
    }
}

/// Only where an operator asked for a number of calls: the default of max-calls is a ceiling, not a
/// promise.
void media_ports_suffice(const Checked& c) {
    if (c.config.max_calls == Config{}.max_calls) {
        return;
    }
    for (std::size_t i = 0; i < c.config.realms.size(); ++i) {
        const PortRange media = c.config.realms[i].media_ports;
        const std::uint32_t pairs = (media.last - media.first + 1U) / 2;
        if (!c.is_not_bad(Scope::kRealm, i, "media-ports") || pairs >= c.config.max_calls) {
            continue;
        }
        c.warnings.add(c.place(Scope::kRealm, i, "media-ports"),
                       full_key(Scope::kRealm, c.config.realms[i].name, "media-ports"),
                       sentence("room for " + std::to_string(pairs) + " calls with audio",
                                "room for max-calls = " + std::to_string(c.config.max_calls),
                                "widen the range or lower max-calls"));
    }
}

void peer_fits_its_realm(const Checked& c) {
    for (std::size_t i = 0; i < c.config.peers.size(); ++i) {
        const Peer& peer = c.config.peers[i];
        if (!c.is_good(Scope::kPeer, i, "uri") || !c.is_good(Scope::kPeer, i, "realm")) {
            continue;
        }
        const Realm& realm = c.config.realms[peer.realm.value];
        if (!c.is_good(Scope::kRealm, peer.realm.value, "address")) {
            continue;
        }
        const IpAddr& ours = realm.address.address;
        if (peer.address.ip == ours) {
            c.fault(Scope::kPeer, i, "uri",
                    sentence("our own address in realm " + realm.name,
                             "the address of another host", "write the address of the peer"));
        } else if (peer.address.ip.family() != ours.family()) {
            c.fault(Scope::kPeer, i, "uri",
                    sentence(peer.address.ip.to_string(),
                             "an address of the family of " + ours.to_string() + " in realm " +
                                 realm.name,
                             "write such an address or name another realm"));
        }
    }
}

/// Requests of a peer are told by where they come from.
void peers_apart(const Checked& c) {
    for (std::size_t later = 1; later < c.config.peers.size(); ++later) {
        const Peer& b = c.config.peers[later];
        for (std::size_t earlier = 0; earlier < later; ++earlier) {
            const Peer& a = c.config.peers[earlier];
            if (a.address.ip.family() == Family::kNone || a.address != b.address ||
                a.realm != b.realm || !c.is_good(Scope::kPeer, earlier, "realm") ||
                !c.is_good(Scope::kPeer, later, "realm")) {
                continue;
            }
            c.fault(Scope::kPeer, later, "uri",
                    sentence("the address of peer " + a.name, "an address of its own for each peer",
                             "remove one of the two"));
        }
    }
}

/// Nobody can register, or call, in a realm whose users are ours when there are none.
void local_realms_have_users(const Checked& c) {
    for (std::size_t i = 0; i < c.config.realms.size(); ++i) {
        const Realm& realm = c.config.realms[i];
        if (realm.registration != RegistrationMode::kLocal || c.config.users->size() != 0) {
            continue;
        }
        c.warnings.add(c.place(Scope::kRealm, i, "registration"),
                       full_key(Scope::kRealm, realm.name, "registration"),
                       sentence("no user in " + c.config.users_file, "at least one",
                                "add a line that sallyport --hash-password=USER@DOMAIN writes"));
    }
}

}  // namespace

void check(const Config& config, const Source& source, Faults& faults, Faults& warnings) {
    const Checked checked{config, source, faults, warnings};
    some_realm(checked);
    realms_apart(checked);
    tap_is_new(checked);
    listen_apart_from_media(checked);
    preferred_identities_have_phones(checked);
    media_ports_suffice(checked);
    peer_fits_its_realm(checked);
    peers_apart(checked);
    check_routes(checked);
    local_realms_have_users(checked);
}

}  // namespace sallyport::config
