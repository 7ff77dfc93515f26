// SPDX-License-Identifier: Apache-2.0
// SDP rewriting by tokens (B2BUA-F1 .. F6, F13, F14, F16; RFC 3264, RFC 3605): addresses and ports
// of anchored sections become ours, attributes that would let media go round the relay are taken
// out, every other octet leaves as it came. Pure: text in, text into the caller's buffer. An SDP in
// which nothing has to change is byte-identical.
#pragma once

#include "config/types/ip.h"
#include "config/types/result.h"
#include "sdp-rewrite/fault.h"
#include "sdp-rewrite/origin.h"
#include "sdp-rewrite/session.h"

#include <bitset>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace sallyport::sdp {

/// Room that a rewritten SDP can need above its source; a hostile one that needs more is
/// Fault::kTooLong.
inline constexpr std::size_t kMaxGrowth = 8192;

/// Our ports for one section in the realm the SDP is sent to; the address is Rewrite::address.
struct Anchor {
    Port rtp;   // also UDPTL
    Port rtcp;  // not used for UDPTL
};

struct Rewrite {
    IpAddr address;  // our media address in the realm the SDP is sent to
    /// One per section, in order; nullopt for a section that is not anchored or has port 0. A live
    /// anchored section without an anchor is rejected: its port becomes 0 (E5). Empty: addresses
    /// are hidden and ports kept (F16).
    std::span<const std::optional<Anchor>> anchors;
    /// The dialog the SDP is sent on (E6). nullptr: o= keeps the source's username, sess-id and
    /// version.
    const Origin* origin{nullptr};
    /// Sections whose port becomes 0 whatever they are: what is not anchored where the operator
    /// wants that rejected (F6), and what the offer had rejected already (E5).
    std::bitset<kMaxSections> rejected{};
};

/// Writes the rewritten SDP into out (source size + kMaxGrowth always suffices for honest input)
/// and returns it as a view of out. With an Origin, the caller tells origin.sent(text) once the
/// text is on its way.
[[nodiscard]] Result<std::string_view, Fault> rewrite(const Session& session, const Rewrite& plan,
                                                      std::span<char> out) noexcept;

}  // namespace sallyport::sdp
