// SPDX-License-Identifier: Apache-2.0
// Which Call-IDs are the two legs of one call, for a while also when it is over: In-Reply-To names
// calls of the past (RFC 3261 s.20.21, D14). Bounded: the oldest go first. Owner: CallTable.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sallyport::call {

class CallIdPairs {
public:
    static constexpr std::size_t kMax = 16384;

    void remember(std::string_view one, std::string_view other);
    /// Empty: not known.
    [[nodiscard]] std::string_view other(std::string_view call_id) const;

private:
    std::deque<std::string> oldest_first_;  // one of each pair
    std::unordered_map<std::string, std::string> other_;
};

}  // namespace sallyport::call
