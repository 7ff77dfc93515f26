// SPDX-License-Identifier: Apache-2.0
// Credentials inside a dialog. Their digest-uri is the R-URI that the phone used, our own address
// on its side, and must not be altered (D15, RFC 3261 s.22.4). So that it is not shown to the far
// side for nothing (D19), such credentials cross only after the far side has challenged a request
// of the dialog. Pure.
#pragma once

#include "b2bua/sip/message.h"
#include "config/config.h"

#include <string>

namespace sallyport::call {

/// The request carries credentials whose digest-uri names one of our addresses.
[[nodiscard]] bool credentials_name_us(const Config& config, const sip::Message& request) noexcept;

/// Its credentials as header lines, for the ACK that we make ourselves (RFC 3261 s.13.2.2.4).
[[nodiscard]] std::string credential_lines(const sip::Message& invite);

}  // namespace sallyport::call
