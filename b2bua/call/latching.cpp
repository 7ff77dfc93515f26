// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/latching.h"

namespace sallyport::call {

using dataplane::LatchMode;

namespace {

LatchMode learning(LatchIp from) noexcept {
    switch (from) {
        case LatchIp::kSignalling:
            break;
        case LatchIp::kSubnet:
            return LatchMode::kSubnet;
        case LatchIp::kAny:
            return LatchMode::kAny;
    }
    return LatchMode::kSignalling;
}

/// Behind a NAT the SDP's address is the phone's private one, or its port is the inside one of a
/// phone that knows its public address (G3, RFC 7362 s.4). A trusted realm's is believed, unless
/// that can be seen.
bool is_believed(const dataplane::RemoteMedia& remote, const Realm& realm,
                 bool through_nat) noexcept {
    if (remote.latch == LatchMode::kOff) {
        return true;
    }
    return !through_nat && (!realm.nat || remote.rtp.ip == remote.signalling_source);
}

}  // namespace

LatchMode latch_mode(const Realm& realm) noexcept {
    if (!learns_media(realm)) {
        return LatchMode::kOff;
    }
    return realm.latch == Latch::kPort ? LatchMode::kPort : learning(realm.latch_ip);
}

void set_latch(dataplane::RemoteMedia& remote, const Realm& realm, bool through_nat) noexcept {
    remote.latch = latch_mode(realm);
    remote.latch_packets = static_cast<std::uint8_t>(realm.latch_packets);
    // The SDP alone says which address is right where nothing else is learned (G3).
    remote.mobility =
        realm.mobility && remote.latch != LatchMode::kOff && remote.latch != LatchMode::kPort;
    remote.send_before_latch = is_believed(remote, realm, through_nat);
}

}  // namespace sallyport::call
