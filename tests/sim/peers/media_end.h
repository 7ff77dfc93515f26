// SPDX-License-Identifier: Apache-2.0
// One end of a session: offers and answers as RFC 3264 wants them, and what was agreed. Owner: one
// dialog of one phone. Tests only.
#pragma once

#include "tests/sim/peers/session_text.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::sim {

/// One agreed m-line: where this end receives, and where it was told to send. Port 0: rejected.
struct AgreedLine {
    Endpoint ours;
    Endpoint theirs;
};

class MediaEnd {
public:
    enum class Pending : std::uint8_t { kNone, kOurs, kTheirs };

    MediaEnd(std::string name, const Endpoint& media) : name_(std::move(name)), media_(media) {}

    /// A new offer of at least so many lines; ours is pending until take_answer() or fail().
    [[nodiscard]] std::string offer(std::size_t lines, std::string_view direction);
    /// Their offer has come and is not answered yet.
    void hear_offer() { pending_ = Pending::kTheirs; }
    /// Takes their offer and answers it at once. missing: so many lines too few (a vice).
    [[nodiscard]] std::string answer(std::string_view offer, std::size_t missing = 0);
    void take_answer(std::string_view text);
    /// Our offer failed: what was agreed before stays.
    void fail() { pending_ = Pending::kNone; }
    /// The media moves to other ports with the next offer.
    void move() { media_.port.value = static_cast<std::uint16_t>(media_.port.value + 20); }

    [[nodiscard]] Pending pending() const noexcept { return pending_; }
    [[nodiscard]] const std::vector<AgreedLine>& agreed() const noexcept { return agreed_; }

private:
    [[nodiscard]] std::string write(const std::vector<MediaLine>& lines);
    [[nodiscard]] Endpoint port_of(std::size_t line) const;

    std::string name_;
    Endpoint media_;
    Pending pending_{Pending::kNone};
    std::vector<MediaLine> ours_;  // as last written
    std::vector<AgreedLine> agreed_;
    std::string last_;  // without its o= line
    std::uint32_t version_{0};
};

}  // namespace sallyport::sim
