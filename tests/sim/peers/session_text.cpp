// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/peers/session_text.h"

#include <cstdlib>

namespace sallyport::sim {
namespace {

std::vector<std::string_view> words(std::string_view text) {
    std::vector<std::string_view> found;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        if (end > 0) {
            found.push_back(text.substr(0, end));
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return found;
}

void read_origin(std::string_view value, SessionText& out) {
    const auto parts = words(value);
    if (parts.size() == 6) {
        out.version = parts[2];
        out.origin = std::string(parts[0]) + " " + std::string(parts[1]) + " " +
                     std::string(parts[3]) + " " + std::string(parts[4]) + " " +
                     std::string(parts[5]);
    }
}

void read_media(std::string_view value, const IpAddr& session, SessionText& out) {
    const auto parts = words(value);
    if (parts.size() < 3) {
        return;
    }
    MediaLine line;
    line.kind = parts[0];
    line.proto = parts[2];
    line.at = {session, Port{static_cast<std::uint16_t>(std::atoi(std::string(parts[1]).c_str()))}};
    out.lines.push_back(std::move(line));
}

bool is_direction(std::string_view value) {
    return value == "sendrecv" || value == "sendonly" || value == "recvonly" || value == "inactive";
}

}  // namespace

SessionText read_session(std::string_view text) {
    SessionText out;
    out.valid = text.substr(0, 5) == "v=0\r\n";
    IpAddr session;
    while (!text.empty()) {
        const auto end = std::min(text.find("\r\n"), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 2, text.size()));
        const std::string_view value = line.substr(std::min<std::size_t>(2, line.size()));
        if (line.substr(0, 2) == "o=") {
            read_origin(value, out);
            continue;
        }
        out.rest.append(line).append("\n");
        if (line.substr(0, 2) == "m=") {
            read_media(value, session, out);
        } else if (line.substr(0, 2) == "c=") {
            const auto parts = words(value);
            const auto ip = parts.size() == 3 ? IpAddr::parse(parts[2]) : std::nullopt;
            (out.lines.empty() ? session : out.lines.back().at.ip) = ip.value_or(IpAddr{});
        } else if (line.substr(0, 2) == "a=" && is_direction(value) && !out.lines.empty()) {
            out.lines.back().direction = value;
        }
    }
    out.valid = out.valid && !out.origin.empty();
    return out;
}

}  // namespace sallyport::sim
