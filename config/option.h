// SPDX-License-Identifier: Apache-2.0
// One option as a row of the table config/options.def describes it, without its value.
#pragma once

#include <cstdint>
#include <string_view>

namespace sallyport::config {

/// Inclusive bounds of a number; both 0 where the type says all.
struct Range {
    std::uint64_t min{0};
    std::uint64_t max{0};
};

/// What an option is when nobody sets it: a default, or required with an example.
struct Initial {
    bool required{false};
    std::string_view text;
};

struct OptionText {
    std::string_view name;
    std::string_view unit;  // "MB", "calls"; empty where there is none
    Initial initial;
    Range range;
    std::string_view help;
};

}  // namespace sallyport::config
