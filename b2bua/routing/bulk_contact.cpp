// SPDX-License-Identifier: Apache-2.0
#include "b2bua/routing/bulk_contact.h"

#include "b2bua/policy/contact_text.h"
#include "b2bua/sip/params.h"

namespace sallyport::routing {
namespace {

constexpr std::string_view kBulkNumbers = "bnc";
constexpr std::string_view kToken = "bulk";

void add(std::string& uri, const sip::Param& param) {
    uri.append(";").append(param.name);
    if (param.value) {
        uri.append("=").append(*param.value);
    }
}

}  // namespace

bool is_bulk(const sip::Uri& contact) noexcept {
    return contact.scheme == sip::Scheme::kSip &&
           sip::find_param(contact.params, kBulkNumbers).has_value();
}

std::string bulk_uri(std::string_view token, const Endpoint& local) {
    return policy::own_uri({}, local)
        .append(";")
        .append(kBulkNumbers)
        .append(";")
        .append(kToken)
        .append("=")
        .append(token);
}

std::string_view bulk_token(const sip::Uri& uri) noexcept {
    const auto token = sip::find_param(uri.params, kToken);
    return token ? token->value.value_or("") : std::string_view{};
}

std::string bulk_target(const sip::Uri& contact, const sip::Uri& called) {
    std::string uri = "sip:";
    uri.append(called.user).append(called.user.empty() ? "" : "@").append(contact.host);
    if (contact.port) {
        uri.append(":").append(std::to_string(contact.port->value));
    }
    sip::ParamCursor own(contact.params);
    while (const auto param = own.next()) {
        if (!sip::iequals(param->name, kBulkNumbers)) {
            add(uri, *param);
        }
    }
    sip::ParamCursor brought(called.params);
    while (const auto param = brought.next()) {
        if (!sip::iequals(param->name, kBulkNumbers) && !sip::iequals(param->name, kToken) &&
            !sip::find_param(contact.params, param->name)) {
            add(uri, *param);
        }
    }
    return uri;
}

}  // namespace sallyport::routing
