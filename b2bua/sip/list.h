// SPDX-License-Identifier: Apache-2.0
// Splits one header value at its list commas; commas inside quotes and <> do not split (A5).
// Internal to b2bua/sip. Pure.
#pragma once

#include "b2bua/sip/scan.h"

#include <string_view>

namespace sallyport::sip {

struct ListElement {
    std::string_view text;  // trimmed; empty is a fault of the list (A13)
    const char* rest;       // after the comma; nullptr when this was the last element
};

/// The element that starts at p. An open quote or bracket runs to the end of the value, where its
/// own parser refuses it.
[[nodiscard]] inline ListElement first_element(const char* p, const char* end) noexcept {
    const char* const begin = p;
    bool in_brackets = false;
    while (p != end) {
        const char c = *p;
        if (c == '"' && !in_brackets) {
            p = scan::quoted_end(p, end);
            if (p == nullptr) {
                break;
            }
            continue;
        }
        if (c == ',' && !in_brackets) {
            return {scan::trim(begin, p), p + 1};
        }
        in_brackets = c == '<' || (in_brackets && c != '>');
        ++p;
    }
    return {scan::trim(begin, end), nullptr};
}

}  // namespace sallyport::sip
