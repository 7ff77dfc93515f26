// SPDX-License-Identifier: Apache-2.0
// How a message of one leg becomes a message of the other (spec section D, D11): the leg-owned
// headers are written from the receiving leg's dialog, the rest goes by the header policy table,
// unknown headers stay byte for byte. Pure: octets in, octets out.
#pragma once

#include "b2bua/call/redirect_contacts.h"
#include "b2bua/policy/header_policy.h"
#include "b2bua/sip/message.h"
#include "b2bua/transport/flow.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sallyport::call {

struct Naming;

/// What a request says on the leg that it is sent on.
struct RequestFrame {
    std::string_view request_uri;
    std::string_view from;
    std::string_view to;
    std::string_view call_id;
    std::string_view branch;
    std::string_view contact;  // URI in <>; empty: a method without Contact
    std::span<const std::string> routes;
    Endpoint sent_by;
    std::uint32_t cseq{0};
    std::uint8_t max_forwards{70};
    bool drop_credentials{false};  // nobody has asked for them in this dialog (see credentials.h)
    std::optional<std::uint32_t> min_se;  // Session-Expires and Min-SE become at least this
    std::string_view rack;          // PRACK: what it acknowledges on the leg that it is sent on
    const Naming* naming{nullptr};  // how dialogs are called on the leg (D14)
    std::optional<std::string_view> event;  // Event: its id names a REFER of the other leg
    std::string_view history;               // History-Info entries that we add (RFC 7044 s.9.2)
    std::optional<std::string_view> session_description;  // replaces the SDP of the message
    std::span<const std::string> passive_sessions;        // and what is beside it (call/body.h)
};

/// What a response says on the leg whose request it answers: all echoed from that request.
struct ResponseFrame {
    std::string_view vias;  // ready-made lines, CRLF after each
    std::string_view from;
    std::string_view to;  // with our tag
    std::string_view call_id;
    std::string_view cseq;
    std::string_view contact;        // empty: Contact of the message is taken out
    std::string_view record_routes;  // ready-made lines; empty outside dialog-forming responses
    std::string_view more_lines;     // ready-made lines that stand beside the message's own
    std::optional<Redirection> redirection;  // 300-699: Contact is the answer itself (I11)
    int status{0};  // another status than the message's (M1: 503 becomes 500); 0: keep
    /// Replaces the SDP of the message, or becomes the body of one that has none (E2).
    std::optional<std::string_view> session_description;
    std::span<const std::string> passive_sessions;  // beside it (call/body.h)
    std::optional<std::uint32_t> rseq;  // of the leg that it is sent on; without: not reliable
    bool failed_over{false};            // Retry-After is not about the whole call (D11)
    bool hides_timer{false};            // the session timer is none of the receiver's business
};

/// Nullopt: the result does not fit, the caller answers 513 or drops. The view is into out.
[[nodiscard]] std::optional<std::string_view> cross_request(const sip::Message& message,
                                                            const RequestFrame& frame,
                                                            const policy::Crossing& crossing,
                                                            std::span<char> out) noexcept;
[[nodiscard]] std::optional<std::string_view> cross_response(const sip::Message& message,
                                                             const ResponseFrame& frame,
                                                             const policy::Crossing& crossing,
                                                             std::span<char> out) noexcept;

/// "SIP/2.0/UDP 10.20.0.1:5060;branch=...;rport" (B8).
[[nodiscard]] std::string via_value(const Endpoint& sent_by, std::string_view branch);

}  // namespace sallyport::call
