// SPDX-License-Identifier: Apache-2.0
// Privacy (RFC 3323 s.4.2, s.5; "id" RFC 3325 s.9.3, "history" RFC 7044 s.10.1). We perform, by
// what a B2BUA is, "header" and "session", and by the header table "id" and "history". "user" (an
// anonymous From) is not performed: it stays in the header for whoever comes next. Pure.
#pragma once

#include "b2bua/sip/message.h"
#include "b2bua/sip/patch.h"

#include <string_view>

namespace sallyport::policy {

/// Some Privacy header of the message holds that value.
[[nodiscard]] bool asks_privacy(const sip::Message& message, std::string_view value) noexcept;

/// Deletes the values that were performed; the header with them, when nothing else is asked.
void take_out_performed(sip::Patch& patch, const sip::Message& message,
                        const sip::HeaderField& field) noexcept;

}  // namespace sallyport::policy
