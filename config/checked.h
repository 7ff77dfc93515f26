// SPDX-License-Identifier: Apache-2.0
// What the rules of config/check.h work on.
#pragma once

#include "config/config.h"
#include "config/fault.h"
#include "config/source.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace sallyport::config {

/// Where a rule finds what it needs to speak of a setting.
struct Checked {
    const Config& config;
    const Source& source;
    Faults& faults;
    Faults& warnings;

    [[nodiscard]] const Section& section(Scope scope, std::size_t index) const {
        return source.of(scope)[index];
    }
    /// False for a setting that is missing without default or was refused.
    [[nodiscard]] bool is_good(Scope scope, std::size_t index, std::string_view key) const {
        const auto at = section(scope, index).settings.find(key);
        return at != section(scope, index).settings.end() && !at->second.refused;
    }
    /// Also true where a default stands in.
    [[nodiscard]] bool is_not_bad(Scope scope, std::size_t index, std::string_view key) const {
        const auto at = section(scope, index).settings.find(key);
        return at == section(scope, index).settings.end() || !at->second.refused;
    }
    [[nodiscard]] Place place(Scope scope, std::size_t index, std::string_view key) const {
        const auto at = section(scope, index).settings.find(key);
        return at == section(scope, index).settings.end() ? section(scope, index).place
                                                          : at->second.place;
    }
    void fault(Scope scope, std::size_t index, std::string_view key, std::string text) const {
        faults.add(place(scope, index, key), full_key(scope, section(scope, index).name, key),
                   std::move(text));
    }
};

/// The rules of routes (config/check_routes.cpp).
void check_routes(const Checked& checked);

}  // namespace sallyport::config
