// SPDX-License-Identifier: Apache-2.0
// A SIP message out of a text file, as people paste it: line ends LF or CRLF, empty lines before
// it, a Content-Length that the hand forgot. Pure.
#pragma once

#include "b2bua/explain/arrival.h"

#include <string_view>

namespace sallyport::explain {

/// The message with CRLF line ends in its header section and a Content-Length that is true; what
/// was changed for it is in the notes. Nothing else is repaired: the rest is for the gateway to
/// judge.
[[nodiscard]] Arrival read_pasted(std::string_view text);

}  // namespace sallyport::explain
