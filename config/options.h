// SPDX-License-Identifier: Apache-2.0
// The table of options: the rows of config/options.def with the functions that read and write each.
// A row of Realm works on one realm, a row of Config on the whole.
#pragma once

#include "config/condition_values.h"
#include "config/config.h"
#include "config/option.h"
#include "config/source.h"
#include "config/target_values.h"
#include "config/values.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::config {

template <class Owner>
struct Option {
    OptionText text;
    std::string (*form)(const OptionText&);
    Verdict (*read)(const Context&, std::string_view value, Owner& owner);
    std::string (*write)(const Config&, const Owner& owner);
};

/// Rows whose owner is Config, Realm, Peer, Group or Route, in the order of options.def.
template <class Owner>
[[nodiscard]] std::span<const Option<Owner>> options();

/// What help and suggestions need of any row.
struct OptionOutline {
    OptionText text;
    std::string form;
};
[[nodiscard]] std::vector<OptionOutline> outlines(Scope scope);

/// The names of outlines(scope).
[[nodiscard]] std::vector<std::string_view> option_names(Scope scope);

/// An option of the command line that has no place in the file.
struct Argument {
    std::string_view name;
    std::string_view value;  // what stands for its value; empty for a switch
    std::string_view help;
};
[[nodiscard]] std::span<const Argument> arguments() noexcept;

}  // namespace sallyport::config
