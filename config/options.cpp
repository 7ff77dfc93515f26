// SPDX-License-Identifier: Apache-2.0
// Expands config/options.def. Each row makes one function per owner: the owner that the row names
// gets the row appended, the others pass.
#include "config/options.h"

#include <type_traits>

namespace sallyport::config {
namespace {

constexpr Initial default_value(std::string_view text) {
    return {false, text};
}
constexpr Initial example(std::string_view text) {
    return {true, text};
}

template <class Owner>
std::vector<Option<Owner>> expand() {
    std::vector<Option<Owner>> rows;
#define ARGUMENT(name, value, help)
#define DEFAULT(text) default_value(text)
#define REQUIRED(text) example(text)
#define BETWEEN(min, max) \
    Range {               \
        min, max          \
    }
#define ANY \
    Range {}
#define OPTION(owner, member, name, type, unit, initial, range, help)                       \
    if constexpr (std::is_same_v<Owner, owner>) {                                           \
        rows.push_back({OptionText{name, unit, initial, range, help}, &type::form,          \
                        [](const Context& context, std::string_view value, owner& object) { \
                            return type::read(context, value, object.member);               \
                        },                                                                  \
                        [](const Config& config, const owner& object) {                     \
                            return type::write(config, object.member);                      \
                        }});                                                                \
    }
#include "config/options.def"
#undef OPTION
#undef ARGUMENT
    return rows;
}

#define OPTION(owner, member, name, type, unit, initial, range, help)
#define ARGUMENT(name, value, help) Argument{name, value, help},
constexpr Argument kArguments[] = {
#include "config/options.def"
};
#undef ARGUMENT
#undef OPTION
#undef ANY
#undef BETWEEN
#undef REQUIRED
#undef DEFAULT

template <class Owner>
std::vector<OptionOutline> outlines_of() {
    std::vector<OptionOutline> out;
    for (const Option<Owner>& option : options<Owner>()) {
        out.push_back({option.text, option.form(option.text)});
    }
    return out;
}

}  // namespace

template <class Owner>
std::span<const Option<Owner>> options() {
    static const std::vector<Option<Owner>> rows = expand<Owner>();
    return rows;
}
template std::span<const Option<Config>> options<Config>();
template std::span<const Option<Realm>> options<Realm>();
template std::span<const Option<Peer>> options<Peer>();
template std::span<const Option<Group>> options<Group>();
template std::span<const Option<Route>> options<Route>();

std::vector<OptionOutline> outlines(Scope scope) {
    switch (scope) {
        case Scope::kGlobal:
            return outlines_of<Config>();
        case Scope::kRealm:
            return outlines_of<Realm>();
        case Scope::kPeer:
            return outlines_of<Peer>();
        case Scope::kGroup:
            return outlines_of<Group>();
        case Scope::kRoute:
            return outlines_of<Route>();
    }
    return {};
}

std::vector<std::string_view> option_names(Scope scope) {
    std::vector<std::string_view> names;
    for (const OptionOutline& outline : outlines(scope)) {
        names.push_back(outline.text.name);
    }
    return names;
}

std::span<const Argument> arguments() noexcept {
    return kArguments;
}

}  // namespace sallyport::config
