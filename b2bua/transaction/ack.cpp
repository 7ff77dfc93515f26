// SPDX-License-Identifier: Apache-2.0
// RFC 3261 s.17.1.1.3: everything from the INVITE, the To from the response. See ack.h.
#include "b2bua/transaction/ack.h"

#include "b2bua/sip/writer.h"

namespace sallyport::transaction {

std::optional<std::string_view> write_ack(const sip::Message& invite, const sip::Message& response,
                                          std::span<char> out) noexcept {
    sip::Writer writer(out);
    writer.request_line("ACK", invite.request_uri());
    writer.header("Via", invite.top_via().text);
    writer.header_begin("Max-Forwards").number(invite.max_forwards().value_or(70)).line_end();
    writer.copy(invite, sip::HeaderId::kRoute);
    writer.copy(invite, sip::HeaderId::kFrom).copy(response, sip::HeaderId::kTo);
    writer.copy(invite, sip::HeaderId::kCallId);
    writer.header_begin("CSeq").number(invite.cseq().number).text(" ACK").line_end();
    return writer.finish();
}

}  // namespace sallyport::transaction
