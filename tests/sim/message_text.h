// SPDX-License-Identifier: Apache-2.0
// What models and checker alike read from the text of a message. Tests only.
#pragma once

#include "b2bua/sip/message.h"

#include <string>
#include <string_view>
#include <vector>

namespace sallyport::sim {

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

/// What stands in <>, or the value.
[[nodiscard]] inline std::string_view inside_angles(std::string_view value) {
    const auto open = value.find('<');
    const auto close = value.find('>');
    return open == value.npos || close == value.npos ? value
                                                     : value.substr(open + 1, close - open - 1);
}

}  // namespace sallyport::sim
