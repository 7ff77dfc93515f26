// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/b2bua/registration/gate.h"

#include "b2bua/registration/registrar.h"
#include "b2bua/routing/own_address.h"
#include "b2bua/routing/router.h"
#include "b2bua/sip/uri.h"

namespace sallyport::registration {

TokenKey Gate::key() {
    SeededRandom random(7);
    return TokenKey::from(random);
}

Wire::Wire(const Flow& f, std::string_view text)
    : flow(f), octets(text), message(std::make_unique<sip::Message>()) {
    const auto parsed = message->parse(octets);
    EXPECT_TRUE(parsed.ok()) << octets;
}

std::string Wire::values(sip::HeaderId id) const {
    std::string all;
    for (const sip::HeaderField& field : message->headers()) {
        if (field.id == id) {
            all.append(all.empty() ? "" : "\n").append(message->value(field));
        }
    }
    return all;
}

Gate::Gate(Settings settings, ShardId self, std::uint8_t shards, Config configuration)
    : config(std::move(configuration)),
      random(11 + self.value),
      identifiers(random, self, shards),
      layer(transactions(), *this, *this),
      relay({config, layer, identifiers, key(),
             [this](const BindingChange& change) { published.push_back(change); }, settings, self,
             key(), [] { return std::int64_t{1289690940}; }}) {}

transaction::Settings Gate::transactions() {
    transaction::Settings settings;
    settings.force_rport = 1U << kInside.value;
    return settings;
}

void Gate::phone(const PhoneRegister& request) {
    phone(request, {kInside, Transport::kUdp, endpoint("10.10.0.1", 5060), request.source});
}

void Gate::phone(const PhoneRegister& request, const Flow& flow) {
    std::string text = "REGISTER " + request.uri + " SIP/2.0\r\n";
    text.append("Via: SIP/2.0/UDP ").append(request.via_host);
    text.append(";branch=z9hG4bKp").append(std::to_string(++branch_)).append("\r\n");
    text.append("Max-Forwards: 70\r\n");
    text.append("From: Bob <").append(request.aor).append(">;tag=").append(request.from_tag);
    text.append("\r\nTo: Bob <").append(request.aor).append(">\r\n");
    text.append("Call-ID: ").append(request.call_id).append("\r\n");
    text.append("CSeq: ").append(std::to_string(request.cseq)).append(" REGISTER\r\n");
    text.append(request.lines).append("Content-Length: 0\r\n\r\n");
    receive(text, flow);
}

void Gate::registrar(std::string_view status, std::string_view lines) {
    ASSERT_FALSE(at_registrar.empty());
    std::size_t last = at_registrar.size() - 1;
    while (last > 0 && at_registrar[last]->method() != sip::Method::kRegister) {
        --last;
    }
    registrar(at_registrar[last], status, lines);
}

void Gate::registrar(const Wire& request, std::string_view status, std::string_view lines) {
    std::string text = "SIP/2.0 ";
    text.append(status).append("\r\nVia: ").append(request.values(sip::HeaderId::kVia));
    text.append("\r\nFrom: ").append(request->from().text);
    text.append("\r\nTo: ").append(request->to().text).append(";tag=registrar");
    text.append("\r\nCall-ID: ").append(request->call_id());
    text.append("\r\nCSeq: ").append(request.values(sip::HeaderId::kCSeq)).append("\r\n");
    text.append(lines).append("Content-Length: 0\r\n\r\n");
    const Flow flow = request.flow;
    receive(text, flow);
}

void Gate::receive(std::string_view octets, const Flow& flow) {
    const Wire wire(flow, octets);
    layer.receive(*wire.message, flow, now);
}

void Gate::pass(Millis time, Millis step) {
    const Moment end = now + time;
    while (now < end) {
        now = now + step;
        layer.advance(now);
        relay.advance(now);
    }
}

std::string Gate::token(std::size_t nth) const {
    if (at_registrar.empty()) {
        return "nothing at the registrar";
    }
    sip::ValueCursor cursor(*at_registrar.back().message, sip::HeaderId::kContact);
    while (const auto value = cursor.next()) {
        if (nth-- == 0) {
            const auto contact = sip::NameAddr::parse(*value);
            const auto uri = sip::Uri::parse(contact->uri);
            return std::string(uri->user);
        }
    }
    return "no such contact";
}

std::string Gate::call(std::string_view token) const {
    const std::string text =
        "OPTIONS sip:" + std::string(token) +
        "@10.20.0.1:5060 SIP/2.0\r\n"
        "Via: SIP/2.0/UDP 10.20.0.2;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\n"
        "To: <sip:b@c>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n"
        "Content-Length: 0\r\n\r\n";
    const Wire wire({}, text);
    SeededRandom chance(1);
    const routing::Asked asked{kOutside, wire->request_uri(), *wire.message};
    const auto target = routing::choose(config, relay, asked, chance, now);
    return target.ok()
               ? target->front().request_uri + " via " + target->front().flow.remote.to_string()
               : std::to_string(target.error().status);
}

bool Gate::send(const Flow& flow, std::string_view message) noexcept {
    if (flow.realm == kOutside) {
        if (!carrier_reachable) {
            return false;
        }
        at_registrar.emplace_back(flow, message);
    } else {
        at_phone.emplace_back(flow, message);
    }
    return true;
}

bool Gate::admits(const sip::Message& request, const Flow& flow) {
    return !asks_for_credentials(config.realms[flow.realm.value]) ||
           relay.registrar().knows_sender(request, flow, now);
}

void Gate::on_request(transaction::ServerHandle server, const sip::Message& request,
                      const Flow& flow) {
    if (asks_for_credentials(config.realms[flow.realm.value])) {
        relay.registrar().on_register(server, request, flow, now);
        return;
    }
    relay.on_register(server, request, flow, *routing::peer_behind(config, flow.realm), now);
}

void Gate::on_response(transaction::ClientHandle, transaction::UserRef ref,
                       const sip::Message& response, const Flow&) {
    EXPECT_EQ(ref.value >> 56, kRegistrationRef >> 56);
    relay.on_response(ref, response, now);
}

void Gate::on_client_failed(transaction::ClientHandle, transaction::UserRef ref,
                            transaction::ClientFailure failure) {
    relay.on_failed(ref, failure, now);
}

}  // namespace sallyport::registration
