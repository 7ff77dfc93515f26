// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/stray.h"

#include "b2bua/call/crossing.h"
#include "b2bua/call/dialog.h"
#include "b2bua/call/pairing.h"
#include "b2bua/call/session_part.h"
#include "b2bua/call/standalone.h"
#include "b2bua/sip/writer.h"

#include <algorithm>

namespace sallyport::call {
namespace {

Dialog dialog_of(const sip::Message& response, const Flow& flow) {
    Dialog dialog;
    dialog.call_id = response.call_id();
    dialog.remote_tag = response.to().tag;
    dialog.local_party = response.from().text;
    dialog.remote_party = response.to().text;
    dialog.remote_target = contact_uri(response);
    dialog.route_set = record_routes(response);
    std::reverse(dialog.route_set.begin(), dialog.route_set.end());
    dialog.flow = flow;
    return dialog;
}

std::optional<std::string_view> write(Environment& env, const Dialog& dialog,
                                      std::string_view method, std::uint32_t cseq,
                                      const std::optional<std::string>& session = std::nullopt) {
    const Destination to = destination(dialog);
    sip::Writer writer(env.scratch);
    writer.request_line(method, to.request_uri)
        .header("Via", via_value(dialog.flow.local, env.identifiers.branch()));
    for (const std::string& route : to.routes) {
        writer.header("Route", route);
    }
    writer.header("Max-Forwards", "70")
        .header("From", dialog.local_party)
        .header("To", dialog.remote_party)
        .header("Call-ID", dialog.call_id)
        .header_begin("CSeq")
        .number(cseq)
        .text(" ")
        .text(method)
        .line_end();
    return session ? writer.finish("application/sdp", *session) : writer.finish();
}

std::optional<std::string> rejection_of(Environment& env, std::string_view offer,
                                        const Flow& flow) {
    Media none(env.relays, env.config);
    none.set_peer(Side::kB, {flow.realm, flow.remote.ip});
    sdp::Origin origin;
    return offer.empty() ? std::nullopt : none.rejection_of(offer, Side::kB, origin);
}

/// The offer that the 2xx makes when its INVITE made none (E3).
std::string_view offer_of(Environment& env, const Answered& late) {
    const sip::Message* invite = env.layer.request_of(late.client);
    const bool delayed = invite != nullptr && session_description(*invite).empty();
    return delayed ? session_description(late.message) : std::string_view{};
}

}  // namespace

void turn_away_stray(CallTable& table, const Answered& late) {
    Environment& env = table.environment();
    const sip::Message& response = late.message;
    const Flow& flow = late.flow;
    Dialog dialog = dialog_of(response, flow);
    if (dialog.remote_target.empty()) {
        return;
    }
    env.counters.late_2xx.add();
    Departed& departed = table.departed();
    const std::uint32_t number = response.cseq().number;
    // Back to where it came from: that address has just proved that it takes part in the
    // transaction.
    if (const SentAck* sent = departed.ack_of(response)) {
        (void)env.sender.send(sent->flow, sent->octets);  // the same again (E-R3)
    } else if (const auto ack = write(env, dialog, "ACK", number,
                                      rejection_of(env, offer_of(env, late), flow))) {
        departed.keep_ack({std::string(*ack), flow}, env.now);
        (void)env.sender.send(flow, *ack);
    }
    if (departed.knows(response.call_id(), response.to().tag)) {
        return;
    }
    dialog.local_cseq = 1 + std::max(number, departed.last_cseq(dialog.call_id, dialog.remote_tag));
    departed.remember(dialog, true, env.now);
    if (const auto bye = write(env, dialog, "BYE", dialog.local_cseq)) {
        (void)env.layer.request(*bye, flow, kUnattended, env.now);
    }
}

void turn_away_late(CallTable& table, Call& call, const Answered& late) {
    if (const auto pair = find_pair(call, late.message)) {
        DialogPair& known = call.pairs[*pair];
        table.departed().remember(known.b, known.ended, table.environment().now);
        known.ended = true;
    }
    turn_away_stray(table, late);
}

}  // namespace sallyport::call
