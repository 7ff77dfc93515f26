// SPDX-License-Identifier: Apache-2.0
// How media is marked on its way to a party (G15; RFC 4594 s.4.1, s.4.3). Pure.
#pragma once

#include "config/config.h"
#include "dataplane/relay.h"

#include <cstdint>
#include <string_view>

namespace sallyport::call {

/// realm: that of the party. media: of the m-line.
[[nodiscard]] inline std::uint8_t dscp_of(const Realm& realm, std::string_view media) noexcept {
    if (realm.preserve_dscp) {
        return dataplane::kPreserveDscp;
    }
    return media == "video" ? realm.dscp_video : realm.dscp_audio;
}

}  // namespace sallyport::call
