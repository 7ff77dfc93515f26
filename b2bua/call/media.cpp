// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/media.h"

#include "b2bua/call/latching.h"
#include "b2bua/call/media_dscp.h"
#include "b2bua/call/sending_limit.h"
#include "sdp-rewrite/answer.h"
#include "sdp-rewrite/rewrite.h"

#include <array>
#include <span>

namespace sallyport::call {
namespace {

bool wants_media(sdp::Direction direction) noexcept {
    return direction == sdp::Direction::kSendRecv || direction == sdp::Direction::kRecvOnly;
}

/// Where the line of the section with that index begins.
std::size_t start_of(std::string_view text, std::size_t section) noexcept {
    std::size_t at = text.find("\nm=");
    for (; section != 0 && at != std::string_view::npos; --section) {
        at = text.find("\nm=", at + 1);
    }
    return at == std::string_view::npos ? text.size() : at + 1;
}

}  // namespace

dataplane::RemoteMedia Media::remote_of(Side side, const sdp::MediaSection& section) const {
    const MediaPeer& peer = peers_[index(side)];
    const Realm& realm = config_.realms[peer.realm.value];
    dataplane::RemoteMedia remote;
    // Nothing is sent to an address that is kept out until a packet latched (G3).
    const bool usable = may_be_far_end(config_, peer.realm, realm.nat, section);
    const bool held = section.address.is_unspecified();
    if (usable) {
        remote.rtp = {section.address, section.port};
        remote.rtcp = section.rtp ? section.rtcp_endpoint(false) : Endpoint{};
    } else {
        const bool v6 = realm.address.address.is_v6();
        const IpAddr nowhere = v6 ? IpAddr::v6({}) : IpAddr::v4(0);
        remote.rtp = {nowhere, section.port};
        remote.rtcp = section.rtp ? remote.rtp : Endpoint{};
        remote.learn_only = true;
    }
    remote.signalling_source = peer.signalling_source;
    set_latch(remote, realm, peer.through_nat);
    remote.send_media = wants_media(section.direction) && !held;
    remote.rtcp_mux = section.rtcp_mux;
    remote.payload = section.rtp ? dataplane::Payload::kRtp : dataplane::Payload::kOpaque;
    remote.payload_types = section.payload_types;
    // For what may be sent to it; apply_both() makes it a limit of the other side.
    remote.dscp = dscp_of(realm, section.media);
    const SendingLimit limit = sending_limit(section);
    remote.packets_per_second = limit.packets;
    remote.octets_per_second = limit.octets;
    return remote;
}

std::optional<SdpRefusal> Media::take_lines(Side from, const sdp::Session& session) {
    const auto sections = session.sections();
    if (lines_.size() < sections.size()) {
        lines_.resize(sections.size());
    }
    for (std::size_t i = 0; i < sections.size(); ++i) {
        Line& line = lines_[i];
        if (!sections[i].live() || line.relay) {
            continue;
        }
        const RealmId a = peers_[index(Side::kA)].realm;
        const RealmId b = peers_[index(Side::kB)].realm;
        auto made = relays_.create(a, b);
        if (!made.ok()) {
            rollback();
            // G1: a new call is refused as a whole, a running one keeps what it has.
            return SdpRefusal{committed_once_ ? 500 : 503, "No Media Ports",
                              "no relay port is free in one of the realms"};
        }
        line.relay = *made;
        line.fresh = true;
    }
    offered_by_ = from;
    return std::nullopt;
}

void Media::note(Side from, const sdp::Session& session, Rejected rejected) {
    const auto sections = session.sections();
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        const bool on = i < sections.size() && sections[i].live() && !rejected[i];
        lines_[i].pending[index(from)] =
            on ? std::optional(remote_of(from, sections[i])) : std::nullopt;
    }
}

/// While a new offer waits for its answer, what was committed goes on, and what the offer names is
/// heard too (E7, RFC 3264 s.8.3.1); on a line that becomes another kind of media both kinds pass
/// (F9: audio to fax).
void Media::announce(Side from) noexcept {
    for (Line& line : lines_) {
        const auto& offered = line.pending[index(from)];
        if (!line.relay || !offered || !line.committed[0] || !line.committed[1]) {
            continue;
        }
        Remotes both = line.committed;
        dataplane::RemoteMedia& offerer = *both[index(from)];
        if (offered->rtp != offerer.rtp || offered->rtcp != offerer.rtcp) {
            offerer.announced_rtp = offered->rtp;
            offerer.announced_rtcp = offered->rtcp;
        }
        if (offered->payload != offerer.payload) {
            both[0]->payload = both[1]->payload = dataplane::Payload::kOpaque;
        }
        apply_both(line, both);
    }
}

void Media::drop_line(Line& line) noexcept {
    if (line.relay) {
        (void)relays_.destroy(line.relay->id);
    }
    line = Line{};
}

void Media::apply_pending(bool commit) noexcept {
    for (Line& line : lines_) {
        if (!line.relay) {
            continue;
        }
        const bool both = line.pending[0].has_value() && line.pending[1].has_value();
        if (commit && !both && !early_) {
            drop_line(line);  // port 0 in the answer: the stream is released at commit (E5)
            continue;
        }
        apply_both(line, line.pending);
        if (commit) {
            line.committed = line.pending;
            line.fresh = false;
        }
    }
    if (commit) {
        offered_by_.reset();
        agreed_ = said_;
        committed_once_ = true;
    }
}

/// RTCP shares the RTP port only when it was offered and answered so (RFC 5761 s.5.1.1). How much a
/// side may send is what the other one wants to receive (G9).
void Media::apply_both(Line& line, const Remotes& remotes) noexcept {
    const bool muxed = remotes[0] && remotes[1] && remotes[0]->rtcp_mux && remotes[1]->rtcp_mux;
    for (const Side side : {Side::kA, Side::kB}) {
        if (auto remote = remotes[index(side)]) {
            remote->rtcp_mux = muxed;
            remote->rtcp = muxed ? remote->rtp : remote->rtcp;
            const auto& receiver = remotes[index(dataplane::other(side))];
            remote->packets_per_second = receiver ? receiver->packets_per_second : 0;
            remote->octets_per_second = receiver ? receiver->octets_per_second : 0;
            apply(line, side, *remote);
        }
    }
}

Result<std::string, SdpRefusal> Media::write(Side to, const sdp::Session& session,
                                             Rejected rejected, sdp::Origin& origin) const {
    std::array<std::optional<sdp::Anchor>, sdp::kMaxSections> anchors{};
    const auto sections = session.sections();
    for (std::size_t i = 0; i < sections.size() && i < lines_.size(); ++i) {
        if (sections[i].live() && lines_[i].relay) {
            const auto& ports = to == Side::kA ? lines_[i].relay->a : lines_[i].relay->b;
            anchors[i] = sdp::Anchor{ports.rtp.port, ports.rtcp.port};
        }
    }
    sdp::Rewrite plan;
    plan.address = config_.realms[peers_[index(to)].realm.value].address.address;
    plan.anchors = std::span(anchors).first(sections.size());
    plan.rejected = rejected;
    plan.origin = &origin;
    std::string text(session.text().size() + sdp::kMaxGrowth, '\0');
    const auto rewritten = sdp::rewrite(session, plan, std::span(text));
    if (!rewritten.ok()) {
        return Failure{refusal_of(rewritten.error())};
    }
    text.resize(rewritten->size());
    if (to == Side::kB && lines_of_b_ != 0) {
        text.resize(start_of(text, lines_of_b_));
    }
    origin.sent(text);
    return text;
}

Result<std::string, SdpRefusal> Media::carry(Side from, SdpRole role, std::string_view text,
                                             sdp::Origin& origin) {
    const Side to = dataplane::other(from);
    const auto session = read_session(config_, text);
    if (!session.ok()) {
        return Failure{session.error()};
    }
    if (const auto refusal = exposed_keys(config_, *session, peers_[index(to)].secured)) {
        return Failure{*refusal};
    }
    switch (role) {
        case SdpRole::kOffer:
            return carry_offer(from, *session, origin);
        case SdpRole::kAnswer:
        case SdpRole::kPreview:
            return carry_answer(from, role == SdpRole::kAnswer, *session, origin);
        case SdpRole::kPassive:
            break;
    }
    return write(to, *session, rejected_sections(config_, *session, nullptr), origin);
}

Result<sdp::Session, SdpRefusal> Media::lengthened(const sdp::Session& offer, std::string& room) {
    const auto before = read_session(config_, continued_);
    lines_of_b_ = 0;
    if (!before.ok() || before->sections().size() <= offer.sections().size()) {
        return offer;
    }
    room.resize(offer.text().size() + before->text().size() + sdp::kMaxGrowth);
    const auto longer = sdp::pad_answer(*before, offer, std::span(room));
    if (!longer.ok()) {
        return Failure{refusal_of(longer.error())};
    }
    lines_of_b_ = offer.sections().size();
    return read_session(config_, *longer);
}

Result<std::string, SdpRefusal> Media::carry_offer(Side from, const sdp::Session& offer,
                                                   sdp::Origin& origin) {
    std::string room;
    lines_of_b_ = 0;
    const auto whole = from == Side::kB && !continued_.empty()
                           ? lengthened(offer, room)
                           : Result<sdp::Session, SdpRefusal>(offer);
    if (!whole.ok()) {
        return Failure{whole.error()};
    }
    const sdp::Session& session = *whole;
    if (auto refusal = take_lines(from, session)) {
        return Failure{*refusal};
    }
    offer_text_[index(from)] = session.text();
    said_[index(from)] = session.text();
    const Rejected rejected = rejected_sections(config_, session, nullptr);
    for (Line& line : lines_) {
        line.pending = {};
    }
    note(from, session, rejected);
    // G4: the first offer makes nobody heard. Its sender does not know our port before an answer or
    // a preview has gone to it, and whoever finds the port meanwhile is not that sender.
    if (committed_once_) {
        announce(from);
    }
    auto written = write(dataplane::other(from), session, rejected, origin);
    if (!written.ok()) {
        rollback();  // an offer that is refused here is pending nowhere
    }
    return written;
}

Result<std::string, SdpRefusal> Media::carry_answer(Side from, bool commit,
                                                    const sdp::Session& session,
                                                    sdp::Origin& origin) {
    const Side to = dataplane::other(from);
    const auto offer = read_session(config_, offer_text_[index(to)]);
    std::string padded;
    auto answer = Result<sdp::Session, SdpRefusal>(session);
    if (offer.ok()) {
        padded.resize(session.text().size() + offer->text().size() + sdp::kMaxGrowth);
        const auto repaired = sdp::pad_answer(*offer, session, std::span(padded));
        if (!repaired.ok()) {
            return Failure{refusal_of(repaired.error())};
        }
        answer = read_session(config_, *repaired);
        if (!answer.ok()) {
            return Failure{answer.error()};
        }
    }
    const Rejected rejected = rejected_sections(config_, *answer, offer.ok() ? &*offer : nullptr);
    note(from, *answer, rejected);
    said_[index(from)] = answer->text();
    apply_pending(commit);
    return write(to, *answer, rejected, origin);
}

void Media::apply(Line& line, Side side, const dataplane::RemoteMedia& remote) noexcept {
    line.applied[index(side)] = remote;
    dataplane::RemoteMedia gated = remote;
    gated.send_media = remote.send_media && (heard_ || side == Side::kB);
    (void)relays_.set_remote(line.relay->id, side, gated);
}

std::optional<std::string> Media::repeat_offer(Side to, sdp::Origin& origin) {
    const Side from = dataplane::other(to);
    const std::string text = agreed_[index(from)];
    if (text.empty()) {
        return std::nullopt;
    }
    auto offer = carry(from, SdpRole::kOffer, text, origin);
    return offer.ok() ? std::optional(std::move(*offer)) : std::nullopt;
}

void Media::settle_for_preview() noexcept {
    for (const Line& line : lines_) {
        if (line.relay && line.pending[0] && line.pending[1]) {
            apply_pending(true);
            return;
        }
    }
}

void Media::rollback() noexcept {
    for (Line& line : lines_) {
        if (line.fresh) {
            drop_line(line);
        }
        line.pending = line.committed;
        if (line.relay) {
            apply_both(line, line.committed);  // what the offer or a preview of its answer changed
        }
    }
    said_ = agreed_;
    offered_by_.reset();
}

void Media::rollback_to_ports() noexcept {
    for (Line& line : lines_) {
        for (const Side side : {Side::kA, Side::kB}) {
            if (line.relay) {
                apply(line, side, {});
            }
        }
        line.pending = {};
    }
    offered_by_.reset();
}

std::optional<std::string> Media::rejection_of(std::string_view offer_text, Side to,
                                               sdp::Origin& origin) const {
    const auto offer = read_session(config_, offer_text);
    if (!offer.ok()) {
        return std::nullopt;
    }
    std::string text(offer->text().size() + sdp::kMaxGrowth, '\0');
    const auto rejected = sdp::reject_answer(*offer, std::span(text));
    if (!rejected.ok()) {
        return std::nullopt;
    }
    const auto parsed = read_session(config_, *rejected);
    if (!parsed.ok()) {
        return std::nullopt;
    }
    auto written = write(to, *parsed, {}, origin);
    return written.ok() ? std::optional(std::move(*written)) : std::nullopt;
}

void Media::release() noexcept {
    for (Line& line : lines_) {
        drop_line(line);
    }
    lines_.clear();
    offered_by_.reset();
}

std::vector<dataplane::RelayId> Media::relay_ids() const {
    std::vector<dataplane::RelayId> ids;
    for (const Line& line : lines_) {
        if (line.relay) {
            ids.push_back(line.relay->id);
        }
    }
    return ids;
}

std::vector<Media::Relayed> Media::relayed() const {
    std::vector<Relayed> lines;
    for (const Line& line : lines_) {
        if (line.relay) {
            lines.push_back({*line.relay, line.applied});
        }
    }
    return lines;
}

bool Media::expects_media() const noexcept {
    for (const Line& line : lines_) {
        for (const auto& remote : line.committed) {
            if (line.relay && remote && remote->send_media) {
                return true;
            }
        }
    }
    return false;
}

}  // namespace sallyport::call
