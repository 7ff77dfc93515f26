// SPDX-License-Identifier: Apache-2.0
// Whether a phone is seen through a NAT (H5): it says another address of itself than its packets
// come from; and who keeps that NAT open (H19). Pure.
#pragma once

#include "b2bua/registration/contacts.h"
#include "b2bua/sip/message.h"
#include "config/types/ip.h"

namespace sallyport::registration {

/// asked: read from this REGISTER. source: where its packet came from.
[[nodiscard]] bool seen_through_nat(const sip::Message& request, const RequestedContacts& asked,
                                    const Endpoint& source);

/// The phone announced keepalives of its own (RFC 6223 s.4.3).
[[nodiscard]] bool keeps_alive(const sip::Message& request);

}  // namespace sallyport::registration
