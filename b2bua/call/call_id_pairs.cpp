// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/call_id_pairs.h"

#include <utility>

namespace sallyport::call {

void CallIdPairs::remember(std::string_view one, std::string_view other) {
    const auto [entry, fresh] = other_.try_emplace(std::string(one), other);
    if (!fresh) {
        other_.erase(entry->second);  // another attempt, or the caller's next try (D4)
        entry->second = other;
    } else {
        oldest_first_.emplace_back(one);
    }
    other_.insert_or_assign(std::string(other), std::string(one));
    if (oldest_first_.size() > kMax) {
        const std::string oldest = std::move(oldest_first_.front());
        oldest_first_.pop_front();
        const std::string partner(this->other(oldest));
        other_.erase(oldest);
        other_.erase(partner);
    }
}

std::string_view CallIdPairs::other(std::string_view call_id) const {
    const auto found = other_.find(std::string(call_id));
    return found == other_.end() ? std::string_view{} : std::string_view(found->second);
}

}  // namespace sallyport::call
