// SPDX-License-Identifier: Apache-2.0
// One binding that was learned from a REGISTER which the registrar accepted (H2, RFC 3261 s.10.3),
// and its changes as values, so that every shard can follow the bindings of the others. Plain
// values.
#pragma once

#include "b2bua/routing/registrar_of.h"
#include "b2bua/transport/flow.h"
#include "config/types/id.h"
#include "config/types/units.h"

#include <cstdint>
#include <optional>
#include <string>

namespace sallyport::registration {

struct Binding {
    std::string token;        // in the Contact that the registrar knows (H3); in mode path a name
    std::string aor;          // canonical address-of-record (RFC 3261 s.10.3 step 5)
    std::string contact_uri;  // the phone's own, byte for byte
    std::string instance;     // +sip.instance value, empty when none
    std::uint32_t reg_id{0};  // RFC 5626 s.4.2; 0: none
    std::string call_id;      // of the phone's REGISTER
    std::uint32_t cseq{0};    // of the phone's REGISTER
    std::uint16_t q{1000};    // thousandths
    Flow flow;                // how the phone is reached (B9)
    routing::RegistrarId registrar{routing::kOwnRegistrar};  // whose word it is
    Moment expires;                                          // as granted to the phone (H5)
    Moment upstream_expires;                                 // as granted by the registrar
    std::optional<Moment> accepted;  // time of the last upstream 2xx; nullopt: bound here (H24)
    Moment asked;                    // time of the REGISTER that it is of; this run's
    std::string service_route;       // H16
    std::string path;        // Path values, separated by commas, when we are the registrar (H22)
    bool pinhole{false};     // its NAT is ours to keep open (H19)
    std::string identities;  // P-Associated-URI values, separated by commas (H2)
    bool operator==(const Binding&) const = default;
};

/// The registrar accepted it, and it has not run out.
[[nodiscard]] inline bool stands(const Binding& binding, Moment now) noexcept {
    return binding.accepted && binding.expires > now;
}

struct BindingChange {
    enum class Kind : std::uint8_t {
        kPut,    // new or refreshed
        kErase,  // only aor, token and asked are meaningful
    };
    Kind kind{Kind::kPut};
    Binding binding;
};

}  // namespace sallyport::registration
