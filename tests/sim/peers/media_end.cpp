// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/peers/media_end.h"

#include <algorithm>

namespace sallyport::sim {
namespace {

std::string answer_direction(const std::string& offered) {
    if (offered == "sendonly") {
        return "recvonly";
    }
    if (offered == "recvonly") {
        return "sendonly";
    }
    return offered == "inactive" ? "inactive" : "sendrecv";
}

}  // namespace

Endpoint MediaEnd::port_of(std::size_t line) const {
    return {media_.ip, Port{static_cast<std::uint16_t>(media_.port.value + 2 * line)}};
}

std::string MediaEnd::write(const std::vector<MediaLine>& lines) {
    std::string body = "s=-\r\nc=IN IP4 " + media_.ip.to_string() + "\r\nt=0 0\r\n";
    for (const MediaLine& line : lines) {
        body += "m=" + line.kind + " " + std::to_string(line.at.port.value) + " " + line.proto +
                (line.kind == "audio" ? " 0 101\r\na=rtpmap:0 PCMU/8000\r\n" : " 96\r\n");
        body += "a=" + line.direction + "\r\n";
    }
    if (body != last_) {
        ++version_;
        last_ = body;
    }
    ours_ = lines;
    return "v=0\r\no=" + name_ + " 77 " + std::to_string(version_) + " IN IP4 " +
           media_.ip.to_string() + "\r\n" + body;
}

std::string MediaEnd::offer(std::size_t lines, std::string_view direction) {
    std::vector<MediaLine> wanted(std::max({lines, ours_.size(), agreed_.size()}));
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        wanted[i] = {i == 0 ? "audio" : "video", "RTP/AVP", port_of(i), std::string(direction)};
    }
    pending_ = Pending::kOurs;
    return write(wanted);
}

std::string MediaEnd::answer(std::string_view offer, std::size_t missing) {
    const SessionText theirs = read_session(offer);
    std::vector<MediaLine> lines;
    agreed_.clear();
    for (std::size_t i = 0; i < theirs.lines.size(); ++i) {
        MediaLine line = theirs.lines[i];
        line.direction = answer_direction(line.direction);
        const bool live = line.at.port.value != 0;
        const Endpoint far = line.at;
        line.at = live ? port_of(i) : Endpoint{media_.ip, Port{0}};
        agreed_.push_back({line.at, far});
        lines.push_back(std::move(line));
    }
    lines.resize(lines.size() -
                 std::min(missing, lines.size() - std::min<std::size_t>(1, lines.size())));
    pending_ = Pending::kNone;
    return write(lines);
}

void MediaEnd::take_answer(std::string_view text) {
    if (pending_ != Pending::kOurs) {
        return;
    }
    const SessionText theirs = read_session(text);
    agreed_.clear();
    for (std::size_t i = 0; i < std::min(theirs.lines.size(), ours_.size()); ++i) {
        const bool live = theirs.lines[i].at.port.value != 0;
        agreed_.push_back({live ? ours_[i].at : Endpoint{}, theirs.lines[i].at});
    }
    pending_ = Pending::kNone;
}

}  // namespace sallyport::sim
