// SPDX-License-Identifier: Apache-2.0
// Names first, then values: a route may name a peer that stands below it.
#include "config/build.h"

#include "config/nearest.h"
#include "config/options.h"

#include <algorithm>
#include <cstddef>

namespace sallyport::config {
namespace {

std::string example_line(const OptionText& option) {
    return "'" + std::string(option.name) + " = " + std::string(option.initial.text) + "'";
}

class Builder {
public:
    Builder(Source& source, Faults& faults) : source_(source), faults_(faults) {}

    Config run() {
        name(Scope::kRealm, config_.realms, kMostRealms);
        name(Scope::kPeer, config_.peers, kMostPeers);
        name(Scope::kGroup, config_.groups, kMostGroups);
        name(Scope::kRoute, config_.routes, kMostRoutes);
        apply(Scope::kGlobal, source_.of(Scope::kGlobal).front(), config_);
        config_.state_directory_named =
            source_.of(Scope::kGlobal).front().settings.contains("state-directory");
        fill(Scope::kRealm, config_.realms);
        fill(Scope::kPeer, config_.peers);
        fill(Scope::kGroup, config_.groups);  // before the routes, which unfold them
        fill(Scope::kRoute, config_.routes);
        for (Peer& peer : config_.peers) {
            peer.address = sip_uri_endpoint(peer.uri).value_or(Endpoint{});
        }
        return std::move(config_);
    }

private:
    template <class Owner>
    void name(Scope scope, std::vector<Owner>& owners, std::size_t most) {
        std::vector<Section>& sections = source_.of(scope);
        if (sections.size() > most) {
            const std::string kind(word(scope));
            faults_.add(sections[most].place, kind,
                        sentence(std::to_string(sections.size()) + " sections of this kind",
                                 "at most " + std::to_string(most), "remove some"));
            sections.resize(most);
        }
        for (const Section& section : sections) {
            owners.emplace_back().name = section.name;
        }
    }

    template <class Owner>
    void fill(Scope scope, std::vector<Owner>& owners) {
        for (std::size_t i = 0; i < owners.size(); ++i) {
            apply(scope, source_.of(scope)[i], owners[i]);
        }
    }

    template <class Owner>
    void apply(Scope scope, Section& section, Owner& owner) {
        for (const auto& [key, setting] : section.settings) {
            look_up(scope, section, key, setting.place);
        }
        for (const Option<Owner>& option : options<Owner>()) {
            const auto at = section.settings.find(option.text.name);
            if (at != section.settings.end()) {
                read(scope, section, option, at->second, owner);
            } else if (option.text.initial.required) {
                miss(scope, section, option.text);
            } else {
                (void)option.read({option.text, config_}, option.text.initial.text, owner);
            }
        }
    }

    template <class Owner>
    void read(Scope scope, const Section& section, const Option<Owner>& option, Setting& setting,
              Owner& owner) {
        const Verdict misfit = option.read({option.text, config_}, setting.value, owner);
        if (!misfit) {
            return;
        }
        setting.refused = true;
        const std::string cure =
            misfit->cure.empty() ? "write for instance " + example_line(option.text) : misfit->cure;
        faults_.add(setting.place, full_key(scope, section.name, option.text.name),
                    sentence(setting.value.empty() ? "no value" : in_quotes(setting.value),
                             misfit->expected, cure));
    }

    void miss(Scope scope, const Section& section, const OptionText& option) {
        const std::string header = "[" + full_key(scope, section.name, "") + "]";
        faults_.add(section.place, full_key(scope, section.name, option.name),
                    sentence("nothing", "a value, it has no default",
                             "add a line to " + header + ", for instance " + example_line(option)));
    }

    void look_up(Scope scope, const Section& section, std::string_view key, Place place) {
        const std::vector<std::string_view> names = option_names(scope);
        if (std::find(names.begin(), names.end(), key) != names.end()) {
            return;
        }
        const std::string in = scope == Scope::kGlobal ? "above the first section"
                                                       : "in a " + std::string(word(scope));
        faults_.add(place, full_key(scope, section.name, printable(key)),
                    sentence("an unknown key", "one of those that stand " + in,
                             cure_for(scope, key, names)));
    }

    /// A known key in the wrong place is told where it belongs, another which one may be meant.
    static std::string cure_for(Scope scope, std::string_view key,
                                const std::vector<std::string_view>& known_here) {
        for (const Scope other : kAllScopes) {
            const std::vector<std::string_view> names = option_names(other);
            if (other == scope || std::find(names.begin(), names.end(), key) == names.end()) {
                continue;
            }
            return other == Scope::kGlobal
                       ? "move it above the first section"
                       : "move it into a section [" + std::string(word(other)) + ".NAME]";
        }
        const auto meant = nearest(key, known_here);
        return meant ? "write " + std::string(*meant) : "remove it; --help lists the keys";
    }

    static std::string printable(std::string_view key) {
        const std::string text = in_quotes(key);
        const std::string_view inner = std::string_view(text).substr(1, text.size() - 2);
        return inner == key ? std::string(key) : text;
    }

    Source& source_;
    Faults& faults_;
    Config config_;
};

}  // namespace

Config build(Source& source, Faults& faults) {
    return Builder(source, faults).run();
}

}  // namespace sallyport::config
