// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/peers/standalone_peers.h"

namespace sallyport::sim {

void StandaloneClient::start(const std::string& uri) {
    uri_ = uri;
    left_ = script_.requests;
    asking_ = agent_.address(uri_);
    ask({});
}

void StandaloneClient::ask(std::string_view credentials) {
    ++score_.sent;
    (void)agent_.send(asking_, script_.method, lines() + std::string(credentials), body());
}

std::string StandaloneClient::lines() const {
    if (script_.method == "OPTIONS") {
        return "Accept: application/sdp\r\n";
    }
    if (script_.method == "NOTIFY") {
        return "Event: message-summary\r\nSubscription-State: active;expires=3600\r\n" +
               agent_.contact_line();
    }
    if (script_.method != "PUBLISH") {
        return {};
    }
    const std::string known = entity_tag_.empty() ? "" : "SIP-If-Match: " + entity_tag_ + "\r\n";
    const bool removes = left_ == 1 && !entity_tag_.empty();
    return "Event: presence\r\nExpires: " + std::string(removes ? "0" : "3600") + "\r\n" + known;
}

/// RFC 3903 s.4.1: a refresh and a removal have none.
Body StandaloneClient::body() const {
    if (script_.method == "MESSAGE") {
        return {std::string(script_.octets, 'm')};
    }
    if (script_.method == "NOTIFY") {
        return {"Messages-Waiting: yes\r\n", "application/simple-message-summary"};
    }
    if (script_.method == "PUBLISH" && entity_tag_.empty()) {
        return {"<presence/>", "application/pidf+xml"};
    }
    return {};
}

void StandaloneClient::on_request(const sip::Message& request, const Packet& packet) {
    agent_.respond(request, packet, 481, agent_.new_tag());  // it has no dialog
}

void StandaloneClient::on_response(const std::string&, const sip::Message& response) {
    const int status = response.status();
    if (status < 200) {
        return;
    }
    if (status == 401 && !tried_again_) {
        ++score_.challenged;
        tried_again_ = true;
        ask(UserAgent::credentials(agent_.name()));
        return;
    }
    ++score_.answered;
    if (script_.method == "PUBLISH") {
        entity_tag_ = status == 200 ? response.value_of(sip::HeaderId::kSipEtag)
                                    : std::string_view{};  // 412: from the beginning (s.4.1)
        score_.published += status == 200 ? 1 : 0;
    }
    go_on();
}

void StandaloneClient::on_timeout(const std::string&, sip::Method) {
    ++score_.unanswered;
    go_on();
}

void StandaloneClient::go_on() {
    if (--left_ > 0) {
        tried_again_ = false;
        agent_.after(Millis{500}, [this] {
            asking_ = agent_.address(uri_);
            ask({});
        });
    }
}

void StandaloneServer::on_request(const sip::Message& request, const Packet& packet) {
    if (!request.to().tag.empty()) {
        agent_.respond(request, packet, 481, {});
    } else if (script_.challenged && !request.has(sip::HeaderId::kAuthorization)) {
        agent_.respond(request, packet, 401, agent_.new_tag(),
                       "WWW-Authenticate: Digest realm=\"sim\", nonce=\"1\"\r\n");
    } else if (!script_.silent) {
        agent_.after(script_.think, [this, octets = std::string(request.octets()), packet] {
            sip::Message kept;
            (void)kept.parse(octets);
            answer(kept, packet);
        });
    }
}

void StandaloneServer::answer(const sip::Message& request, const Packet& packet) {
    if (script_.status == 200 && request.method() == sip::Method::kPublish) {
        on_publish(request, packet);
        return;
    }
    const std::string lines =
        request.method() == sip::Method::kOptions
            ? "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, MESSAGE\r\nAccept: application/sdp\r\n"
            : "";
    agent_.respond(request, packet, script_.status, agent_.new_tag(), lines);
}

/// RFC 3903 s.6: each publication gets a new entity tag; one that is not known is refused.
void StandaloneServer::on_publish(const sip::Message& request, const Packet& packet) {
    if (script_.forgets == "publication" && !entity_tag_.empty()) {
        entity_tag_ = "lost";
    }
    const std::string_view wanted = request.value_of(sip::HeaderId::kSipIfMatch);
    if (!wanted.empty() && wanted != entity_tag_) {
        entity_tag_.clear();
        agent_.respond(request, packet, 412, agent_.new_tag());
        return;
    }
    entity_tag_ = agent_.new_tag();
    agent_.respond(request, packet, 200, agent_.new_tag(),
                   "SIP-ETag: " + entity_tag_ + "\r\nExpires: " +
                       std::string(request.value_of(sip::HeaderId::kExpires)) + "\r\n");
}

void StandaloneServer::on_response(const std::string&, const sip::Message& response) {
    if (response.method() == sip::Method::kRegister) {
        agent_.on_registered(response);
    }
}

}  // namespace sallyport::sim
