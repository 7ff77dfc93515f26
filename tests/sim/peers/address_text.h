// SPDX-License-Identifier: Apache-2.0
// What the models read of addresses and routes (RFC 3261 s.12.2.1.1). Tests only.
#pragma once

#include "b2bua/sip/params.h"
#include "b2bua/sip/uri.h"
#include "tests/sim/message_text.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::sim {

[[nodiscard]] inline std::optional<Endpoint> endpoint_of(std::string_view uri_text) {
    const auto uri = sip::Uri::parse(uri_text);
    if (!uri.ok() || !uri->ip()) {
        return std::nullopt;
    }
    return Endpoint{*uri->ip(), uri->port.value_or(Port{5060})};
}

/// The first route lacks lr.
[[nodiscard]] inline bool is_strict(const std::vector<std::string>& routes) {
    return !routes.empty() && inside_angles(routes.front()).find(";lr") == std::string_view::npos;
}

}  // namespace sallyport::sim
