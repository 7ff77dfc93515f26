// SPDX-License-Identifier: Apache-2.0
// Targets handed out as URIs of ours (I11, D11, D19): the user part holds the target and its end of
// life, sealed (seal.h), so that nobody reads an address in it or makes one up. Pure but for the
// key.
#pragma once

#include "b2bua/routing/router.h"
#include "b2bua/routing/seal.h"
#include "config/config.h"
#include "config/types/result.h"
#include "config/types/units.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sallyport::routing {

class SealedTargets {
public:
    /// How long a token is good (I11).
    static constexpr Millis kLife{300'000};

    /// secret: the process's, the same on every shard; a key of our own is derived from it.
    explicit SealedTargets(std::span<const std::uint8_t> secret) noexcept;

    /// User part of a URI of ours that stands for the target for kLife; empty: its URI is too long
    /// for a Request-URI around it.
    [[nodiscard]] std::string seal(const Target& target, Moment now) const;

    /// Whom the user part of a Request-URI of ours stands for; nullopt: it has not the form of a
    /// token. Refusal: 404, it is not good any more or was not made here.
    [[nodiscard]] std::optional<Result<Target, Refusal>> open(const Config& config,
                                                              std::string_view user,
                                                              Moment now) const;

private:
    Seal seal_;
};

}  // namespace sallyport::routing
