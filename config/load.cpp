// SPDX-License-Identifier: Apache-2.0
// The order of reading, and the file system's share of the faults.
#include "config/load.h"

#include "config/build.h"
#include "config/check.h"
#include "config/print.h"
#include "config/read.h"
#include "config/version.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

namespace sallyport::config {
namespace {

using Loaded = Result<Invocation, std::vector<Fault>>;

struct Unreadable {
    int error{0};
};

struct CloseFile {
    void operator()(std::FILE* file) const noexcept { (void)std::fclose(file); }
};

/// The whole file, or as much of it as shows that it is too large.
Result<std::string, Unreadable> read_file(const std::string& name) {
    errno = 0;
    const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(name.c_str(), "rb"));
    if (!file) {
        return Failure{Unreadable{errno}};
    }
    std::string text;
    std::array<char, 16384> block;
    while (text.size() <= kLargestFile) {
        const std::size_t got = std::fread(block.data(), 1, block.size(), file.get());
        text.append(block.data(), got);
        if (got < block.size()) {
            break;
        }
    }
    if (std::ferror(file.get()) != 0) {
        return Failure{Unreadable{errno}};
    }
    return text;
}

std::string cure_for(int error, const std::string& file) {
    if (error == EACCES || error == EPERM) {
        return "allow this user to read it: chmod a+r " + file;
    }
    return "create it or name another one with --config=FILE";
}

/// Nothing, and a fault, when there is no text to read settings from.
std::optional<Source> read_source(const std::string& file, bool needed, Faults& faults) {
    const auto text = read_file(file);
    if (!text.ok()) {
        const int error = text.error().error;
        if (error == ENOENT && !needed) {
            return Source{};
        }
        faults.add(
            kWholeFile, "",
            sentence(in_quotes(std::strerror(error)), "a readable file", cure_for(error, file)));
        return std::nullopt;
    }
    if (text->size() > kLargestFile) {
        faults.add(kWholeFile, "",
                   sentence("more than " + std::to_string(kLargestFile) + " octets",
                            "a configuration file, which is far smaller",
                            "name the right one with --config=FILE"));
        return std::nullopt;
    }
    return read_ini(*text, faults);
}

Loaded print(Mode mode, std::string text) {
    return Invocation{mode, {}, std::move(text), {}};
}

std::string count(std::size_t n, const std::string& kind) {
    return std::to_string(n) + " " + kind + (n == 1 ? "" : "s");
}

Invocation invocation(const CommandLine& line, Config config, std::vector<Fault> warnings,
                      const std::string& file) {
    Invocation out;
    if (line.dump) {
        out.mode = Mode::kDump;
        out.text = dump_text(config);
    } else if (line.check) {
        out.mode = Mode::kCheck;
        out.text = file + ": good: " + count(config.realms.size(), "realm") + ", " +
                   count(config.peers.size(), "peer") + ", " +
                   count(config.routes.size(), "route") + ", " + count(warnings.size(), "warning") +
                   "\n";
    }
    out.config = std::move(config);
    out.warnings = std::move(warnings);
    return out;
}

}  // namespace

Loaded load(std::span<const std::string> arguments) {
    Faults faults;
    const CommandLine line = read_command_line(arguments, faults);
    if (line.help) {
        return print(Mode::kHelp, help_text());
    }
    if (line.version) {
        return print(Mode::kVersion, "sallyport " + std::string(version()) + "\n");
    }
    const std::string file = line.file.empty() ? kDefaultFile : line.file;
    const bool needed = !line.file.empty() || line.settings.of(Scope::kRealm).empty();
    const auto source_of_file = read_source(file, needed, faults);
    if (!source_of_file) {
        return Failure{faults.in_order(file)};
    }
    Source source = *source_of_file;
    overlay(source, line.settings);
    Faults warnings;
    const Config config = build(source, faults);
    check(config, source, faults, warnings);
    if (!faults.empty()) {
        return Failure{faults.in_order(file)};
    }
    return invocation(line, config, warnings.in_order(file), file);
}

}  // namespace sallyport::config
