// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/body.h"

#include "b2bua/call/anchoring.h"
#include "sdp-rewrite/session.h"

namespace sallyport::call {

std::optional<BodyRefusal> body_refusal(const sip::Message& request) noexcept {
    const auto body = readable_parts(request);
    if (!body.ok()) {
        return body.error();
    }
    const SessionParts found = SessionParts::of(*body);
    for (std::size_t i = 0; i < found.parts.size(); ++i) {
        const auto session = sdp::Session::parse(body->parts()[found.parts[i]].content);
        if (i != found.negotiated && !session.ok()) {
            return BodyRefusal{400, "Bad SDP", {}, sdp::describe(session.error().fault)};
        }
    }
    return std::nullopt;
}

std::vector<std::string> sessions_beside(const Config& config, RealmId to,
                                         const sip::Message& message) {
    std::vector<std::string> texts;
    const auto body = readable_parts(message);
    if (!body.ok()) {
        return texts;
    }
    const SessionParts found = SessionParts::of(*body);
    for (std::size_t i = 0; i < found.parts.size(); ++i) {
        if (i != found.negotiated) {
            texts.push_back(hidden(config, to, body->parts()[found.parts[i]].content));
        }
    }
    return texts;
}

}  // namespace sallyport::call
