// SPDX-License-Identifier: Apache-2.0
// What a phone will do in one call: how it rings and answers, what it does while it talks, and
// where it misbehaves. Made from a seed (plan.h) or by hand. Tests only.
#pragma once

#include "config/types/units.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace sallyport::sim {

enum class Deed : std::uint8_t {
    kHold,
    kResume,
    kMove,           // re-INVITE with other media ports
    kAddLine,        // re-INVITE with one more m-line
    kAskOffer,       // re-INVITE without SDP
    kCancelledHold,  // a re-INVITE that is cancelled at once
    kUpdate,
    kRefresh,  // UPDATE without SDP
    kInfo,
    kMessage,
    kOptions,
    kUnknown,
    kRefer,
    kNotify,
    kSubscribe,  // a fetch (RFC 6665 s.4.4.3): one NOTIFY, and it is over
    kBye,
    // Vices.
    kWrongTagBye,
    kStaleInfo,
    kJunk,
};

struct Step {
    Millis after;
    Deed deed;
};

struct Ring {
    Millis after;  // the INVITE came
    int status;
    bool sdp{false};
    bool reliable{false};
};

/// RFC 4028, as one phone does it.
struct SessionTimerScript {
    bool knows{false};            // Supported: timer
    std::uint32_t asks{0};        // s; 0: it wants none
    bool prefers_peer{false};     // the other one shall refresh, where that is its choice (s.9)
    bool names_refresher{false};  // in its first INVITE, that is itself
    std::uint32_t least{90};      // s; below it 422
    bool by_update{false};
    bool dies{false};  // does not refresh
    bool watches{
        false};  // hangs up when nobody has refreshed (s.10); else it leaves that to others
    bool presumes{false};  // a vice: makes a caller refresh that does not know timers
};

struct Vices {
    bool never_ack{false};
    bool ok_without_sdp{false};
    bool too_few_lines{false};
    bool changed_tag{false};  // the 2xx has another To tag than the 1xx
    bool final_after_final{false};
    bool early_bye{false};  // the callee says BYE while it rings
    [[nodiscard]] bool any() const noexcept {
        return never_ack || ok_without_sdp || too_few_lines || changed_tag || final_after_final ||
               early_bye;
    }
};

struct Script {
    bool delayed_offer{false};
    bool reliable{false};  // knows 100rel
    std::size_t lines{1};
    std::vector<Ring> rings;
    int final_status{200};
    Millis final_after{500};
    std::optional<Millis> cancel_after;
    std::vector<Step> early;  // counted from the first early dialog
    std::vector<Step> steps;  // counted from the ACK
    Millis think{0};          // before a request inside the dialog is answered
    int reinvite_status{200};
    bool reports_transfers{false};        // by NOTIFY, when it is asked for one
    std::optional<Millis> restart_after;  // forgets everything, so long after the call began
    SessionTimerScript timer;
    Vices vices;
};

}  // namespace sallyport::sim
