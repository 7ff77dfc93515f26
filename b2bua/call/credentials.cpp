// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/credentials.h"

#include "b2bua/routing/own_address.h"
#include "b2bua/sip/uri.h"

namespace sallyport::call {
namespace {

/// Value of the digest-uri parameter without its quotes (RFC 7616 s.3.4); empty when there is none.
std::string_view digest_uri(std::string_view credentials) noexcept {
    constexpr std::string_view kName = "uri=\"";
    for (auto at = credentials.find(kName); at != std::string_view::npos;
         at = credentials.find(kName, at + 1)) {
        const bool starts = at == 0 || credentials[at - 1] == ' ' || credentials[at - 1] == ',';
        const std::string_view rest = credentials.substr(at + kName.size());
        if (starts) {
            return rest.substr(0, rest.find('"'));
        }
    }
    return {};
}

}  // namespace

bool credentials_name_us(const Config& config, const sip::Message& request) noexcept {
    for (const sip::HeaderField& field : request.headers()) {
        if (field.id != sip::HeaderId::kAuthorization &&
            field.id != sip::HeaderId::kProxyAuthorization) {
            continue;
        }
        const auto uri = sip::Uri::parse(digest_uri(request.value(field)));
        if (uri.ok() && routing::is_own(config, *uri)) {
            return true;
        }
    }
    return false;
}

}  // namespace sallyport::call
