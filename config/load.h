// SPDX-License-Identifier: Apache-2.0
// From the arguments of main() to one immutable Config: reads the file, lays the command line over
// it, checks everything and reports every fault at once. Called once, before any thread.
#pragma once

#include "config/config.h"
#include "config/fault.h"
#include "config/types/result.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace sallyport::config {

inline constexpr const char* kDefaultFile = "/etc/sallyport/sallyport.conf";

enum class Mode : std::uint8_t { kRun, kCheck, kDump, kHelp, kVersion, kHashPassword, kExplain };

/// What is to be explained; realm and source only when the command line names them.
struct ExplainRequest {
    std::string file;  // "-": standard input
    std::optional<RealmId> realm;
    std::optional<Endpoint> source;
};

struct Invocation {
    Mode mode{Mode::kRun};
    Config config;                // empty with kHelp and kVersion
    std::string text;             // what to print unless mode is kRun; ends in a line end.
                                  // kHashPassword: USER@DOMAIN
    std::vector<Fault> warnings;  // print them, then go on
    ExplainRequest explain{};     // of kExplain
};

/// arguments: without the program's own name. The default file may be missing when the command line
/// itself names a realm. Faults come in the order of the file, those of the command line last.
[[nodiscard]] Result<Invocation, std::vector<Fault>> load(std::span<const std::string> arguments);

}  // namespace sallyport::config
