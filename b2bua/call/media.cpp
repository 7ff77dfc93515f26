// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/media.h"

#include "sdp-rewrite/answer.h"
#include "sdp-rewrite/rewrite.h"

#include <array>
#include <span>

namespace sallyport::call {
namespace {

SdpRefusal refusal_of(sdp::Fault fault) noexcept {
    switch (fault) {
        case sdp::Fault::kTooManySections:
        case sdp::Fault::kMulticast:
        case sdp::Fault::kPortCount:
        case sdp::Fault::kSectionCount:
        case sdp::Fault::kTooLong:
            return {488, "Not Acceptable Here", sdp::describe(fault)};
        case sdp::Fault::kNotSdp:
        case sdp::Fault::kBadLine:
        case sdp::Fault::kBadOrigin:
        case sdp::Fault::kBadConnection:
        case sdp::Fault::kMissingConnection:
        case sdp::Fault::kBadMedia:
        case sdp::Fault::kBadRtcp:
        case sdp::Fault::kAnchorCount:
            break;
    }
    return {400, "Bad SDP", sdp::describe(fault)};  // D17
}

bool live(const sdp::MediaSection& section) noexcept {
    return section.anchored && section.port.value != 0;
}

bool wants_media(sdp::Direction direction) noexcept {
    return direction == sdp::Direction::kSendRecv || direction == sdp::Direction::kRecvOnly;
}

}  // namespace

bool Media::is_ours(const IpAddr& ip) const noexcept {
    for (const Realm& realm : config_.realms) {
        if (realm.address.address == ip) {
            return true;
        }
    }
    return false;
}

dataplane::RemoteMedia Media::remote_of(Side side, const sdp::MediaSection& section) const {
    const MediaPeer& peer = peers_[index(side)];
    dataplane::RemoteMedia remote;
    // An SDP must not aim the relay at ourselves, at a group or at nobody: such an address is kept
    // out, so that nothing is sent until a packet latched (G3).
    const bool usable = !section.address.is_loopback() && !section.address.is_multicast() &&
                        !is_ours(section.address) && section.address.family() != Family::kNone;
    const bool held = section.address.is_unspecified();
    if (usable) {
        remote.rtp = {section.address, section.port};
        remote.rtcp = section.rtp ? section.rtcp_endpoint(false) : Endpoint{};
    }
    remote.signalling_source = peer.signalling_source;
    remote.latch = peer.latch ? dataplane::LatchMode::kSignalling : dataplane::LatchMode::kOff;
    // Signalling that does not come from the SDP's address came through a NAT: the SDP's address is
    // the phone's private one, or at best a guess (G3).
    remote.send_before_latch = !peer.latch || section.address == peer.signalling_source;
    remote.send_media = wants_media(section.direction) && !held;
    remote.rtcp_mux = section.rtcp_mux;
    remote.payload = section.rtp ? dataplane::Payload::kRtp : dataplane::Payload::kOpaque;
    remote.payload_types = section.payload_types;
    return remote;
}

std::optional<SdpRefusal> Media::take_lines(Side from, const sdp::Session& session) {
    const auto sections = session.sections();
    if (lines_.size() < sections.size()) {
        lines_.resize(sections.size());
    }
    for (std::size_t i = 0; i < sections.size(); ++i) {
        Line& line = lines_[i];
        if (!live(sections[i]) || line.relay) {
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

void Media::note(Side from, const sdp::Session& session) {
    const auto sections = session.sections();
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        const bool on = i < sections.size() && live(sections[i]);
        lines_[i].pending[index(from)] =
            on ? std::optional(remote_of(from, sections[i])) : std::nullopt;
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
        // RTCP shares the RTP port only when it was offered and answered so (RFC 5761 s.5.1.1).
        const bool muxed = both && line.pending[0]->rtcp_mux && line.pending[1]->rtcp_mux;
        for (const Side side : {Side::kA, Side::kB}) {
            if (auto remote = line.pending[index(side)]) {
                remote->rtcp_mux = muxed;
                remote->rtcp = muxed ? remote->rtp : remote->rtcp;
                apply(line, side, *remote);
            }
        }
        if (commit) {
            line.committed = line.pending;
            line.fresh = false;
        }
    }
    if (commit) {
        offered_by_.reset();
        committed_once_ = true;
    }
}

Result<std::string, SdpRefusal> Media::write(Side to, const sdp::Session& session,
                                             sdp::Origin& origin) const {
    std::array<std::optional<sdp::Anchor>, sdp::kMaxSections> anchors{};
    const auto sections = session.sections();
    for (std::size_t i = 0; i < sections.size() && i < lines_.size(); ++i) {
        if (live(sections[i]) && lines_[i].relay) {
            const auto& ports = to == Side::kA ? lines_[i].relay->a : lines_[i].relay->b;
            anchors[i] = sdp::Anchor{ports.rtp.port, ports.rtcp.port};
        }
    }
    sdp::Rewrite plan;
    plan.address = config_.realms[peers_[index(to)].realm.value].address.address;
    plan.anchors = std::span(anchors).first(sections.size());
    plan.origin = &origin;
    std::string text(session.text().size() + sdp::kMaxGrowth, '\0');
    const auto rewritten = sdp::rewrite(session, plan, std::span(text));
    if (!rewritten.ok()) {
        return Failure{refusal_of(rewritten.error())};
    }
    origin.sent(*rewritten);
    text.resize(rewritten->size());
    return text;
}

Result<std::string, SdpRefusal> Media::carry(Side from, SdpRole role, std::string_view text,
                                             sdp::Origin& origin) {
    auto session = sdp::Session::parse(text);
    if (!session.ok()) {
        return Failure{refusal_of(session.error().fault)};
    }
    std::string padded;
    if (role == SdpRole::kOffer) {
        if (auto refusal = take_lines(from, *session)) {
            return Failure{*refusal};
        }
        offer_text_[index(from)] = text;
        for (Line& line : lines_) {
            line.pending = {};
        }
        note(from, *session);
        if (!committed_once_) {
            apply_pending(
                false);  // nothing to disturb yet, and early media may come before the answer
        }
    } else if (role != SdpRole::kPassive) {
        const auto offer = sdp::Session::parse(offer_text_[index(dataplane::other(from))]);
        if (offer.ok()) {
            padded.resize(text.size() + offer->text().size() + sdp::kMaxGrowth);
            const auto repaired = sdp::pad_answer(*offer, *session, std::span(padded));
            if (!repaired.ok()) {
                return Failure{refusal_of(repaired.error())};
            }
            session = sdp::Session::parse(*repaired);
        }
        note(from, *session);
        apply_pending(role == SdpRole::kAnswer);
    }
    auto written = write(dataplane::other(from), *session, origin);
    if (!written.ok() && role == SdpRole::kOffer) {
        rollback();  // an offer that is refused here is pending nowhere
    }
    return written;
}

void Media::apply(Line& line, Side side, const dataplane::RemoteMedia& remote) noexcept {
    line.applied[index(side)] = remote;
    dataplane::RemoteMedia gated = remote;
    gated.send_media = remote.send_media && (heard_ || side == Side::kB);
    (void)relays_.set_remote(line.relay->id, side, gated);
}

void Media::begin_early() noexcept {
    early_ = true;
    heard_ = false;
}

void Media::end_early() noexcept {
    early_ = false;
    for (Line& line : lines_) {
        if (line.relay && committed_once_ && !(line.committed[0] && line.committed[1])) {
            drop_line(line);
        }
    }
    take_floor(true);
}

void Media::take_floor(bool open) noexcept {
    heard_ = open;
    for (Line& line : lines_) {
        if (line.relay) {
            apply(line, Side::kA, line.applied[index(Side::kA)]);
            (void)relays_.select(line.relay->id);
        }
    }
}

std::unique_ptr<Media> Media::branch(Side offerer, std::string_view offer) {
    auto made = std::make_unique<Media>(relays_, config_);
    made->peers_ = peers_;
    made->begin_early();
    const auto session = sdp::Session::parse(offer);
    if (!session.ok()) {
        return made;  // a delayed offer: this callee makes its own
    }
    made->lines_.resize(lines_.size());
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        if (!lines_[i].relay) {
            continue;
        }
        const auto relay = relays_.branch(lines_[i].relay->id);
        if (!relay.ok()) {
            return nullptr;
        }
        made->lines_[i].relay = *relay;
        made->lines_[i].fresh = true;
    }
    made->offered_by_ = offerer;
    made->offer_text_[index(offerer)] = offer;
    made->note(offerer, *session);
    made->apply_pending(false);
    return made;
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
    }
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
    const auto offer = sdp::Session::parse(offer_text);
    if (!offer.ok()) {
        return std::nullopt;
    }
    std::string text(offer->text().size() + sdp::kMaxGrowth, '\0');
    const auto rejected = sdp::reject_answer(*offer, std::span(text));
    const auto parsed = rejected.ok() ? sdp::Session::parse(*rejected) : offer;
    if (!rejected.ok() || !parsed.ok()) {
        return std::nullopt;
    }
    auto written = write(to, *parsed, origin);
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
