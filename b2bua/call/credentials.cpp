// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/credentials.h"

#include "b2bua/routing/own_address.h"
#include "b2bua/sip/digest.h"
#include "b2bua/sip/uri.h"

namespace sallyport::call {
bool credentials_name_us(const Config& config, const sip::Message& request) noexcept {
    for (const sip::HeaderField& field : request.headers()) {
        if (field.id != sip::HeaderId::kAuthorization &&
            field.id != sip::HeaderId::kProxyAuthorization) {
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

}  // namespace sallyport::call
