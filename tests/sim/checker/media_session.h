// SPDX-License-Identifier: Apache-2.0
// The session of one dialog of the gateway: the offer that is open, and what the last answer has
// settled (RFC 3264 s.4, s.6, s.8; spec E4, E5, E7). Owner: OfferAnswerRules. Tests only.
#pragma once

#include "tests/sim/checker/findings.h"
#include "tests/sim/peers/session_text.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::sim {

using MediaLines = std::vector<MediaLine>;

class MediaSession {
public:
    struct Offer {
        bool ours{false};     // the gateway made it
        std::string carrier;  // the message that it came in
        MediaLines lines;
    };

    /// The gateway sends an offer.
    void make_offer(const Sight& sight, std::string carrier, const MediaLines& lines,
                    Findings& findings);
    /// The peer's offer has come; it is not its fault when another one is open (glare).
    void hear_offer(std::string carrier, MediaLines lines) {
        open_ = Offer{false, std::move(carrier), std::move(lines)};
    }
    /// The gateway answers an offer, or shows what the answer will be (preview).
    void give_answer(const Sight& sight, const MediaLines& offer, const MediaLines& answer,
                     Findings& findings);
    void preview(const Sight& sight, const MediaLines& offer, const MediaLines& answer,
                 Findings& findings);
    /// The peer has answered ours.
    void take_answer(const MediaLines& answer);
    /// The offer in that message came to nothing.
    void drop(std::string_view carrier) {
        if (open_in(carrier)) {
            open_.reset();
            shown_.clear();
        }
    }

    [[nodiscard]] const std::optional<Offer>& open() const noexcept { return open_; }
    [[nodiscard]] bool open_in(std::string_view carrier) const noexcept {
        return open_ && open_->carrier == carrier;
    }

private:
    void check_ports(const Sight& sight, const MediaLines& lines, Findings& findings);
    void settle(const MediaLines& ours, const MediaLines& theirs);

    std::optional<Offer> open_;
    std::vector<std::uint16_t> ports_;  // ours, settled; 0: the slot is free
    std::vector<std::uint16_t> shown_;  // of a preview
};

}  // namespace sallyport::sim
