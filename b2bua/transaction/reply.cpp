// SPDX-License-Identifier: Apache-2.0
// RFC 3261 s.8.2.6: what a response copies from its request. See reply.h.
#include "b2bua/transaction/reply.h"

#include "b2bua/sip/writer.h"
#include "b2bua/transaction/reply_path.h"

#include <array>

namespace sallyport::transaction {

std::optional<std::string_view> write_reply(const sip::Message& request, std::string_view vias,
                                            const Reply& reply, std::span<char> out) noexcept {
    sip::Writer writer(out);
    writer.status_line(reply.status,
                       reply.reason.empty() ? sip::default_reason(reply.status) : reply.reason);
    writer.lines(vias);
    if (reply.record_route && reply.status < 300) {
        writer.copy(request, sip::HeaderId::kRecordRoute);
    }
    writer.copy(request, sip::HeaderId::kFrom);
    // RFC 3261 s.8.2.6.2: the tag is added unless the request had one or the response is a 100 (C3:
    // To unchanged).
    const std::string_view to = request.to().text;  // empty: answered with 400 for that (A7)
    if (reply.status == 100 || reply.to_tag.empty() || !request.to().tag.empty() || to.empty()) {
        writer.copy(request, sip::HeaderId::kTo);
    } else {
        write_unfolded(writer.header_begin("To"), to);
        writer.text(";tag=").text(reply.to_tag).line_end();
    }
    writer.copy(request, sip::HeaderId::kCallId).copy(request, sip::HeaderId::kCSeq);
    if (reply.status == 100) {
        writer.copy(request, sip::HeaderId::kTimestamp);  // RFC 3261 s.8.2.6.1
    }
    return writer.lines(reply.lines).finish(reply.content_type, reply.body);
}

bool reply(Layer& layer, ServerHandle server, const Reply& wanted, Moment now) {
    const sip::Message* request = layer.request_of(server);
    if (request == nullptr || !layer.awaiting_final(server)) {
        return false;
    }
    Reply filled = wanted;
    if (filled.to_tag.empty()) {
        filled.to_tag = layer.to_tag_of(server);
    }
    std::array<char, kMaxDatagram> out;  // not cleared: only what was written is read
    const auto response = write_reply(*request, layer.vias_of(server), filled, out);
    return response && layer.respond(server, wanted.status, *response, now);
}

}  // namespace sallyport::transaction
