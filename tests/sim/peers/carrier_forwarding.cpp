// SPDX-License-Identifier: Apache-2.0
// What the carrier passes on: routes, Record-Route, Via (RFC 3261 s.16.4, s.16.6, s.16.7, s.16.11).
#include "tests/sim/peers/address_text.h"
#include "tests/sim/peers/carrier.h"

namespace sallyport::sim {
namespace {

std::vector<std::string_view> values(const sip::Message& message, sip::HeaderId id) {
    std::vector<std::string_view> all;
    sip::ValueCursor cursor(message, id);
    while (const auto value = cursor.next()) {
        all.push_back(*value);
    }
    return all;
}

void other_lines(const sip::Message& message, sip::HeaderId without, Draft& out) {
    for (const auto& field : message.headers()) {
        if (field.id != sip::HeaderId::kVia && field.id != sip::HeaderId::kContentLength &&
            field.id != sip::HeaderId::kContentType && field.id != without) {
            out.line(message.name(field), message.value(field));
        }
    }
}

/// RFC 3261 s.16.11: the same request always gets the same branch.
std::string stateless_branch(const sip::Message& request) {
    const std::size_t hash = std::hash<std::string_view>{}(request.top_via().branch);
    return "z9hG4bKp" + std::to_string(hash);
}

}  // namespace

std::string without_top_via(const sip::Message& response) {
    Draft draft = Draft::response(response.status(), response.reason());
    const auto vias = values(response, sip::HeaderId::kVia);
    for (std::size_t i = 1; i < vias.size(); ++i) {
        draft.line("Via", vias[i]);
    }
    other_lines(response, sip::HeaderId::kVia, draft);
    return draft.finish(response.body(), response.value_of(sip::HeaderId::kContentType));
}

std::string Carrier::forward(const sip::Message& request, std::string_view uri,
                             std::string_view branch, RecordRoute record) const {
    Draft draft = Draft::request(request.method_name(), uri);
    draft.line("Via", "SIP/2.0/UDP " + own_.to_string() + ";branch=" + std::string(branch));
    for (const auto via : values(request, sip::HeaderId::kVia)) {
        draft.line("Via", via);
    }
    auto routes = values(request, sip::HeaderId::kRoute);
    for (const auto route : routes) {
        if (endpoint_of(inside_angles(route)) != own_ && inside_angles(route) != uri) {
            draft.line("Route", route);
        }
    }
    if (record != RecordRoute::kNone) {
        draft.line("Record-Route",
                   "<sip:" + own_.to_string() + (record == RecordRoute::kLoose ? ";lr>" : ">"));
    }
    for (const auto& field : request.headers()) {
        if (field.id == sip::HeaderId::kMaxForwards) {
            draft.line("Max-Forwards", std::to_string(request.max_forwards().value_or(70) - 1));
        } else if (field.id != sip::HeaderId::kVia && field.id != sip::HeaderId::kRoute &&
                   field.id != sip::HeaderId::kContentLength &&
                   field.id != sip::HeaderId::kContentType) {
            draft.line(request.name(field), request.value(field));
        }
    }
    return draft.finish(request.body(), request.value_of(sip::HeaderId::kContentType));
}

const Treatment* Carrier::treatment_of(const sip::Message& request) const {
    const auto uri = sip::Uri::parse(request.request_uri());
    const auto found = uri.ok() ? treatments_.find(std::string(uri->user)) : treatments_.end();
    return found == treatments_.end() ? nullptr : &found->second;
}

/// RFC 6665 s.4.3: who was recorded with the SUBSCRIBE is with each NOTIFY.
RecordRoute Carrier::record_of(const sip::Message& notify) const {
    const auto from = sip::Uri::parse(notify.from().uri);
    const auto how = from.ok() ? treatments_.find(std::string(from->user)) : treatments_.end();
    const bool mine = notify.method() == sip::Method::kNotify && how != treatments_.end();
    return mine ? how->second.record_route : RecordRoute::kNone;
}

void Carrier::pass_request(const sip::Message& request) {
    std::string uri(request.request_uri());
    RecordRoute record = RecordRoute::kNone;
    auto routes = values(request, sip::HeaderId::kRoute);
    // The ACK of a refusal goes where its INVITE went (RFC 3261 s.17.1.1.3).
    const bool of_refusal =
        request.method() == sip::Method::kAck && endpoint_of(uri) == own_ && routes.empty();
    if (!request.to().tag.empty() && !of_refusal) {
        record = record_of(request);
        if (endpoint_of(uri) == own_ && !routes.empty()) {
            uri = inside_angles(routes.back());  // a strict router's share: RFC 3261 s.16.4
        }
    } else if (const Treatment* how = treatment_of(request)) {
        record = how->record_route;
        const auto parsed = sip::Uri::parse(uri);
        const auto bound = bindings_.find(std::string(parsed->user));
        uri = bound != bindings_.end()
                  ? bound->second
                  : "sip:" + std::string(parsed->user) + "@" + how->targets.front().to_string();
    }
    auto next = endpoint_of(uri);
    for (const auto route : routes) {
        const auto at = endpoint_of(inside_angles(route));
        if (at != own_ && inside_angles(route) != uri) {
            next = at;
            break;
        }
    }
    if (next && *next != own_ && request.max_forwards().value_or(70) > 0) {
        transactions_.send(forward(request, uri, stateless_branch(request), record), *next);
    }
}

void Carrier::pass_response(const sip::Message& response) {
    if (response.via_count() < 2) {
        return;
    }
    const auto vias = values(response, sip::HeaderId::kVia);
    const auto next = sip::Via::parse(vias[1]);
    if (!next.ok()) {
        return;
    }
    if (const auto ip = IpAddr::parse(next->host)) {
        transactions_.send(without_top_via(response), {*ip, next->port.value_or(Port{5060})});
    }
}

}  // namespace sallyport::sim
