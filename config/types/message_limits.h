// SPDX-License-Identifier: Apache-2.0
// How much of a message is read (B2BUA-A19). Octets and counts.
#pragma once

#include <cstdint>

namespace sallyport {

/// The defaults are the specification's, save for tag: 128 would refuse RFC 4475 s.3.1.1.7, whose
/// tag has 155 octets and which must pass. Above the capacities below a limit changes nothing.
struct MessageLimits {
    static constexpr std::uint16_t kMaxHeaders = 256;
    static constexpr std::uint8_t kMaxBodyParts = 16;
    static constexpr std::uint8_t kMaxBodyNesting = 3;
    static constexpr std::uint8_t kMaxMediaLines = 32;

    std::uint32_t header_section{32768};
    std::uint32_t header_line{8192};
    std::uint32_t body{32768};
    std::uint16_t uri{1024};
    std::uint16_t call_id{256};
    std::uint16_t tag{256};
    std::uint16_t headers{kMaxHeaders};
    std::uint8_t via{70};
    std::uint8_t route{30};
    std::uint8_t contact{32};
    std::uint8_t body_parts{kMaxBodyParts};      // in the whole body, however nested
    std::uint8_t body_nesting{kMaxBodyNesting};  // multiparts inside one another
    std::uint8_t media_lines{kMaxMediaLines};
    bool tolerate_bare_lf{false};  // A2
};

}  // namespace sallyport
