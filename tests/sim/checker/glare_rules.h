// SPDX-License-Identifier: Apache-2.0
// 491 and 500 with Retry-After: where two offers or INVITEs meet, and nowhere else (RFC 3261
// s.14.1, s.14.2, RFC 3311 s.5.2, RFC 6337 s.4.2; spec E9, E10). Owner: OfferAnswerRules. Tests
// only.
#pragma once

#include "tests/sim/checker/findings.h"

#include <map>
#include <utility>

namespace sallyport::sim {

/// What met a request when it came.
struct Glare {
    int due{0};        // the final that it must get; 0: none of these
    bool busy{false};  // an offer or INVITE of the call was under way, on any leg
};

class GlareRules {
public:
    explicit GlareRules(Findings& findings) : findings_(findings) {}

    /// A final that came from a peer; the gateway may pass it on.
    void heard(int call, int status, Moment now) { heard_[{call, status}] = now; }
    /// The gateway's final to a request that came at `began`.
    void on_final(const Sight& sight, const Glare& glare, int call, Moment began);

private:
    void check_due(const Sight& sight, int due);

    Findings& findings_;
    std::map<std::pair<int, int>, Moment> heard_;  // call and status
};

}  // namespace sallyport::sim
