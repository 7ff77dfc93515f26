// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/anchoring.h"

#include "b2bua/call/session_part.h"
#include "sdp-rewrite/rewrite.h"

#include <algorithm>
#include <span>

namespace sallyport::call {

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

std::string warning_line(std::string_view agent, const SdpRefusal& why) {
    std::string line = "Warning: 399 ";
    return line.append(agent).append(" \"").append(why.explanation).append("\"\r\n");
}

Result<sdp::Session, SdpRefusal> read_session(const Config& config,
                                              std::string_view text) noexcept {
    auto session = sdp::Session::parse(
        text, {.plain_udp = config.anchor_udp, .max_sections = config.limits.media_lines});
    if (!session.ok()) {
        return Failure{refusal_of(session.error().fault)};
    }
    return *session;
}

std::optional<SdpRefusal> exposed_keys(const Config& config, const sdp::Session& session,
                                       bool secured_hop) noexcept {
    const auto sections = session.sections();
    const bool keys = std::any_of(sections.begin(), sections.end(),
                                  [](const sdp::MediaSection& s) { return s.crypto; });
    if (!keys || secured_hop || !config.srtp_over_tls_only) {
        return std::nullopt;
    }
    return SdpRefusal{488, "Not Acceptable Here",
                      "SRTP keys (a=crypto) would leave by a hop without TLS"};
}

bool may_be_far_end(const Config& config, RealmId realm, bool behind_nat,
                    const sdp::MediaSection& section) noexcept {
    const IpAddr& address = section.address;
    if (address.is_loopback() || address.is_multicast() || address.family() == Family::kNone) {
        return false;
    }
    const auto ours = [&](const Realm& r) { return r.address.address == address; };
    if (std::none_of(config.realms.begin(), config.realms.end(), ours)) {
        return true;
    }
    const Realm& here = config.realms[realm.value];
    return !behind_nat && address == here.address.address &&
           section.port.value >= here.media_ports.first &&
           section.port.value <= here.media_ports.last;
}

std::bitset<sdp::kMaxSections> rejected_sections(const Config& config, const sdp::Session& session,
                                                 const sdp::Session* offer) noexcept {
    std::bitset<sdp::kMaxSections> rejected;
    const auto sections = session.sections();
    for (std::size_t i = 0; i < sections.size(); ++i) {
        const bool barred = !sections[i].anchored && config.unanchored == Unanchored::kReject;
        const sdp::MediaSection* const offered =
            offer != nullptr && i < offer->sections().size() ? &offer->sections()[i] : nullptr;
        rejected[i] =
            barred || (offered != nullptr && offered->port.value == 0 && !offered->bundle_only);
    }
    return rejected;
}

std::optional<std::string> crossing_description(const Config& config, RealmId to,
                                                const sip::Message& message,
                                                std::optional<std::string_view> negotiated) {
    if (negotiated) {
        return std::string(*negotiated);
    }
    const auto own = session_description(message);
    return own.empty() ? std::nullopt : std::optional(hidden(config, to, own));
}

std::string hidden(const Config& config, RealmId to, std::string_view text) {
    const auto session = read_session(config, text);
    if (!session.ok() || exposed_keys(config, *session, false)) {
        return {};
    }
    const sdp::Rewrite plan{config.realms[to.value].address.address, {}};
    std::string out(text.size() + sdp::kMaxGrowth, '\0');
    const auto rewritten = sdp::rewrite(*session, plan, std::span(out));
    out.resize(rewritten.ok() ? rewritten->size() : 0);
    return out;
}

}  // namespace sallyport::call
