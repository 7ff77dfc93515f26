// SPDX-License-Identifier: Apache-2.0
// Settings as they were written, before anything is known of their meaning: sections, keys, values
// and their places. The file and the command line both become a Source; the command line is laid
// over the file.
#pragma once

#include "config/fault.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::config {

enum class Scope : std::uint8_t { kGlobal, kRealm, kPeer, kGroup, kRoute };
inline constexpr std::size_t kScopes = 5;
inline constexpr std::array<Scope, kScopes> kAllScopes{Scope::kGlobal, Scope::kRealm, Scope::kPeer,
                                                       Scope::kGroup, Scope::kRoute};

/// The word before the dot in [realm.NAME]; empty for the keys above the first section.
[[nodiscard]] std::string_view word(Scope scope) noexcept;

struct Setting {
    Place place;
    std::string value;
    bool refused{false};  // its value was faulty: rules that would read it stay silent
};

struct Section {
    std::string name;  // empty in the global scope
    Place place;
    std::map<std::string, Setting, std::less<>> settings;
};

struct Source {
    std::array<std::vector<Section>, kScopes> sections{std::vector<Section>(1)};

    [[nodiscard]] std::vector<Section>& of(Scope scope) noexcept {
        return sections[static_cast<std::size_t>(scope)];
    }
    [[nodiscard]] const std::vector<Section>& of(Scope scope) const noexcept {
        return sections[static_cast<std::size_t>(scope)];
    }
};

/// "realm.inside.address", or "workers" in the global scope.
[[nodiscard]] std::string full_key(Scope scope, std::string_view name, std::string_view key);

/// Scope and name of "realm.inside"; the reason when it is not the name of a section.
struct SectionName {
    Scope scope{Scope::kGlobal};
    std::string name;
};
[[nodiscard]] std::optional<SectionName> read_section_name(std::string_view text, Place place,
                                                           Faults& faults);

[[nodiscard]] Section* find_section(Source& source, const SectionName& name) noexcept;

/// Keeps the first value of a key; a second one is a fault.
void put(Section& section, std::string_view key, Setting setting, std::string full_key,
         Faults& faults);

/// Settings of over replace those of base; sections that base lacks come after its own.
void overlay(Source& base, const Source& over);

}  // namespace sallyport::config
