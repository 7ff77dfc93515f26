// SPDX-License-Identifier: Apache-2.0
// The way back of a response (RFC 3261 s.18.2, RFC 3581 s.4): where it goes (B6) and the Via lines
// it carries, the top one with received and rport (B5). Pure.
#pragma once

#include "b2bua/sip/message.h"
#include "b2bua/sip/writer.h"
#include "b2bua/transport/flow.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace sallyport::transaction {

inline constexpr std::size_t kMaxDatagram = 65535;

/// Whether retransmission and lingering are left to the transport (RFC 3261 s.17: timers A, D, E,
/// G, I, J, K).
[[nodiscard]] constexpr bool reliable(Transport transport) noexcept {
    return transport != Transport::kUdp;
}

/// Where responses go: always to the source address; to the source port when rport applies, else to
/// that of the sent-by. maddr is not honoured: a realm cannot be marked trusted yet (B6).
[[nodiscard]] Flow reply_flow(const sip::Message& request, const Flow& arrival,
                              bool force_rport) noexcept;

/// False for what must not be answered: port 0, multicast, broadcast, unspecified (A20).
[[nodiscard]] bool answerable(const Endpoint& endpoint) noexcept;

/// All Via lines of the request in order, unchanged but for received, rport and keep (RFC 6223) of
/// the top one.
/// nullopt: does not fit.
[[nodiscard]] std::optional<std::string_view> write_vias(const sip::Message& request,
                                                         const Flow& arrival, bool force_rport,
                                                         std::span<char> out);

/// Appends text with every fold replaced by one SP (A3).
void write_unfolded(sip::Writer& writer, std::string_view text) noexcept;

}  // namespace sallyport::transaction
