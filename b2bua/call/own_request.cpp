// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/own_request.h"

#include "b2bua/call/crossing.h"
#include "b2bua/call/steps.h"

#include <utility>

namespace sallyport::call {

bool has_contact(sip::Method method) noexcept {
    return method == sip::Method::kInvite || method == sip::Method::kUpdate ||
           method == sip::Method::kSubscribe || method == sip::Method::kNotify ||
           method == sip::Method::kRefer;
}

sip::Writer& begin_own(sip::Writer& writer, Environment& env, const Dialog& dialog,
                       const Destination& to, std::string_view method) {
    writer.request_line(method, to.request_uri)
        .header("Via", via_value(dialog.flow.local, env.identifiers.branch()));
    for (const std::string& route : to.routes) {
        writer.header("Route", route);
    }
    return writer.header("Max-Forwards", "70")
        .header("From", dialog.local_party)
        .header("To", dialog.remote_party)
        .header("Call-ID", dialog.call_id);
}

transaction::ClientHandle send_own(CallTable& table, Call& call, const OwnRequest& request) {
    Environment& env = table.environment();
    Dialog& dialog = call.pair(request.pair).of(request.to);
    const Destination to = destination(dialog);
    const std::string_view name = sip::name(request.method);
    sip::Writer writer(env.scratch);
    begin_own(writer, env, dialog, to, name)
        .header_begin("CSeq")
        .number(++dialog.local_cseq)
        .text(" ")
        .text(name)
        .line_end();
    if (has_contact(request.method)) {
        writer.header("Contact", dialog.contact);
    }
    writer.lines(request.lines);
    const auto octets = request.session.empty()
                            ? writer.finish()
                            : writer.finish(request.content_type, request.session);
    if (!octets) {
        return {};
    }
    Exchange exchange;
    exchange.method = request.method;
    exchange.from = dataplane::other(request.to);
    exchange.pair = request.pair;
    exchange.final_sent = true;  // nobody waits for its answer
    exchange.client =
        env.layer.request(*octets, next_hop(env, dialog, to), CallTable::ref_of(call), env.now);
    const transaction::ClientHandle client = exchange.client;
    if (client) {
        call.exchanges.push_back(std::move(exchange));
    }
    return client;
}

}  // namespace sallyport::call
