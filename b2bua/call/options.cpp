// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/options.h"

#include "b2bua/call/steps.h"
#include "b2bua/routing/own_address.h"
#include "b2bua/sip/uri.h"

namespace sallyport::call {

bool is_for_us(const Config& config, const sip::Message& request,
               std::string_view request_uri) noexcept {
    if (request.method() != sip::Method::kOptions) {
        return false;
    }
    if (request.max_forwards() == std::uint8_t{0}) {
        return true;
    }
    const auto uri = sip::Uri::parse(request_uri);
    return uri.ok() && uri->user.empty() && routing::is_own(config, *uri);
}

bool is_nobody_here(const Config& config, const sip::Message& request, int refusal) noexcept {
    const auto uri = sip::Uri::parse(request.request_uri());
    return request.method() == sip::Method::kOptions && refusal == 404 && uri.ok() &&
           routing::is_own(config, *uri);
}

std::string allowed_methods(const Config& config) {
    std::string methods(kAllow);
    return config.refer != Transfers::kReject ? methods : methods.erase(methods.find("REFER, "), 7);
}

void answer_options(Environment& env, transaction::ServerHandle server) {
    std::string lines = "Allow: ";
    lines.append(allowed_methods(env.config)).append("\r\nAccept: application/sdp\r\nSupported: ");
    lines.append(kSupported).append("\r\n");
    respond_here(env, server, 200, "OK", lines);
}

}  // namespace sallyport::call
