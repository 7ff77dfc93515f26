// SPDX-License-Identifier: Apache-2.0
#include "b2bua/transport/stream/stream_deadlines.h"

namespace sallyport {

void StreamDeadlines::enter(Phase phase, Moment now) noexcept {
    // Half-open counts from the acceptance, so that a slow handshake does not double it.
    const bool still_half_open = phase == Phase::kOpen && !outbound_;
    phase_ = phase;
    if (!still_half_open) {
        since_ = now;
    }
    active_ = now;
}

void StreamDeadlines::received_message(Moment now) noexcept {
    had_message_ = true;
    active_ = now;
    message_since_.reset();
}

void StreamDeadlines::inside_message(bool inside, Moment now) noexcept {
    if (!inside) {
        message_since_.reset();
    } else if (!message_since_) {
        message_since_ = now;
    }
}

void StreamDeadlines::waits_to_write(bool waits, bool wrote, Moment now) noexcept {
    if (!waits) {
        write_since_.reset();
    } else if (wrote || !write_since_) {
        write_since_ = now;
    }
}

void StreamDeadlines::keep(bool kept, Moment now) noexcept {
    kept_ = kept;
    active_ = now;
}

std::optional<CloseReason> StreamDeadlines::due(Moment now) const noexcept {
    const auto over = [&](Millis time, CloseReason reason) {
        return now - since_ >= time ? std::optional(reason) : std::nullopt;
    };
    switch (phase_) {
        case Phase::kConnecting:
            return over(times_.connect, CloseReason::connect_timeout);
        case Phase::kHandshaking:
            return over(times_.handshake, CloseReason::handshake_timeout);
        case Phase::kEnding:
            return over(times_.ending, CloseReason::by_owner);
        case Phase::kOpen:
            break;
    }
    return due_when_open(now);
}

std::optional<CloseReason> StreamDeadlines::due_when_open(Moment now) const noexcept {
    if (write_since_ && now - *write_since_ >= times_.write) {
        return CloseReason::write_timeout;
    }
    if (message_since_ && now - *message_since_ >= times_.message) {
        return CloseReason::message_timeout;
    }
    if (kept_) {
        return std::nullopt;
    }
    if (!outbound_ && !had_message_) {
        return now - since_ >= times_.first_message ? std::optional(CloseReason::no_message)
                                                    : std::nullopt;
    }
    return now - active_ >= times_.idle ? std::optional(CloseReason::idle) : std::nullopt;
}

}  // namespace sallyport
