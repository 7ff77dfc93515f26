// SPDX-License-Identifier: Apache-2.0
// Answers repaired or made here (B2BUA-E3, E4; RFC 3264 s.6): an answer has as many m= lines as its
// offer, in its order. Pure: text in, text into the caller's buffer. Both come before rewrite():
// parse the result and rewrite that.
#pragma once

#include "config/types/result.h"
#include "sdp-rewrite/fault.h"
#include "sdp-rewrite/session.h"

#include <span>
#include <string_view>

namespace sallyport::sdp {

/// The answer with a rejected copy (port 0) of each m= line that it lacks; the answer's own text
/// when it lacks none. Fault::kSectionCount when it has more lines than the offer: that exchange
/// has failed (E4).
[[nodiscard]] Result<std::string_view, Fault> pad_answer(const Session& offer,
                                                         const Session& answer,
                                                         std::span<char> out) noexcept;

/// An answer that rejects every stream of the offer (E3: the ACK of a 2xx whose offer nobody will
/// answer). Its o= line is new, with the address 0.0.0.0: rewrite() it with the dialog's Origin.
[[nodiscard]] Result<std::string_view, Fault> reject_answer(const Session& offer,
                                                            std::span<char> out) noexcept;

}  // namespace sallyport::sdp
