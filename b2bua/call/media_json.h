// SPDX-License-Identifier: Apache-2.0
// A media report as JSON (RFC 8259), for programs. Names and meanings stay; more may be added.
// Pure.
#pragma once

#include "b2bua/call/media_report.h"

#include <string>

namespace sallyport::call {

/// One line without a line end. Times are in ms; octets that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string to_json(const MediaReport& report);

}  // namespace sallyport::call
