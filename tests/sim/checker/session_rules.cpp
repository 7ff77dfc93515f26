// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/checker/session_rules.h"

namespace sallyport::sim {

namespace {

bool is_session(const sip::Message& m) {
    return !m.body().empty() &&
           m.value_of(sip::HeaderId::kContentType).substr(0, 15) == "application/sdp";
}

}  // namespace

void SessionRules::on_sent(const Sight& sight) {
    const sip::Message& m = sight.message;
    if (!is_session(m) || !seen_.emplace(m.octets()).second) {
        return;
    }
    const SessionText text = read_session(m.body());
    if (!text.valid) {
        findings_.say(sight, "8866 s.5", "a session description without v= or o=");
        return;
    }
    check_lines(sight, text);
    const auto& ours = m.is_request() ? m.from() : m.to();
    const auto& theirs = m.is_request() ? m.to() : m.from();
    std::string opening(m.call_id());
    opening.append(" ").append(ours.tag).append(" ");
    const std::string key = opening + std::string(theirs.tag);
    auto before = shown_.find(key);
    if (before == shown_.end()) {
        before = shown_.find(opening);  // what the first INVITE has shown
    }
    Shown now{text.origin, text.version, text.rest};
    if (before != shown_.end()) {
        check_version(sight, before->second, text);
    }
    shown_[key] = std::move(now);
}

void SessionRules::check_version(const Sight& sight, const Shown& before, const SessionText& now) {
    if (now.origin != before.origin) {
        findings_.say(sight, "E6", "o= changed from " + before.origin + " to " + now.origin);
        return;
    }
    const bool changed = now.rest != before.rest;
    const std::string next = std::to_string(std::stoull("0" + before.version) + 1);
    if (now.version != (changed ? next : before.version)) {
        findings_.say(sight, "E6",
                      "version " + now.version + " after " + before.version +
                          (changed ? ", changed text" : ", same text"));
    }
}

void SessionRules::check_lines(const Sight& sight, const SessionText& text) {
    const Realm& realm = config_.realms[sight.realm.value];
    for (const MediaLine& line : text.lines) {
        if (line.at.port.value == 0) {
            continue;
        }
        if (line.at.ip != realm.address.address && !line.at.ip.is_unspecified()) {
            findings_.say(sight, "F3", "c= is not our address: " + line.at.to_string());
        }
        if (line.at.port.value < realm.media_ports.first ||
            line.at.port.value > realm.media_ports.last || line.at.port.value % 2 != 0) {
            findings_.say(sight, "F11", "not an even port of our range: " + line.at.to_string());
        }
    }
}

}  // namespace sallyport::sim
