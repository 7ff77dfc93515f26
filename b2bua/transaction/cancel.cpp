// SPDX-License-Identifier: Apache-2.0
// RFC 3261 s.9.1: the INVITE's request line, Call-ID, To, From, CSeq number and Route, its top Via
// alone; no Require, no Proxy-Require, no body. See cancel.h.
#include "b2bua/transaction/cancel.h"

#include "b2bua/sip/writer.h"

namespace sallyport::transaction {

std::optional<std::string_view> write_cancel(const sip::Message& invite, std::string_view reason,
                                             std::span<char> out) noexcept {
    sip::Writer writer(out);
    writer.request_line("CANCEL", invite.request_uri());
    writer.header("Via", invite.top_via().text);
    writer.header_begin("Max-Forwards").number(invite.max_forwards().value_or(70)).line_end();
    writer.copy(invite, sip::HeaderId::kRoute);
    writer.copy(invite, sip::HeaderId::kFrom).copy(invite, sip::HeaderId::kTo);
    writer.copy(invite, sip::HeaderId::kCallId);
    writer.header_begin("CSeq").number(invite.cseq().number).text(" CANCEL").line_end();
    if (!reason.empty()) {
        writer.header("Reason", reason);
    }
    return writer.finish();
}

}  // namespace sallyport::transaction
