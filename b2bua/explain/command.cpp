// SPDX-License-Identifier: Apache-2.0
#include "b2bua/explain/command.h"

#include "b2bua/explain/explain.h"
#include "config/fault.h"
#include "config/read_file.h"

#include <sys/ioctl.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace sallyport::explain {
namespace {

constexpr int kPasses = 0;
constexpr int kDoesNotPass = 1;
constexpr int kUnreadable = 2;

/// What --explain names; the failure says what to do.
Result<std::string, std::string> read_question(const std::string& file) {
    const std::string name = file == "-" ? "/dev/stdin" : file;
    auto octets = config::read_file(name, kLargestInput);
    if (!octets.ok()) {
        return Failure{config::sentence(config::in_quotes(std::strerror(octets.error().error)),
                                        "a readable file",
                                        config::cure_for(octets.error(), file, "--explain=FILE"))};
    }
    if (octets->size() > kLargestInput) {
        return Failure{config::sentence(
            "more than " + std::to_string(kLargestInput) + " octets",
            "a message or a short capture",
            "cut the capture down, for instance with tshark -r FILE -Y sip -w SHORT")};
    }
    return std::move(*octets);
}

/// What COLUMNS says, else of the terminal; 0: nobody says.
std::size_t page_width() {
    constexpr std::size_t kWidest = 1000;
    const char* columns = std::getenv("COLUMNS");
    const std::string_view said(columns == nullptr ? "" : columns);
    std::size_t width = 0;
    if (std::from_chars(said.data(), said.data() + said.size(), width).ec == std::errc{}) {
        return std::min(width, kWidest);
    }
    winsize size{};
    return isatty(STDOUT_FILENO) == 1 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col
                                                                                      : 0;
}

int unreadable(const std::string& file, const std::string& why) {
    std::fprintf(stderr, "sallyport: %s: %s\n", file.c_str(), why.c_str());
    return kUnreadable;
}

}  // namespace

int run_command(const Config& config, const config::ExplainRequest& request,
                const MakeRelays& make_relays) {
    const auto octets = read_question(request.file);
    if (!octets.ok()) {
        return unreadable(request.file, octets.error());
    }
    Question question{*octets, {request.realm, request.source}};
    if (const std::size_t width = page_width(); width != 0) {
        question.width = width;
    }
    const auto made = explain(config, question, make_relays);
    if (!made.ok()) {
        return unreadable(request.file, made.error());
    }
    std::fputs(made->text.c_str(), stdout);
    return made->passes ? kPasses : kDoesNotPass;
}

}  // namespace sallyport::explain
