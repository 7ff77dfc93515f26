// SPDX-License-Identifier: Apache-2.0
// How long the body of a message on a stream is, from its header section alone (A10; RFC 3261
// s.18.3, s.20.14). Pure.
#pragma once

#include "b2bua/transport/stream/stream_framer.h"
#include "config/types/result.h"

#include <cstddef>
#include <string_view>

namespace sallyport {

/// section: from the start line to the blank line, every line ended by CRLF. Without
/// Content-Length: 0 when there is no Content-Type either, else a fault. Not above limit octets.
[[nodiscard]] Result<std::size_t, StreamFault> content_length(std::string_view section,
                                                              std::size_t limit) noexcept;

}  // namespace sallyport
