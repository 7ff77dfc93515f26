// SPDX-License-Identifier: Apache-2.0
// Extensions that do not cross the gate, because each would need the gate itself to take part: they
// are taken out of what one side tells the other that it can do, and refused when demanded (D11,
// RFC 3261 s.20.29, s.20.32, s.20.37). Shrinks as the gate learns. Pure.
#pragma once

#include "b2bua/sip/method.h"
#include "b2bua/sip/params.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace sallyport::policy {

inline constexpr std::array<std::string_view, 5> kWithheldTags = {
    "path",         // RFC 3327: the registrar sees our Contact, not a path through us (H1)
    "outbound",     // RFC 5626: our token stands for one flow (H3)
    "sec-agree",    // RFC 3329: an agreement of one hop
    "from-change",  // RFC 4916: From and To are per leg
    "100rel",       // RFC 3262: RSeq and RAck are per leg and not mapped yet (M6)
};

/// PRACK belongs to 100rel; UPDATE (RFC 3311) carries offers outside of the INVITE machine (M7).
inline constexpr std::array kWithheldMethods = {sip::Method::kPrack, sip::Method::kUpdate};

[[nodiscard]] inline bool carries_tag(std::string_view tag) noexcept {
    return std::none_of(kWithheldTags.begin(), kWithheldTags.end(),
                        [&](std::string_view t) { return sip::iequals(t, tag); });
}

[[nodiscard]] inline bool carries_method(std::string_view token) noexcept {
    const sip::Method method = sip::method_of(token);
    return std::find(kWithheldMethods.begin(), kWithheldMethods.end(), method) ==
           kWithheldMethods.end();
}

}  // namespace sallyport::policy
