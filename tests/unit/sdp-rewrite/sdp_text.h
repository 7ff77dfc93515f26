// SPDX-License-Identifier: Apache-2.0
// Short ways to write session descriptions and anchors in tests.
#pragma once

#include "sdp-rewrite/rewrite.h"
#include "sdp-rewrite/session.h"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sallyport::sdp::test {

/// "a|b" becomes "a\r\nb\r\n".
inline std::string crlf(std::string_view lines) {
    std::string text;
    for (const char c : lines) {
        if (c == '|') {
            text += "\r\n";
        } else {
            text += c;
        }
    }
    return text.empty() ? text : text + "\r\n";
}

/// The address that stands for us in these tests.
inline const IpAddr kOurV4 = *IpAddr::parse("203.0.113.9");
inline const IpAddr kOurV6 = *IpAddr::parse("2001:db8:9::1");

inline std::optional<Anchor> pair_at(std::uint16_t rtp) {
    return Anchor{Port{rtp}, Port{static_cast<std::uint16_t>(rtp + 1)}};
}
inline std::optional<Anchor> ports(std::uint16_t rtp, std::uint16_t rtcp) {
    return Anchor{Port{rtp}, Port{rtcp}};
}

/// What rewrite() made, or the words of its fault.
inline std::string rewritten(std::string_view text, const Rewrite& plan) {
    const auto session = Session::parse(text);
    if (!session) {
        return std::string("unparsable: ") + describe(session.error().fault);
    }
    std::vector<char> out(text.size() + kMaxGrowth);
    const auto result = rewrite(*session, plan, out);
    return result ? std::string(*result) : std::string("fault: ") + describe(result.error());
}

}  // namespace sallyport::sdp::test
