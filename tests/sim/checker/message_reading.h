// SPDX-License-Identifier: Apache-2.0
// What several rules of the checker read from a message. Tests only.
#pragma once

#include "b2bua/sip/message.h"

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::sim {

[[nodiscard]] inline std::string dialog_key(std::string_view call_id, std::string_view ours,
                                            std::string_view theirs) {
    std::string key(call_id);
    return key.append(" ").append(ours).append(" ").append(theirs);
}

/// All values of a list header, in order.
[[nodiscard]] inline std::vector<std::string> values_of(const sip::Message& message,
                                                        sip::HeaderId id) {
    std::vector<std::string> all;
    sip::ValueCursor cursor(message, id);
    while (const auto value = cursor.next()) {
        all.emplace_back(*value);
    }
    return all;
}

/// The digits at its beginning; 0: there are none.
[[nodiscard]] inline std::uint32_t number_in(std::string_view value) {
    std::uint32_t number = 0;
    (void)std::from_chars(value.data(), value.data() + value.size(), number);
    return number;
}

/// What stands in <>, or the value.
[[nodiscard]] inline std::string uri_of(std::string_view value) {
    const auto open = value.find('<');
    const auto close = value.find('>');
    return std::string(open == value.npos || close == value.npos
                           ? value
                           : value.substr(open + 1, close - open - 1));
}

}  // namespace sallyport::sim
