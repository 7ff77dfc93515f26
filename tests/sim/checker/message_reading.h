// SPDX-License-Identifier: Apache-2.0
// What several rules of the checker read from a message. Tests only.
#pragma once

#include "tests/sim/message_text.h"

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace sallyport::sim {

[[nodiscard]] inline std::string dialog_key(std::string_view call_id, std::string_view ours,
                                            std::string_view theirs) {
    std::string key(call_id);
    return key.append(" ").append(ours).append(" ").append(theirs);
}

/// The digits at its beginning; 0: there are none.
[[nodiscard]] inline std::uint32_t number_in(std::string_view value) {
    std::uint32_t number = 0;
    (void)std::from_chars(value.data(), value.data() + value.size(), number);
    return number;
}

}  // namespace sallyport::sim
