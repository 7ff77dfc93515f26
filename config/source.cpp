// SPDX-License-Identifier: Apache-2.0
// Section names, duplicate keys and the overlay of the command line over the file.
#include "config/source.h"

#include "config/nearest.h"

#include <algorithm>
#include <utility>

namespace sallyport::config {
namespace {

constexpr std::array<std::string_view, kScopes> kWords{"", "realm", "peer", "group", "route"};
constexpr std::size_t kLongestName = 32;

bool is_name(std::string_view text) noexcept {
    const auto letter_or_digit = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    return !text.empty() && text.size() <= kLongestName && letter_or_digit(text.front()) &&
           std::all_of(text.begin(), text.end(),
                       [&](char c) { return letter_or_digit(c) || c == '-' || c == '_'; });
}

std::optional<Scope> scope_of(std::string_view text) noexcept {
    for (const Scope scope : kAllScopes) {
        if (scope != Scope::kGlobal && text == word(scope)) {
            return scope;
        }
    }
    return std::nullopt;
}

}  // namespace

std::string_view word(Scope scope) noexcept {
    return kWords[static_cast<std::size_t>(scope)];
}

std::string full_key(Scope scope, std::string_view name, std::string_view key) {
    std::string out(word(scope));
    for (const std::string_view part : {name, key}) {
        if (!out.empty() && !part.empty()) {
            out += '.';
        }
        out += part;
    }
    return out;
}

std::optional<SectionName> read_section_name(std::string_view text, Place place, Faults& faults) {
    const std::string_view first = text.substr(0, text.find('.'));
    const auto scope = scope_of(first);
    if (!scope) {
        const auto meant = nearest(first, std::span(kWords).subspan(1));
        faults.add(place, "",
                   sentence(in_quotes(text), "realm.NAME, peer.NAME, group.NAME or route.NAME",
                            meant ? "write " + std::string(*meant) + ".NAME"
                                  : "give the section one of these four kinds"));
        return std::nullopt;
    }
    const std::string_view name = text.substr(std::min(first.size() + 1, text.size()));
    if (!is_name(name)) {
        faults.add(place, std::string(first),
                   sentence("the name " + in_quotes(name),
                            "1 to 32 letters, digits, '-' and '_', a letter or digit first",
                            "rename it, for instance " + std::string(first) + ".one"));
        return std::nullopt;
    }
    return SectionName{*scope, std::string(name)};
}

Section* find_section(Source& source, const SectionName& name) noexcept {
    std::vector<Section>& sections = source.of(name.scope);
    const auto found = std::find_if(sections.begin(), sections.end(),
                                    [&](const Section& s) { return s.name == name.name; });
    return found == sections.end() ? nullptr : &*found;
}

void put(Section& section, std::string_view key, Setting setting, std::string full_key,
         Faults& faults) {
    const Place place = setting.place;
    const auto [at, added] = section.settings.try_emplace(std::string(key), std::move(setting));
    if (added) {
        return;
    }
    const std::string first =
        at->second.place == kCommandLine
            ? "once on the command line"
            : "once (it is in line " + std::to_string(at->second.place.line) + " already)";
    faults.add(place, std::move(full_key),
               sentence("the key a second time", first, "remove one of the two"));
}

void overlay(Source& base, const Source& over) {
    for (const Scope scope : kAllScopes) {
        for (const Section& section : over.of(scope)) {
            Section* below = find_section(base, {scope, section.name});
            if (below == nullptr) {
                base.of(scope).push_back(section);
                continue;
            }
            for (const auto& [key, setting] : section.settings) {
                below->settings.insert_or_assign(key, setting);
            }
        }
    }
}

}  // namespace sallyport::config
