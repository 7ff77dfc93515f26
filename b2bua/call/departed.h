// SPDX-License-Identifier: Apache-2.0
// Far-leg dialogs of calls that are gone and that had their BYE: a 2xx of theirs that the network
// kept needs its ACK and nothing more, while one of a dialog that nobody has ended needs a BYE too
// (E-R7). Bounded, expires. Owner: CallTable.
#pragma once

#include "config/types/units.h"

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_set>

namespace sallyport::call {

class Departed {
public:
    static constexpr Millis kLife{32'000};  // 64*T1: no 2xx is repeated for longer
    static constexpr std::size_t kMax = 65536;

    void remember(std::string_view call_id, std::string_view remote_tag, Moment now);
    [[nodiscard]] bool knows(std::string_view call_id, std::string_view remote_tag) const;
    void expire(Moment now);

private:
    struct Entry {
        Moment until;
        std::string key;
    };
    void forget_oldest();

    std::deque<Entry> oldest_first_;
    std::unordered_set<std::string> keys_;
};

}  // namespace sallyport::call
