// SPDX-License-Identifier: Apache-2.0
// What decided about a request, in words that name the sections of the configuration. Words only.
#pragma once

#include "b2bua/explain/dry_run.h"
#include "b2bua/sip/message.h"
#include "config/config.h"
#include "config/types/id.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::explain {

/// A row of the report: "  label       text".
[[nodiscard]] std::string row(std::string_view label, std::string_view text);

/// "INVITE sip:bob@10.10.0.1", "200 OK to INVITE 1"; printable.
[[nodiscard]] std::string summary(const sip::Message& message);

/// Rows: what decided, and whom it goes to in which order. in_order: whether others are tried when
/// the first fails.
[[nodiscard]] std::string tell_choice(const Config& config, RealmId from,
                                      const routing::Choice& choice, bool in_order);

/// The row of a REGISTER that went on: whose registrar that is.
[[nodiscard]] std::string tell_registrar(const Config& config, RealmId from);

/// The row of a fault that the parser found: the line, and where in it.
[[nodiscard]] std::string tell_fault(std::string_view octets, const sip::ParseError& fault);

}  // namespace sallyport::explain
