// SPDX-License-Identifier: Apache-2.0
// The session descriptions of a body: the whole body, or parts of a multipart (D16, D17; RFC 3261
// s.20.11, RFC 5621 s.3). Everything around them stays octet for octet. Pure.
#pragma once

#include "b2bua/sip/message.h"
#include "b2bua/sip/multipart.h"
#include "b2bua/sip/multipart_patch.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::call {

/// Why a body cannot be crossed: nobody here can read the session description in it.
struct BodyRefusal {
    int status{400};
    std::string_view reason;
    std::string_view header_lines;  // complete lines or empty
    std::string_view explanation;   // for the log
};

/// Where the session descriptions stand: application/sdp without a disposition, or with "session"
/// or "early-session" (RFC 3959).
struct SessionParts {
    std::vector<std::size_t> parts;         // indices into body.parts(), in the order of the text
    std::optional<std::size_t> negotiated;  // index into parts: what offer/answer is about, the
                                            // first without disposition or with "session"
    [[nodiscard]] static SessionParts of(const sip::BodyParts& body);
};

/// The parts of the body, or why it may not cross: beyond the limits of A19 (400), an encoded
/// session description (415). A body that is encrypted, signed, encoded as a whole or of no
/// readable type is refused only where offers and answers are made: in INVITE, ACK, PRACK, UPDATE
/// and their responses. Elsewhere it is the users' own.
[[nodiscard]] Result<sip::BodyParts, BodyRefusal> readable_parts(
    const sip::Message& message) noexcept;

/// The negotiated session description, a view into the body; empty when there is none that can be
/// read.
[[nodiscard]] std::string_view session_description(const sip::Message& message) noexcept;

/// The session descriptions that go to the other side.
struct SessionTexts {
    std::optional<std::string_view> negotiated;  // in place of session_description()
    std::span<const std::string> passive;     // in place of the others, in their order; of all when
                                              // negotiated is not given
    std::span<const sip::PartText> others{};  // parts of other types, by rising part
};

/// The body with its session descriptions and the other parts replaced, and the own Content-Length
/// of the parts in which something changed; nullopt: as it came. In INVITE, ACK, PRACK, UPDATE and
/// their responses nothing crosses that was not anchored: what has no text becomes empty, as does a
/// body that readable_parts() refuses.
[[nodiscard]] std::optional<std::string> crossed_body(const sip::Message& message,
                                                      const SessionTexts& texts);

}  // namespace sallyport::call
