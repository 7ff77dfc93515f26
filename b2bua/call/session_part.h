// SPDX-License-Identifier: Apache-2.0
// Where the session description stands in a body: the whole body, or one part of a multipart (D16,
// RFC 2046 s.5.1, RFC 5621 s.3). Everything around it stays octet for octet. Pure.
#pragma once

#include "b2bua/sip/message.h"

#include <string>
#include <string_view>

namespace sallyport::call {

/// The application/sdp of the message, a view into its body; empty when it has none.
[[nodiscard]] std::string_view session_description(const sip::Message& message) noexcept;

/// The body with its session description replaced, and the part's own Content-Length with it.
[[nodiscard]] std::string with_session_description(const sip::Message& message,
                                                   std::string_view text);

}  // namespace sallyport::call
