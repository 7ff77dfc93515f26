// SPDX-License-Identifier: Apache-2.0
// What the fuzz targets of the message grammar share: a broken property ends the run and says which
// one it was.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace sallyport::fuzz {

inline void require(bool holds, const char* what) {
    if (!holds) {
        std::fprintf(stderr, "property broken: %s\n", what);
        std::abort();
    }
}

/// A view that came out of a parser lies in what went in.
inline void require_inside(std::string_view part, std::string_view whole) {
    const auto at = reinterpret_cast<std::uintptr_t>(part.data());
    const auto begin = reinterpret_cast<std::uintptr_t>(whole.data());
    require(part.empty() || (at >= begin && at + part.size() <= begin + whole.size()),
            "a view lies inside the text");
}

}  // namespace sallyport::fuzz
