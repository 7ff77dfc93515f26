// SPDX-License-Identifier: Apache-2.0
// The confirmed dialogs of the other shards, as they tell of them (D14). As many as max-calls lets
// them have, twice. Owner: CallTable of one shard, on its thread.
#pragma once

#include "b2bua/call/dialog_directory.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sallyport::call {

class FarDialogs {
public:
    void apply(const DialogChange& change);
    [[nodiscard]] std::optional<NamedDialog> behind(std::string_view call_id,
                                                    std::string_view local_tag,
                                                    std::string_view remote_tag) const;
    [[nodiscard]] std::size_t size() const noexcept { return by_key_.size(); }

private:
    struct Entry {
        std::string remote_tag;
        NamedDialog behind;
    };
    std::unordered_map<std::string, Entry> by_key_;  // Call-ID, LF, local tag
};

}  // namespace sallyport::call
