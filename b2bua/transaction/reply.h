// SPDX-License-Identifier: Apache-2.0
// Responses that we originate (RFC 3261 s.8.2.6): Via, From, To, Call-ID and CSeq echoed, To tag
// added where it belongs. Used by the shard for local answers and by the layer for 100, 200 to
// CANCEL, 481, 482 and 503. On the shard's thread.
#pragma once

#include "b2bua/sip/message.h"
#include "b2bua/transaction/layer.h"
#include "config/types/units.h"

#include <optional>
#include <span>
#include <string_view>

namespace sallyport::transaction {

struct Reply {
    int status{0};
    std::string_view reason;  // empty: the RFC's phrase
    std::string_view
        to_tag;  // for a To without tag, not in a 100; empty: to_tag_of() the transaction
    std::string_view lines;         // more header lines, each ended by CRLF
    std::string_view content_type;  // empty when there is no body
    std::string_view body;
    bool record_route{false};  // echo Record-Route: in what forms a dialog (RFC 3261 s.12.1.1)
};

/// Answers the request that opened `server`. False: stale handle, final already sent, or too large
/// (counted).
bool reply(Layer& layer, ServerHandle server, const Reply& reply, Moment now);

/// Writes the response to `request` into out. vias: ready header lines. reply.to_tag is used as it
/// is, empty or not. nullopt: does not fit.
[[nodiscard]] std::optional<std::string_view> write_reply(const sip::Message& request,
                                                          std::string_view vias, const Reply& reply,
                                                          std::span<char> out) noexcept;

}  // namespace sallyport::transaction
