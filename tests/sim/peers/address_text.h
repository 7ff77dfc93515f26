// SPDX-License-Identifier: Apache-2.0
// What the models read of addresses and routes (RFC 3261 s.12.2.1.1). Tests only.
#pragma once

#include "b2bua/sip/message.h"
#include "b2bua/sip/params.h"
#include "b2bua/sip/uri.h"

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

[[nodiscard]] inline std::string_view inside_angles(std::string_view value) {
    const auto open = value.find('<');
    const auto close = value.find('>');
    return open == value.npos || close == value.npos ? value
                                                     : value.substr(open + 1, close - open - 1);
}

/// The first route lacks lr.
[[nodiscard]] inline bool is_strict(const std::vector<std::string>& routes) {
    return !routes.empty() && inside_angles(routes.front()).find(";lr") == std::string_view::npos;
}

[[nodiscard]] inline std::vector<std::string> values_of(const sip::Message& message,
                                                        sip::HeaderId id) {
    std::vector<std::string> all;
    sip::ValueCursor cursor(message, id);
    while (const auto value = cursor.next()) {
        all.emplace_back(*value);
    }
    return all;
}

}  // namespace sallyport::sim
