// SPDX-License-Identifier: Apache-2.0
// Why a line of a message is another on the other leg: the header table's verdict and its RFC
// section in words, and what is done to SDP. Words only; what happens is decided elsewhere. Pure.
#pragma once

#include "b2bua/explain/message_lines.h"
#include "config/config.h"
#include "config/types/id.h"

#include <string>

namespace sallyport::explain {

/// Between which realms a message crossed.
struct Crossed {
    const Config& config;
    RealmId from;
    RealmId to;
    bool request{true};
    sip::Method method{sip::Method::kUnknown};
};

/// before or after is null where the line was added or taken out; both differ otherwise.
[[nodiscard]] std::string why(const Line* before, const Line* after, const Crossed& crossed);

}  // namespace sallyport::explain
