// SPDX-License-Identifier: Apache-2.0
#include "b2bua/policy/challenge.h"

#include "b2bua/policy/list_values.h"
#include "b2bua/sip/digest.h"
#include "b2bua/sip/params.h"

namespace sallyport::policy {
namespace {

constexpr std::string_view kAuthInt = "auth-int";

/// The qop options of a challenge; empty when it has none, or is none that we can read.
std::string_view qop_of(std::string_view challenge) noexcept {
    const auto digest = sip::Digest::parse(challenge);
    return digest.ok() ? digest->qop : std::string_view{};
}

struct Offered {
    bool auth_int{false};
    bool other{false};
};

Offered offered(std::string_view qop) noexcept {
    Offered found;
    sip::TokenCursor options(qop);
    while (const auto option = options.next()) {
        (sip::iequals(*option, kAuthInt) ? found.auth_int : found.other) = true;
    }
    return found;
}

}  // namespace

void take_out_auth_int(sip::Patch& patch, const sip::Message& message,
                       const sip::HeaderField& field) noexcept {
    const std::string_view qop = qop_of(message.value(field));
    const Offered found = offered(qop);
    if (!found.auth_int || !found.other) {
        return;
    }
    JoinedValue kept;
    sip::TokenCursor options(qop);
    while (const auto option = options.next()) {
        if (!sip::iequals(*option, kAuthInt)) {
            kept.add(*option);
        }
    }
    patch.replace(qop, kept.text());
}

bool offers_only_auth_int(const sip::Message& response) noexcept {
    for (const sip::HeaderField& field : response.headers()) {
        if (field.id != sip::HeaderId::kWwwAuthenticate &&
            field.id != sip::HeaderId::kProxyAuthenticate) {
            continue;
        }
        const Offered found = offered(qop_of(response.value(field)));
        if (found.auth_int && !found.other) {
            return true;
        }
    }
    return false;
}

}  // namespace sallyport::policy
