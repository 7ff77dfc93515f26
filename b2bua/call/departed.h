// SPDX-License-Identifier: Apache-2.0
// Dialogs of calls that are gone, and the ACKs of INVITEs that are done with: a 2xx that the
// network kept needs the same ACK again and nothing more when its dialog had its BYE (E-R3), while
// one of a dialog that nobody has ended needs a BYE too, under the next number of that dialog
// (E-R7); and the far end's BYE that crossed ours may still come (E-R6). Bounded, expires. Owner:
// CallTable.
#pragma once

#include "b2bua/call/call.h"
#include "b2bua/sip/message.h"
#include "config/types/units.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sallyport::call {

class Departed {
public:
    static constexpr Millis kLife{32'000};  // 64*T1: no 2xx is repeated for longer
    static constexpr std::size_t kMax = 65536;

    /// ended: it had its BYE.
    void remember(const Dialog& dialog, bool ended, Moment now);
    /// It had its BYE.
    [[nodiscard]] bool knows(std::string_view call_id, std::string_view remote_tag) const;
    /// A BYE from there that ours crossed and that comes only now, for it was lost on its way or
    /// overtaken (E-R6). True once.
    [[nodiscard]] bool take_bye(std::string_view call_id, std::string_view remote_tag);
    /// The number of our last request in it; 0: not known.
    [[nodiscard]] std::uint32_t last_cseq(std::string_view call_id,
                                          std::string_view remote_tag) const;
    /// The ACK of a 2xx, by what both have: Call-ID, To tag and CSeq number.
    void keep_ack(const SentAck& ack, Moment now);
    /// That of this 2xx; null: none was sent, or too long ago.
    [[nodiscard]] const SentAck* ack_of(const sip::Message& response) const;
    void expire(Moment now);

private:
    struct Entry {
        Moment until;
        std::string key;
    };
    struct Kept {
        Moment until;
        bool ended{false};
        bool said_bye{false};
        std::uint32_t last_cseq{0};
        SentAck ack;  // or that, without the three above
    };
    [[nodiscard]] Kept& keep(std::string key, Moment now);
    void forget_oldest();

    std::deque<Entry> oldest_first_;  // one that is kept anew has another entry
    std::unordered_map<std::string, Kept> kept_;
};

}  // namespace sallyport::call
