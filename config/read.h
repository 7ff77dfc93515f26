// SPDX-License-Identifier: Apache-2.0
// Reads the places where settings stand: the text of the file, the command line, the users file.
// Boost.Program_options knows the syntax of both; it is asked line by line, so that every line with
// a fault is reported and knows its number.
#pragma once

#include "config/fault.h"
#include "config/source.h"
#include "config/users.h"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace sallyport::config {

/// No sane configuration comes near this; whatever is larger was named by mistake.
inline constexpr std::size_t kLargestFile = 1024 * 1024;
inline constexpr std::size_t kLargestUsersFile = 256 * 1024 * 1024;

/// The settings in the text of a file. Keys are not looked up here.
[[nodiscard]] Source read_ini(std::string_view text, Faults& faults);

/// USER@DOMAIN as a phone can register it: one user part and one host without a port.
[[nodiscard]] bool is_account(std::string_view account) noexcept;

/// The users in the text of a users file; the faults name its lines.
[[nodiscard]] Users read_users(std::string_view text, Faults& faults);

struct CommandLine {
    std::string file;  // --config; empty when not given
    bool check{false};
    bool dump{false};
    bool help{false};
    bool version{false};
    std::string hash_password_of;  // USER@DOMAIN; empty when not asked for
    std::string explain;           // a file, or -; empty when not asked for
    std::string explain_realm;
    std::string explain_source;
    Source settings;
};

/// arguments: without the program's own name.
[[nodiscard]] CommandLine read_command_line(std::span<const std::string> arguments, Faults& faults);

}  // namespace sallyport::config
