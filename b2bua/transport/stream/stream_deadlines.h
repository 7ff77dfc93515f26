// SPDX-License-Identifier: Apache-2.0
// When a connection has had its time, and for which reason (B2, B22). One per connection; the
// moments are handed in. Pure.
#pragma once

#include "b2bua/transport/stream/stream_counters.h"
#include "b2bua/transport/stream/stream_options.h"

#include <optional>

namespace sallyport {

class StreamDeadlines {
public:
    enum class Phase : std::uint8_t { kConnecting, kHandshaking, kOpen, kEnding };

    StreamDeadlines(const StreamTimes& times, bool outbound, Moment now) noexcept
        : times_(times), outbound_(outbound), since_(now), active_(now) {}

    void enter(Phase phase, Moment now) noexcept;
    [[nodiscard]] Phase phase() const noexcept { return phase_; }

    void received_message(Moment now) noexcept;
    void sent_message(Moment now) noexcept { active_ = now; }
    /// After every read: whether it ended inside a message.
    void inside_message(bool inside, Moment now) noexcept;
    /// After every write: whether octets are left that the far end does not take.
    void waits_to_write(bool waits, bool wrote, Moment now) noexcept;
    /// Of use to somebody however long it is silent: a registration, a dialog, a trunk.
    void keep(bool kept, Moment now) noexcept;

    /// Why the connection has to close now; the reason of one in kEnding is its owner's.
    [[nodiscard]] std::optional<CloseReason> due(Moment now) const noexcept;

private:
    [[nodiscard]] std::optional<CloseReason> due_when_open(Moment now) const noexcept;

    StreamTimes times_;
    bool outbound_;
    bool kept_{false};
    bool had_message_{false};
    Phase phase_{Phase::kConnecting};
    Moment since_;                         // of the phase; an inbound one's kHandshaking goes on
    Moment active_;                        // last message in or out
    std::optional<Moment> message_since_;  // its first octet
    std::optional<Moment> write_since_;    // nothing was taken since
};

}  // namespace sallyport
