// SPDX-License-Identifier: Apache-2.0
#include "b2bua/routing/registrar_of.h"

#include "b2bua/routing/own_address.h"

#include <algorithm>

namespace sallyport::routing {

RegistrarId registrar_of(const Config& config, RealmId near) noexcept {
    const bool local = config.realms[near.value].registration == RegistrationMode::kLocal;
    const Peer* peer = local ? nullptr : peer_behind(config, near);
    return peer == nullptr ? kOwnRegistrar
                           : RegistrarId{static_cast<std::uint16_t>(peer - config.peers.data())};
}

std::string_view name_of(const Config& config, RegistrarId registrar) noexcept {
    return registrar == kOwnRegistrar ? std::string_view{}
                                      : std::string_view(config.peers[registrar.value].name);
}

std::optional<RegistrarId> registrar_named(const Config& config, std::string_view name) noexcept {
    if (name.empty()) {
        return kOwnRegistrar;
    }
    const auto found = std::find_if(config.peers.begin(), config.peers.end(),
                                    [&](const Peer& peer) { return peer.name == name; });
    return found == config.peers.end()
               ? std::nullopt
               : std::optional(
                     RegistrarId{static_cast<std::uint16_t>(found - config.peers.begin())});
}

}  // namespace sallyport::routing
