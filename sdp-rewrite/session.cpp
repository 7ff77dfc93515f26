// SPDX-License-Identifier: Apache-2.0
// The one pass over a session description: B2BUA-F2 tolerance, F3 effective addresses, F6 profiles.
// A section is completed when the next one begins, because its own c= may stand anywhere in it.
#include "sdp-rewrite/session.h"

#include "sdp-rewrite/attributes.h"
#include "sdp-rewrite/grammar.h"
#include "sdp-rewrite/origin.h"

#include <limits>

namespace sallyport::sdp {

class SessionParser {
public:
    SessionParser(std::string_view text, Anchoring anchoring) noexcept : anchoring_(anchoring) {
        session_.text_ = text;
    }

    [[nodiscard]] Result<Session, ParseFault> run() noexcept {
        if (session_.text_.size() > kMaxText) {
            return Failure{ParseFault{Fault::kTooLong, 0}};
        }
        LineCursor lines(session_.text_);
        auto fault = first_line(lines);
        while (!fault && !lines.at_end()) {
            line_ = lines.next();
            fault = on_line();
        }
        if (!fault) {
            fault = complete_section();
        }
        if (fault) {
            return Failure{ParseFault{*fault, static_cast<std::uint32_t>(fault_offset_)}};
        }
        return session_;
    }

private:
    using MaybeFault = std::optional<Fault>;

    MaybeFault first_line(LineCursor& lines) noexcept {
        const Line first = lines.next();
        std::string_view rest = first.value;
        if (!first.well_formed || first.type != 'v' || take_token(rest) != "0") {
            return Fault::kNotSdp;
        }
        session_.line_end_ = first.end.empty() ? std::string_view("\r\n") : first.end;
        return std::nullopt;
    }

    MaybeFault on_line() noexcept {
        fault_offset_ = line_.offset;
        if (line_.type == '\0') {
            ended_ = true;  // only empty lines may follow: some senders end the body with one
            return std::nullopt;
        }
        if (ended_ || !line_.well_formed) {
            return Fault::kBadLine;
        }
        switch (line_.type) {
            case 'o':
                return on_origin();
            case 'c':
                return on_connection();
            case 'm':
                return on_media();
            case 'b':
                on_bandwidth();
                return std::nullopt;
            case 'a':
                return on_attribute();
            default:
                return std::nullopt;
        }
    }

    MaybeFault on_origin() noexcept {
        const auto origin = parse_origin(line_.value);
        if (!origin || session_.origin_.present() || section_ != nullptr) {
            return Fault::kBadOrigin;
        }
        const char* const start = line_.value.data();
        const auto identity = static_cast<std::size_t>(origin->sess_version.data() - start);
        const std::size_t version = origin->sess_version.size();
        // Below the capacity of an Origin: a version of all nines grows by a digit, and our own
        // address takes the place of a shorter one.
        if (identity > kMaxOriginIdentity || version >= kMaxOriginVersion ||
            line_.value.size() - identity - version > kMaxOriginAddress - kLongestAddress) {
            return Fault::kBadOrigin;
        }
        session_.origin_ = *origin;
        return std::nullopt;
    }

    MaybeFault on_connection() noexcept {
        if (section_ == nullptr) {
            if (session_connection_) {
                return Fault::kBadConnection;
            }
            session_connection_ = parse_connection(line_.value);
            session_.connection_ = line_.value;
            return std::nullopt;
        }
        if (connection_ && !second_connection_) {
            second_connection_ = line_.offset;
        }
        connection_ = parse_connection(line_.value);
        section_->own_connection = true;
        return std::nullopt;
    }

    MaybeFault on_media() noexcept {
        if (const auto fault = complete_section()) {
            return fault;
        }
        fault_offset_ = line_.offset;
        const auto media = parse_media(line_.value);
        if (!media) {
            return Fault::kBadMedia;
        }
        if (session_.count_ == std::min(kMaxSections, anchoring_.max_sections)) {
            return Fault::kTooManySections;
        }
        section_ = &session_.sections_[session_.count_++];
        section_offset_ = line_.offset;
        connection_.reset();
        second_connection_.reset();
        rtcp_.reset();
        begin_section(*media);
        return std::nullopt;
    }

    void begin_section(const Media& media) noexcept {
        section_->media = media.media;
        section_->proto = media.proto;
        section_->formats = media.formats;
        section_->m_line = {line_.whole.data(), line_.whole.size() - line_.end.size()};
        section_->port = media.port;
        section_->port_count = media.port_count;
        const Profile* const profile = find_profile(media.proto);
        section_->anchored =
            profile != nullptr || (anchoring_.plain_udp && equal_ignoring_case(media.proto, "udp"));
        section_->rtp = profile != nullptr && profile->rtp;
        std::string_view rest = section_->rtp ? media.formats : std::string_view{};
        for (auto format = take_token(rest); !format.empty(); format = take_token(rest)) {
            const auto type = parse_u16(format);
            if (type && *type < section_->payload_types.size()) {
                section_->payload_types[*type] = true;
            }
        }
    }

    MaybeFault on_attribute() noexcept {
        const Attribute attribute = parse_attribute(line_.value);
        if (const auto direction = find_direction(attribute.name)) {
            on_direction(*direction);
        } else if (section_ == nullptr) {
            return std::nullopt;
        } else if (equal_ignoring_case(attribute.name, "rtcp")) {
            rtcp_ = parse_rtcp(attribute.value);
            if (!rtcp_ && section_->anchored) {
                return Fault::kBadRtcp;
            }
        } else if (equal_ignoring_case(attribute.name, "rtcp-mux") ||
                   equal_ignoring_case(attribute.name, "rtcp-mux-only")) {
            section_->rtcp_mux = true;
        } else if (equal_ignoring_case(attribute.name, "bundle-only")) {
            section_->bundle_only = true;
        } else if (equal_ignoring_case(attribute.name, "crypto")) {
            section_->crypto = true;
        }
        return std::nullopt;
    }

    /// At session level it is a sum of all media, of which no share is known (RFC 8866 s.5.8).
    void on_bandwidth() noexcept {
        if (section_ != nullptr) {
            section_->bandwidth = std::max(section_->bandwidth, parse_bandwidth(line_.value));
        }
    }

    void on_direction(Direction direction) noexcept {
        if (section_ == nullptr) {
            session_direction_ = direction;
            session_.own_direction_ = true;
        } else {
            section_->direction = direction;
            section_->own_direction = true;
        }
    }

    MaybeFault complete_section() noexcept {
        if (section_ == nullptr) {
            return std::nullopt;
        }
        fault_offset_ = section_offset_;
        const auto& effective = connection_ ? connection_ : session_connection_;
        if (section_->live() && !effective) {
            return Fault::kMissingConnection;
        }
        if (section_->live() && second_connection_) {
            fault_offset_ = *second_connection_;  // RFC 8866 s.5.7: several only for multicast
            return Fault::kBadConnection;
        }
        if (section_->live() && !effective->valid) {
            return Fault::kBadConnection;
        }
        if (effective && effective->valid) {
            section_->address = effective->ip;
            section_->address_text = effective->host;
            section_->multicast = effective->multicast;
        }
        if (rtcp_) {
            section_->rtcp =
                Endpoint{rtcp_->address.empty() ? section_->address : rtcp_->ip, rtcp_->port};
        }
        if (!section_->own_direction) {
            section_->direction = session_direction_;
        }
        return std::nullopt;
    }

    Anchoring anchoring_;
    Session session_;
    Line line_;
    bool ended_{false};
    std::size_t fault_offset_{0};
    std::optional<Connection> session_connection_;
    Direction session_direction_{Direction::kSendRecv};
    // Of the section being read:
    MediaSection* section_{nullptr};
    std::size_t section_offset_{0};
    std::optional<Connection> connection_;
    std::optional<std::size_t> second_connection_;  // its offset
    std::optional<Rtcp> rtcp_;
};

Result<Session, ParseFault> Session::parse(std::string_view text, Anchoring anchoring) noexcept {
    return SessionParser(text, anchoring).run();
}

bool Session::any_anchored() const noexcept {
    for (const MediaSection& section : sections()) {
        if (section.anchored) {
            return true;
        }
    }
    return false;
}

Endpoint MediaSection::rtcp_endpoint(bool multiplexed) const noexcept {
    if (multiplexed) {
        return {address, port};
    }
    if (rtcp) {
        return *rtcp;
    }
    if (port.value == 0 || port.value == std::numeric_limits<std::uint16_t>::max()) {
        return {address, Port{0}};
    }
    return {address, Port{static_cast<std::uint16_t>(port.value + 1)}};
}

}  // namespace sallyport::sdp
