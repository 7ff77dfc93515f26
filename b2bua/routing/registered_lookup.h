// SPDX-License-Identifier: Apache-2.0
// What routing asks about registered phones (I1, H14). registration/ implements it, because routing
// stands below. Owner: one Shard, on its thread.
#pragma once

#include "b2bua/routing/registrar_of.h"
#include "b2bua/transport/flow.h"
#include "config/types/units.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport::routing {

enum class Reach : std::uint8_t {
    kUnknown,    // never heard of it, or forgotten
    kExpired,    // the phone let its binding lapse (H6, H14: 480)
    kAmbiguous,  // several addresses-of-record share that user part
    kBound,
};

struct Registered {
    Reach reach{Reach::kUnknown};
    Flow flow{};                // of the binding; valid when kBound
    std::string contact_uri{};  // the phone's own Contact URI with all its parameters (H14)
    std::string path{};         // Path values, separated by commas, that lead to it (H22)
};

class RegisteredLookup {
public:
    virtual ~RegisteredLookup() = default;
    /// token: user part of a Request-URI, any text.
    [[nodiscard]] virtual Registered by_token(std::string_view token, Moment now) const = 0;
    /// Address-of-record; user as received, host compared without case. Several bindings: highest
    /// q, then newest. registrar: whose word counts; nullopt: anybody's, and kAmbiguous when
    /// several have phones of that address.
    [[nodiscard]] virtual Registered by_aor(std::string_view user, std::string_view host,
                                            std::optional<RegistrarId> registrar,
                                            Moment now) const = 0;
    /// Whatever domain the phone registered under.
    [[nodiscard]] virtual Registered by_user(std::string_view user,
                                             std::optional<RegistrarId> registrar,
                                             Moment now) const = 0;
    /// Whether a phone that is reached by this flow registered under that URI, or its registrar
    /// gave it the URI in P-Associated-URI (RFC 7315 s.4.1).
    [[nodiscard]] virtual bool has_identity(const Flow& flow, std::string_view uri,
                                            Moment now) const = 0;
    /// Whether a phone is bound by this flow, or asks its registrar to be (H15).
    [[nodiscard]] virtual bool has_flow(const Flow& flow, Moment now) const = 0;
    /// Service-Route values, separated by commas, that the registrar gave the phone of this flow
    /// (H16), or that identity of it which the URI is; empty when none.
    [[nodiscard]] virtual std::string service_route(const Flow& flow, std::string_view uri,
                                                    Moment now) const = 0;
    /// The registrars of that realm are all dead, and its phones call each other through us (H24).
    [[nodiscard]] virtual bool survives(RealmId) const { return false; }
};

}  // namespace sallyport::routing
