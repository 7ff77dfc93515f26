// SPDX-License-Identifier: Apache-2.0
#include "b2bua/registration/edge_path.h"

#include "b2bua/policy/contact_text.h"
#include "b2bua/sip/params.h"
#include "b2bua/sip/uri.h"

#include <algorithm>
#include <utility>

namespace sallyport::registration {
namespace {

using sip::HeaderId;

bool is_route(std::string_view value) {
    const auto route = sip::NameAddr::parse(value);
    const auto uri =
        route.ok() ? sip::Uri::parse(route->uri) : Result<sip::Uri, sip::ParseError>(sip::Uri{});
    // RFC 3608 s.5, RFC 3327 s.4: a name-addr, so in brackets, else its parameters were not the
    // URI's.
    return uri.ok() && uri->scheme == sip::Scheme::kSip && value.find('<') != value.npos;
}

}  // namespace

bool lists_tag(const sip::Message& message, HeaderId header, std::string_view tag) {
    sip::ValueCursor cursor(message, header);
    while (const auto value = cursor.next()) {
        if (sip::iequals(*value, tag)) {
            return true;
        }
    }
    return false;
}

bool asks_outbound(const sip::Message& request, const RequestedContacts& asked) {
    return lists_tag(request, HeaderId::kSupported, "outbound") &&
           std::any_of(asked.list.begin(), asked.list.end(), [](const RequestedContact& contact) {
               return contact.routable && contact.reg_id != 0 && !contact.instance.empty();
           });
}

std::string path_value(std::string_view flow_token, const Endpoint& local, bool first_hop) {
    return '<' + policy::own_uri(flow_token, local) + (first_hop ? ";lr;ob>" : ";lr>");
}

std::string own_route(const Endpoint& local) {
    return '<' + policy::own_uri({}, local) + ";lr>";
}

std::string routes_of(const sip::Message& message, HeaderId header, std::size_t most) {
    std::string values;
    sip::ValueCursor cursor(message, header);
    for (std::size_t count = 1; const auto value = cursor.next(); ++count) {
        if (count > most || !is_route(*value)) {
            return {};
        }
        values.append(values.empty() ? "" : ", ").append(*value);
    }
    return cursor.failed() ? std::string{} : values;
}

std::string path_lines(std::string_view path, std::string_view service_route) {
    std::string lines;
    const std::pair<std::string_view, std::string_view> headers[] = {
        {"Path: ", path}, {"Service-Route: ", service_route}};
    for (const auto& [name, value] : headers) {
        if (!value.empty()) {
            lines.append(name).append(value).append("\r\n");
        }
    }
    return lines;
}

}  // namespace sallyport::registration
