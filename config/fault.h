// SPDX-License-Identifier: Apache-2.0
// What is wrong with a configuration, where it stands and what to do. Faults are collected, never
// thrown: the operator sees all of them in one run, in the order of the file.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::config {

struct Fault {
    std::string where;  // "FILE:LINE", "FILE" or "command line"
    std::string key;    // full name, realm.inside.address; may be empty
    std::string text;   // "found ..., expected ..., do ..."
    bool operator==(const Fault&) const = default;
};

/// "FILE:LINE: KEY: TEXT", the form that editors jump to.
[[nodiscard]] std::string to_string(const Fault& fault);

/// Where a setting was written. Ordered: the file as a whole, its lines, then the command line.
struct Place {
    std::uint32_t line{0};
    auto operator<=>(const Place&) const noexcept = default;
};
inline constexpr Place kWholeFile{0};
inline constexpr Place kCommandLine{std::numeric_limits<std::uint32_t>::max()};

/// The place as a fault names it: "FILE:LINE", "FILE" or "command line".
[[nodiscard]] std::string to_string(Place place, std::string_view file);

/// Text for a message: in quotes, unprintable octets as \xNN, cut after 60 octets.
[[nodiscard]] std::string in_quotes(std::string_view text);

/// The one form of a fault's text.
[[nodiscard]] std::string sentence(std::string_view found, std::string_view expected,
                                   std::string_view cure);

class Faults {
public:
    void add(Place place, std::string key, std::string text);
    [[nodiscard]] bool empty() const noexcept { return faults_.empty(); }
    /// By place; of one place in the order they were found.
    [[nodiscard]] std::vector<Fault> in_order(std::string_view file) const;

private:
    struct Placed {
        Place place;
        std::string key;
        std::string text;
    };
    std::vector<Placed> faults_;
};

}  // namespace sallyport::config
