// SPDX-License-Identifier: Apache-2.0
// What the SDPs said comes from their texts, as the last offer, answer or preview of each side has
// them; what happened on the wire from the relays.
#include "b2bua/call/media_reports.h"

#include "b2bua/call/latching.h"
#include "b2bua/call/media_verdict.h"

#include <algorithm>

namespace sallyport::call {
namespace {

/// As an operator would look for it in a trace; an IPv6 address in brackets.
std::string address_of(const sdp::MediaSection& section) {
    if (section.address.family() != Family::kNone) {
        return Endpoint{section.address, section.port}.to_string();
    }
    const std::string host(section.address_text.empty() ? "no address" : section.address_text);
    return host + ":" + std::to_string(section.port.value);
}

void read_section(MediaLine& line, MediaSide& side, const sdp::MediaSection& section) {
    line.kind = section.media;
    side.refused = section.port.value == 0 && !section.bundle_only;
    side.names_none = section.address.is_unspecified();
    side.said = address_of(section);
    side.direction = section.direction;
    side.payload_types = section.payload_types;
}

MediaReport report(const Environment& env, const Call& call, const DialogPair& pair,
                   const Media& media) {
    MediaReport made;
    made.a_call_id = pair.a.call_id;
    made.b_call_id = pair.b.call_id;
    made.answered = call.answered_at.has_value();
    made.age = env.now - call.started;
    made.lines = media.describe();
    for (MediaLine& line : made.lines) {
        line.age = env.now - call.answered_at.value_or(call.started);
        line.verdict = verdict_line(line);
    }
    return made;
}

bool concerns(const Call& call, std::string_view call_id) {
    const auto is = [call_id](const DialogPair& pair) {
        return pair.a.call_id == call_id || pair.b.call_id == call_id;
    };
    return call_id.empty() || is(call.root) ||
           std::any_of(call.pairs.begin(), call.pairs.end(), is);
}

}  // namespace

void Media::describe_side(MediaLine& to, const Line& line, Side side) const {
    MediaSide& out = to.of(side);
    const MediaPeer& peer = peers_[index(side)];
    const Realm& realm = config_.realms[peer.realm.value];
    out.realm = realm.name;
    out.signalling = peer.signalling_source;
    out.nat = realm.nat;
    out.through_nat = peer.through_nat;
    out.latch = latch_mode(realm);
    out.told = line.pending[index(side)].has_value() || line.committed[index(side)].has_value();
    if (line.relay) {
        out.ours = side == Side::kA ? line.relay->a : line.relay->b;
    }
}

std::size_t Media::line_of(dataplane::RelayId relay) const noexcept {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        if (lines_[i].relay && lines_[i].relay->id == relay) {
            return i + 1;
        }
    }
    return 0;
}

std::vector<MediaLine> Media::describe() const {
    std::vector<MediaLine> described(lines_.size());
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        MediaLine& to = described[i];
        to.index = i + 1;
        to.relayed = lines_[i].relay.has_value();
        to.early_closed = !heard_;
        const auto reading =
            to.relayed ? relays_.read(lines_[i].relay->id) : Failure{dataplane::RelayFault::kStale};
        for (const Side side : {Side::kA, Side::kB}) {
            describe_side(to, lines_[i], side);
            if (reading.ok()) {
                to.of(side).rtp = reading->of(side, dataplane::Component::kRtp);
                to.of(side).rtcp = reading->of(side, dataplane::Component::kRtcp);
            }
        }
    }
    for (const Side side : {Side::kA, Side::kB}) {
        const auto session = read_session(config_, said_[index(side)]);
        const std::size_t known = session.ok() ? session->sections().size() : 0;
        for (std::size_t i = 0; i < std::min(known, described.size()); ++i) {
            read_section(described[i], described[i].of(side), session->sections()[i]);
        }
    }
    return described;
}

MediaReport report_of(const Environment& env, Call& call) {
    return report(env, call, call.current(), *call.media);
}

std::vector<MediaReport> explain_media(CallTable& table, std::string_view call_id,
                                       std::size_t limit) {
    std::vector<MediaReport> reports;
    table.each([&](Call& call) {
        if (call.state == CallState::kNoSession || !concerns(call, call_id)) {
            return;
        }
        const Environment& env = table.environment();
        if (reports.size() < limit) {
            reports.push_back(report_of(env, call));
        }
        for (const DialogPair& pair : call.pairs) {
            if (pair.media && reports.size() < limit) {
                reports.push_back(report(env, call, pair, *pair.media));
            }
        }
    });
    return reports;
}

}  // namespace sallyport::call
