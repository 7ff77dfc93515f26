// SPDX-License-Identifier: Apache-2.0
// Where a new request goes (I1, RFC 3261 s.16.5): registration token, else the route table of the
// realm it came from. Requests in a dialog never come here. Pure but for the lookup and the chance.
#pragma once

#include "b2bua/policy/randomness.h"
#include "b2bua/routing/registered_lookup.h"
#include "b2bua/routing/route_table.h"
#include "b2bua/transport/flow.h"
#include "config/config.h"
#include "config/types/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::routing {

/// What decided where a request goes, or that it goes nowhere.
enum class Basis : std::uint8_t {
    kNone,        // nobody said
    kUri,         // the Request-URI itself is refused
    kDialog,      // it names a dialog of ours: Replaces, Join or Target-Dialog (D14)
    kFlow,        // its topmost Route is a Path URI of ours (H15)
    kSealed,      // its Request-URI is a token of ours for an address of the other side (I11)
    kToken,       // its Request-URI is the token of a binding (H14)
    kOwnUser,     // the host is a domain of the users file (H23)
    kSurvival,    // the registrars of the realm are all dead (H24)
    kOwnBinding,  // no route, and we are the registrar of the realm (H22)
    kRoute,       // the route table
    kNoRoute,     // no route leads from the realm
};

struct Ground {
    Basis basis{Basis::kNone};
    const Route* route{nullptr};  // of the Config; where one decided
};

struct Target {
    Flow flow;
    std::string
        request_uri;  // D12: as received, unless it named a token or one of our own addresses
    Redirect redirect{Redirect::kPass};  // what a 3xx of this one leads to (I11)
    bool through_nat{false};             // the phone registered through one (G3)
    std::vector<std::string> route{};  // Route values to it (RFC 3327 s.5.4); the first is at flow
    Ground ground{};
    std::vector<std::uint16_t> failover_codes{};  // of its peer, beside 503 (I6)
};
/// In the order in which they are tried (I6); never empty.
using Targets = std::vector<Target>;

struct Refusal {
    int status{0};
    std::string_view reason;
    std::uint32_t retry_after{0};  // s; 0: nothing is said of it
    Ground ground{};
};
using Choice = Result<Targets, Refusal>;

/// The choice with what it was made on, unless that was said before.
[[nodiscard]] Choice because(Ground ground, Choice choice);

/// random: decides between members of a trunk group (I4). Refusals: 404 own domain or unknown user,
/// 403 foreign domain without a route, 480 expired binding or sips (B16), 484 number shorter than
/// its route takes off, 485 ambiguous user, 400 unreadable URI.
[[nodiscard]] Choice choose(const Config& config, const RegisteredLookup& registered,
                            const Asked& asked, Randomness& random, Moment now);

/// Puts the target that is reached by this flow before the others; no change when none is.
void prefer(Targets& targets, const Flow& flow);

}  // namespace sallyport::routing
