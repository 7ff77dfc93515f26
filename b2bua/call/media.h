// SPDX-License-Identifier: Apache-2.0
// The media of one call: a relay per anchored m-line, what each side offered and answered, and when
// it takes effect (spec E1-E8, F10, F11, G3). Owner: a Call, on its shard's thread. Relay commands
// go out through RelayControl.
#pragma once

#include "b2bua/call/anchoring.h"
#include "b2bua/call/media_report.h"
#include "config/config.h"
#include "config/types/result.h"
#include "dataplane/relay.h"
#include "sdp-rewrite/origin.h"
#include "sdp-rewrite/session.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sallyport::call {

/// What a session description means in its place (E1).
enum class SdpRole : std::uint8_t {
    kOffer,
    kAnswer,
    kPreview,  // SDP of an unreliable 1xx: applied at once, not a commitment (E2)
    kPassive,  // outside offer/answer: rewritten, changes no media (E1)
};

/// Where the signalling of one side comes from.
struct MediaPeer {
    RealmId realm;
    IpAddr signalling_source;
    bool through_nat{false};  // its signalling says another address than that one (G3)
    bool secured{false};      // its signalling cannot be read on the way (F15)
};

class Media {
public:
    explicit Media(dataplane::RelayControl& relays, const Config& config) noexcept
        : relays_(relays), config_(config) {}
    Media(const Media&) = delete;
    Media& operator=(const Media&) = delete;
    ~Media() { release(); }

    void set_peer(Side side, const MediaPeer& peer) noexcept { peers_[index(side)] = peer; }
    /// As the message that its next SDP comes with says (MediaPeer::through_nat).
    void set_through_nat(Side side, bool is) noexcept { peers_[index(side)].through_nat = is; }

    /// Takes an SDP that came from one side and returns the text for the other side. origin: of the
    /// dialog that it is sent on. An offer takes relays for new m-lines; an answer or preview
    /// points media at both sides.
    [[nodiscard]] Result<std::string, SdpRefusal> carry(Side from, SdpRole role,
                                                        std::string_view text, sdp::Origin& origin);

    /// The INVITE has no 2xx yet: what side B sends goes to A only when a 1xx had an SDP (E13), and
    /// no line is given up, because another callee may still take it (E12).
    void begin_early() noexcept;
    /// The 2xx has come: both ways are open, lines that it refused are given up (E5).
    void end_early() noexcept;
    /// Of several early dialogs this one is heard from now on (E13, G8). open: false while the far
    /// side says that its early media is not to be heard (P-Early-Media: inactive, RFC 5009 s.8).
    void take_floor(bool open) noexcept;
    /// For another early dialog that answers the same offer of `offerer`: ports of its own on side
    /// A, shared ones on side B (E12). Null: no port is free.
    [[nodiscard]] std::unique_ptr<Media> branch(Side offerer, std::string_view offer);

    /// A 2xx came without SDP after an unreliable 1xx that had some: the preview was the answer
    /// after all (E2).
    void settle_for_preview() noexcept;

    /// Offers to one side again what the other one last agreed to, so that nothing changes
    /// (RFC 4028 s.7.4). Nullopt: nothing was agreed yet.
    [[nodiscard]] std::optional<std::string> repeat_offer(Side to, sdp::Origin& origin);

    /// Side A brings a session along, which that leg goes on with: what it is offered never has
    /// fewer lines than it had before (RFC 3264 s.8). Lines that side B knows nothing of are
    /// rejected ones, and B is not shown them.
    void continue_session(std::string said_by_a) noexcept { continued_ = std::move(said_by_a); }
    /// What that side said last of what was agreed upon; empty: nothing was.
    [[nodiscard]] const std::string& agreed_by(Side side) const noexcept {
        return agreed_[index(side)];
    }

    /// The pending offer failed: what was committed before stays (E8). Relays that it took for new
    /// lines go.
    void rollback() noexcept;

    /// The offer was refused but the ports stay, for the same caller's next try (D4): nothing is
    /// relayed meanwhile.
    void rollback_to_ports() noexcept;

    /// An answer to what `to` last offered that rejects every stream (E3), for an ACK that we must
    /// invent.
    [[nodiscard]] std::optional<std::string> rejection_for(Side to, sdp::Origin& origin) const {
        return rejection_of(offer_text_[index(to)], to, origin);
    }
    /// The same for an offer that was never carried.
    [[nodiscard]] std::optional<std::string> rejection_of(std::string_view offer_text, Side to,
                                                          sdp::Origin& origin) const;

    /// True when its relays, if any, join these two realms.
    [[nodiscard]] bool joins(RealmId a, RealmId b) const noexcept {
        return peers_[0].realm == a && peers_[1].realm == b;
    }

    /// Ends all relays; their ports go into quarantine (G1).
    void release() noexcept;

    [[nodiscard]] bool offer_pending() const noexcept { return offered_by_.has_value(); }
    [[nodiscard]] std::optional<Side> offered_by() const noexcept { return offered_by_; }

    /// The relays now held, one per live anchored m-line.
    [[nodiscard]] std::vector<dataplane::RelayId> relay_ids() const;
    /// One relayed m-line: our ports, and what the relay was told of each side.
    struct Relayed {
        dataplane::RelayPorts ports;
        std::array<dataplane::RemoteMedia, 2> told;
    };
    [[nodiscard]] std::vector<Relayed> relayed() const;
    [[nodiscard]] RealmId realm(Side side) const noexcept { return peers_[index(side)].realm; }
    /// The m-line, from 1, that this relay is of; 0: of none.
    [[nodiscard]] std::size_t line_of(dataplane::RelayId relay) const noexcept;
    /// True when some m-line is expected to carry media (G13): anchored, and not held by both
    /// sides.
    [[nodiscard]] bool expects_media() const noexcept;
    /// What is known of each m-line, those that are not relayed included; without age and verdict.
    [[nodiscard]] std::vector<MediaLine> describe() const;

private:
    using Remotes = std::array<std::optional<dataplane::RemoteMedia>, 2>;  // [side]
    using Rejected = std::bitset<sdp::kMaxSections>;                       // sections
    struct Line {
        std::optional<dataplane::RelayPorts> relay;
        bool fresh{false};  // taken for the pending offer; rollback gives it back
        Remotes pending{};
        Remotes committed{};
        std::array<dataplane::RemoteMedia, 2> applied{};  // what the relay was told last
    };

    static std::size_t index(Side side) noexcept { return static_cast<std::size_t>(side); }
    [[nodiscard]] std::optional<SdpRefusal> take_lines(Side from, const sdp::Session& session);
    [[nodiscard]] Result<sdp::Session, SdpRefusal> lengthened(const sdp::Session& offer,
                                                              std::string& room);
    void note(Side from, const sdp::Session& session, Rejected rejected);
    void announce(Side from) noexcept;
    void apply_pending(bool commit) noexcept;
    void apply_both(Line& line, const Remotes& remotes) noexcept;
    void drop_line(Line& line) noexcept;
    void apply(Line& line, Side side, const dataplane::RemoteMedia& remote) noexcept;
    [[nodiscard]] dataplane::RemoteMedia remote_of(Side side,
                                                   const sdp::MediaSection& section) const;
    void describe_side(MediaLine& to, const Line& line, Side side) const;
    [[nodiscard]] Result<std::string, SdpRefusal> write(Side to, const sdp::Session& session,
                                                        Rejected rejected,
                                                        sdp::Origin& origin) const;
    [[nodiscard]] Result<std::string, SdpRefusal> carry_offer(Side from,
                                                              const sdp::Session& session,
                                                              sdp::Origin& origin);
    [[nodiscard]] Result<std::string, SdpRefusal> carry_answer(Side from, bool commit,
                                                               const sdp::Session& session,
                                                               sdp::Origin& origin);

    dataplane::RelayControl& relays_;
    const Config& config_;
    std::array<MediaPeer, 2> peers_{};
    std::vector<Line> lines_;
    std::optional<Side> offered_by_;
    std::array<std::string, 2>
        offer_text_{};                     // last offer received from each side, as it came (F8)
    std::array<std::string, 2> said_{};    // last offer, answer or preview of each side
    std::array<std::string, 2> agreed_{};  // the same when an answer came last
    std::string continued_;                // what side A said before side B was who it is
    std::size_t lines_of_b_{0};            // in its last offer, where side A was shown more
    bool committed_once_{false};
    bool early_{false};
    bool heard_{true};  // media of side B goes on to side A
};

}  // namespace sallyport::call
