// SPDX-License-Identifier: Apache-2.0
// The words of which verdicts on media are made. Pure.
#pragma once

#include "b2bua/call/media_report.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace sallyport::call {

/// "A (inside)".
[[nodiscard]] std::string party(Side side, const MediaSide& of);
/// "1 packet", "512 packets".
[[nodiscard]] std::string packets(std::uint64_t count);
/// "12 s".
[[nodiscard]] std::string seconds(Millis time);
/// "20014", the number alone.
[[nodiscard]] std::string port_of(const Endpoint& ours);
/// The attribute of a direction: "sendonly".
[[nodiscard]] std::string word_of(sdp::Direction direction);
/// " (negotiated: 0 8 101)"; empty when any is good.
[[nodiscard]] std::string list_of(const std::bitset<128>& payload_types);
/// " from 198.51.100.9:4000" when the last refused packet was refused for this reason, else empty.
[[nodiscard]] std::string from_last_refused(const dataplane::FlowReading& flow,
                                            dataplane::Drop reason);
/// " (last 198.51.100.9:4000, rtp_wrong_source)"; empty when none was refused.
[[nodiscard]] std::string last_refused(const dataplane::FlowReading& flow);
/// ": 300 packets not sent on" of those that this side sent; empty when there are none.
[[nodiscard]] std::string not_sent_on(const MediaSide& sender);
/// What a packet of this side has to come from, before anything has latched: "its SDP said
/// 192.0.2.9:4000".
[[nodiscard]] std::string expected_of(const MediaSide& side);
/// What that means for whoever looks for a remedy.
[[nodiscard]] std::string remedy_of(const MediaSide& side);
/// Where this side was heard: the latch, else what its SDP said.
[[nodiscard]] std::string heard_at(const MediaSide& side);

}  // namespace sallyport::call
