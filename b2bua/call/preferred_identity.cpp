// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/preferred_identity.h"

#include "b2bua/sip/name_addr.h"
#include "b2bua/sip/uri.h"

namespace sallyport::call {
namespace {

/// RFC 3325 s.9.1: not in ACK, CANCEL and REGISTER.
bool may_assert(const sip::Message& message) noexcept {
    const sip::Method method = message.method();
    return message.is_request() && method != sip::Method::kAck && method != sip::Method::kCancel &&
           method != sip::Method::kRegister;
}

void add(std::string& values, const sip::NameAddr& party) {
    std::string text(party.display);
    std::erase_if(text, [](char c) { return c == '\r' || c == '\n'; });  // folds (A3)
    values.append(values.empty() ? "" : ", ").append(text).append(text.empty() ? "<" : " <");
    values.append(party.uri).append(">");
}

}  // namespace

std::string asserted_identity(const Environment& env, const sip::Message& request,
                              const Flow& flow) {
    const Realm& realm = env.realm(flow.realm);
    std::string values;
    if (!may_assert(request) || !realm.nat ||
        realm.preferred_identity != PreferredIdentity::kAssert) {
        return values;
    }
    bool number = false;
    bool address = false;
    sip::ValueCursor wishes(request, sip::HeaderId::kPPreferredIdentity);
    while (const auto wish = wishes.next()) {
        const auto party = sip::NameAddr::parse(*wish);
        const auto uri = sip::Uri::parse(party.ok() ? party->uri : std::string_view{});
        if (!uri.ok() || !env.registered.has_identity(flow, uri->text, env.now)) {
            continue;
        }
        bool& taken = uri->scheme == sip::Scheme::kTel ? number : address;
        if (!taken) {
            add(values, *party);
        }
        taken = true;
    }
    return values;
}

}  // namespace sallyport::call
