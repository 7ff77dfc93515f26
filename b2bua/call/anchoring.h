// SPDX-License-Identifier: Apache-2.0
// What the operator decides about session descriptions, and those that negotiate nothing: which
// m-lines may be relayed or pass (spec F6), whether keys may leave in the clear (F15), and how the
// addresses of a description outside of offer and answer are hidden (F16). Pure functions.
#pragma once

#include "b2bua/sip/message.h"
#include "config/config.h"
#include "config/types/result.h"
#include "sdp-rewrite/fault.h"
#include "sdp-rewrite/session.h"

#include <bitset>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport::call {

struct SdpRefusal {
    int status{488};  // what a request that carried it is answered with
    std::string_view reason;
    std::string_view explanation;  // for Warning: 399 and the log
};

/// 488 for what we cannot relay, 400 for what cannot be read (D17).
[[nodiscard]] SdpRefusal refusal_of(sdp::Fault fault) noexcept;

/// `Warning: 399 <agent> "<explanation>"` as a header line (RFC 3261 s.20.43).
[[nodiscard]] std::string warning_line(std::string_view agent, const SdpRefusal& why);

[[nodiscard]] Result<sdp::Session, SdpRefusal> read_session(const Config& config,
                                                            std::string_view text) noexcept;

/// F15: its keys would leave by a hop that anybody can read (RFC 4568 s.8.3).
[[nodiscard]] std::optional<SdpRefusal> exposed_keys(const Config& config,
                                                     const sdp::Session& session,
                                                     bool secured_hop) noexcept;

/// An SDP must not aim a relay at a group, at nobody or at ourselves, and names are not resolved
/// (F5). But a call that comes back to us, for instance through a registrar that knows both phones,
/// has another relay of ours in that realm for its far end (G17); who is behind_nat may not name
/// one.
[[nodiscard]] bool may_be_far_end(const Config& config, RealmId realm, bool behind_nat,
                                  const sdp::MediaSection& section) noexcept;

/// Sections whose port has to become 0: what may not pass unanchored (F6), and what the offer, when
/// this is an answer to one, had rejected already (E5). offer: null when this is none.
[[nodiscard]] std::bitset<sdp::kMaxSections> rejected_sections(const Config& config,
                                                               const sdp::Session& session,
                                                               const sdp::Session* offer) noexcept;

/// What stands for the message's description on the other side: negotiated, when offer/answer gave
/// a text for it, else its own, hidden (F16); nothing when it has none.
[[nodiscard]] std::optional<std::string> crossing_description(
    const Config& config, RealmId to, const sip::Message& message,
    std::optional<std::string_view> negotiated);

/// F16: the description with our address in the realm `to` in place of its own, and its ports as
/// they were; no relay is taken. Empty: it cannot be read, or may not leave (F15), and so does not.
[[nodiscard]] std::string hidden(const Config& config, RealmId to, std::string_view text);

}  // namespace sallyport::call
