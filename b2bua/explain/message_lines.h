// SPDX-License-Identifier: Apache-2.0
// A message as lines for reading, and which line of one message has become which of another. Pure.
#pragma once

#include "b2bua/sip/header.h"
#include "b2bua/sip/message.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::explain {

enum class Part : std::uint8_t { kStart, kHeader, kEmpty, kBody };

struct Line {
    Part part{Part::kStart};
    sip::HeaderId id{sip::HeaderId::kUnknown};  // of kHeader
    std::string key;   // lines of the same kind have the same: long header name, "a=rtcp:", "m="
    std::string text;  // printable, folds undone
};

/// Control octets as \xNN; nothing of a message may speak to the terminal.
[[nodiscard]] std::string printable(std::string_view text);

[[nodiscard]] std::vector<Line> lines_of(const sip::Message& message);

/// Two lines that belong together, or one that has no counterpart.
struct Pair {
    std::optional<std::size_t> before;
    std::optional<std::size_t> after;
};

/// In the order of both; as many equal lines as can be, then as many of the same kind.
[[nodiscard]] std::vector<Pair> align(std::span<const Line> before, std::span<const Line> after);

}  // namespace sallyport::explain
