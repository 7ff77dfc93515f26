// SPDX-License-Identifier: Apache-2.0
// Extensions that do not cross the gate, because each would need the gate itself to take part: they
// are taken out of what one side tells the other that it can do, and refused when demanded (D11,
// RFC 3261 s.20.29, s.20.32, s.20.37). Shrinks as the gate learns. Pure.
#pragma once

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
    "trickle-ice",  // RFC 8840: ICE ends at the gate (F13)
};

/// Of those, the ones that cross with a REGISTER whose registrar sees a path through us (H15).
[[nodiscard]] inline bool is_path_tag(std::string_view tag) noexcept {
    return sip::iequals(tag, "path") || sip::iequals(tag, "outbound");
}

/// The INFO package of the same extension (RFC 8840 s.10).
[[nodiscard]] inline bool carries_package(std::string_view package) noexcept {
    return !sip::iequals(package, "trickle-ice");
}

[[nodiscard]] inline bool carries_tag(std::string_view tag) noexcept {
    return std::none_of(kWithheldTags.begin(), kWithheldTags.end(),
                        [&](std::string_view t) { return sip::iequals(t, tag); });
}

}  // namespace sallyport::policy
