// SPDX-License-Identifier: Apache-2.0
// Credentials inside a dialog. Their digest-uri is the R-URI that the phone used, our own address
// on its side, and must not be altered (D15, RFC 3261 s.22.4). So that it is not shown to the far
// side for nothing (D19), such credentials cross only after the far side has challenged a request
// of the dialog. Pure.
#pragma once

#include "b2bua/sip/message.h"
#include "config/config.h"

namespace sallyport::call {

/// The request carries credentials whose digest-uri names one of our addresses.
[[nodiscard]] bool credentials_name_us(const Config& config, const sip::Message& request) noexcept;

}  // namespace sallyport::call
