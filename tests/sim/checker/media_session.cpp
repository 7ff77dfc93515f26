// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/checker/media_session.h"

#include <algorithm>

namespace sallyport::sim {
namespace {

std::vector<std::uint16_t> ports_of(const MediaLines& lines) {
    std::vector<std::uint16_t> ports;
    for (const MediaLine& line : lines) {
        ports.push_back(line.at.port.value);
    }
    return ports;
}

/// RFC 3264 s.6: line for line the same media; what was offered with port 0 stays rejected.
void check_answer(const Sight& sight, const MediaLines& offer, const MediaLines& answer,
                  Findings& findings) {
    if (offer.size() != answer.size()) {
        findings.say(sight, "E4",
                     "an answer of " + std::to_string(answer.size()) + " m-lines to an offer of " +
                         std::to_string(offer.size()));
        return;
    }
    for (std::size_t i = 0; i < offer.size(); ++i) {
        if (offer[i].kind != answer[i].kind || offer[i].proto != answer[i].proto) {
            findings.say(sight, "E4", "m-line " + std::to_string(i) + " answers another medium");
        }
        if (offer[i].at.port.value == 0 && answer[i].at.port.value != 0) {
            findings.say(sight, "E5", "m-line " + std::to_string(i) + " was offered with port 0");
        }
    }
}

}  // namespace

void MediaSession::make_offer(const Sight& sight, std::string carrier, const MediaLines& lines,
                              Findings& findings) {
    if (open_) {
        findings.say(sight, "3264 s.4",
                     open_->ours ? "an offer while ours is open" : "an offer while theirs is open");
    }
    if (lines.size() < ports_.size()) {
        findings.say(sight, "E4", "an offer of fewer m-lines than the session has");
    }
    check_ports(sight, lines, findings);
    open_ = Offer{true, std::move(carrier), lines};
}

/// RFC 3264 s.8.3.1 would allow it; the gateway does not move (E7).
void MediaSession::check_ports(const Sight& sight, const MediaLines& lines, Findings& findings) {
    const auto& before = shown_.empty() ? ports_ : shown_;
    for (std::size_t i = 0; i < std::min(lines.size(), before.size()); ++i) {
        const std::uint16_t port = lines[i].at.port.value;
        if (before[i] != 0 && port != 0 && port != before[i]) {
            findings.say(sight, "E7",
                         "m-line " + std::to_string(i) + " moved from port " +
                             std::to_string(before[i]) + " to " + std::to_string(port));
        }
    }
}

void MediaSession::settle(const MediaLines& ours, const MediaLines& theirs) {
    ports_ = ports_of(ours);
    for (std::size_t i = 0; i < ports_.size(); ++i) {
        const bool live = i < theirs.size() && theirs[i].at.port.value != 0;
        ports_[i] = live ? ports_[i] : std::uint16_t{0};
    }
    shown_.clear();
    open_.reset();
}

void MediaSession::give_answer(const Sight& sight, const MediaLines& offer,
                               const MediaLines& answer, Findings& findings) {
    check_answer(sight, offer, answer, findings);
    check_ports(sight, answer, findings);
    settle(answer, offer);
}

void MediaSession::preview(const Sight& sight, const MediaLines& offer, const MediaLines& answer,
                           Findings& findings) {
    check_answer(sight, offer, answer, findings);
    check_ports(sight, answer, findings);
    shown_ = ports_of(answer);
}

void MediaSession::take_answer(const MediaLines& answer) {
    if (open_) {
        settle(MediaLines(open_->lines), answer);
    }
}

}  // namespace sallyport::sim
