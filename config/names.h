// SPDX-License-Identifier: Apache-2.0
// Values that name a section: which one is it, and what to say when there is none. Pure.
#pragma once

#include "config/nearest.h"
#include "config/values.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::config {

/// Index of the section with this name.
[[nodiscard]] std::optional<std::size_t> index_of(std::string_view name,
                                                  const auto& sections) noexcept {
    const auto at = std::find_if(sections.begin(), sections.end(),
                                 [&](const auto& section) { return section.name == name; });
    if (at == sections.end()) {
        return std::nullopt;
    }
    return static_cast<std::size_t>(at - sections.begin());
}

/// kind: the word before the dot.
[[nodiscard]] Verdict no_such(std::string_view kind, std::string_view name, const auto& sections) {
    std::vector<std::string_view> names;
    names.reserve(sections.size());
    for (const auto& section : sections) {
        names.push_back(section.name);
    }
    const auto meant = nearest(name, names);
    const std::string section = "[" + std::string(kind) + "." + std::string(name) + "]";
    return Misfit{"the name of a " + std::string(kind) + ", and there is no " + section,
                  meant ? "write " + std::string(*meant) + ", or add " + section
                        : "add the section " + section + " or name one that is there"};
}

}  // namespace sallyport::config
