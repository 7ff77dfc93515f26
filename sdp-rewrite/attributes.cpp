// SPDX-License-Identifier: Apache-2.0
// Look-ups in the tables of attributes.h. The tables are short, so a linear search is the fastest.
#include "sdp-rewrite/attributes.h"

#include <algorithm>
#include <cstddef>

namespace sallyport::sdp {

const Profile* find_profile(std::string_view proto) noexcept {
    const auto* const found = std::find_if(
        kProfiles.begin(), kProfiles.end(),
        [proto](const Profile& profile) { return equal_ignoring_case(profile.proto, proto); });
    return found == kProfiles.end() ? nullptr : found;
}

std::optional<Direction> find_direction(std::string_view name) noexcept {
    for (std::size_t i = 0; i < kDirections.size(); ++i) {
        if (equal_ignoring_case(kDirections[i], name)) {
            return static_cast<Direction>(i);
        }
    }
    return std::nullopt;
}

bool is_stripped(const Attribute& attribute) noexcept {
    if (equal_ignoring_case(attribute.name, "group")) {
        std::string_view rest = attribute.value;
        return equal_ignoring_case(take_token(rest), "BUNDLE");
    }
    return std::any_of(kStripped.begin(), kStripped.end(), [&attribute](std::string_view name) {
        return equal_ignoring_case(name, attribute.name);
    });
}

}  // namespace sallyport::sdp
