// SPDX-License-Identifier: Apache-2.0
// Whose word a binding is. Two registrars may know the same address-of-record and phones with the
// same Contact; neither says anything about the bindings of the other, nor about the gateway's own
// users. Pure.
#pragma once

#include "config/config.h"
#include "config/types/id.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace sallyport::routing {

/// Index into Config::peers of the peer that a realm's REGISTERs go to.
using RegistrarId = Id<struct RegistrarTag, std::uint16_t>;
/// The gateway itself (H22).
inline constexpr RegistrarId kOwnRegistrar{0xffff};

/// Of phones in that realm.
[[nodiscard]] RegistrarId registrar_of(const Config& config, RealmId near) noexcept;

/// The peer's name, the same under another configuration; empty: kOwnRegistrar.
[[nodiscard]] std::string_view name_of(const Config& config, RegistrarId registrar) noexcept;
/// nullopt: no peer has that name.
[[nodiscard]] std::optional<RegistrarId> registrar_named(const Config& config,
                                                         std::string_view name) noexcept;

}  // namespace sallyport::routing
