// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/credentials.h"

#include "b2bua/routing/own_address.h"
#include "b2bua/sip/digest.h"
#include "b2bua/sip/uri.h"

#include <string>

namespace sallyport::call {
namespace {

bool are_credentials(const sip::HeaderField& field) noexcept {
    return field.id == sip::HeaderId::kAuthorization ||
           field.id == sip::HeaderId::kProxyAuthorization;
}

}  // namespace

bool credentials_name_us(const Config& config, const sip::Message& request) noexcept {
    for (const sip::HeaderField& field : request.headers()) {
        if (!are_credentials(field)) {
            continue;
        }
        const auto digest = sip::Digest::parse(request.value(field));
        const auto uri = sip::Uri::parse(digest.ok() ? digest->uri : std::string_view{});
        if (uri.ok() && routing::is_own(config, *uri)) {
            return true;
        }
    }
    return false;
}

std::string credential_lines(const sip::Message& invite) {
    std::string lines;
    for (const sip::HeaderField& field : invite.headers()) {
        if (are_credentials(field)) {
            std::string value(invite.value(field));
            std::erase_if(value, [](char c) { return c == '\r' || c == '\n'; });  // folds (A3)
            lines.append(sip::long_name(field.id)).append(": ").append(value).append("\r\n");
        }
    }
    return lines;
}

}  // namespace sallyport::call
