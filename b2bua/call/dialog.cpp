// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/dialog.h"

#include "b2bua/sip/params.h"
#include "b2bua/sip/uri.h"

#include <algorithm>
#include <utility>

namespace sallyport::call {
namespace {

bool is_loose(std::string_view route) {
    const auto parsed = sip::NameAddr::parse(route);
    if (!parsed.ok()) {
        return true;
    }
    const auto uri = sip::Uri::parse(parsed->uri);
    return uri.ok() && sip::find_param(uri->params, "lr").has_value();
}

std::string bracketed(std::string_view uri) {
    return "<" + std::string(uri) + ">";
}

/// A route as R-URI: the URI without headers and the method parameter (RFC 3261 s.12.2.1.1,
/// s.19.1.1).
std::string as_request_uri(std::string_view route) {
    const auto parsed = sip::NameAddr::parse(route);
    if (!parsed.ok()) {
        return {};
    }
    std::string uri(parsed->uri.substr(0, parsed->uri.find('?')));
    const auto typed = sip::Uri::parse(uri);
    const auto method = typed.ok() ? sip::find_param(typed->params, "method") : std::nullopt;
    if (method) {
        const auto begin = static_cast<std::size_t>(method->name.data() - uri.data()) - 1;
        uri.erase(begin, std::min(uri.find(';', begin + 1), uri.size()) - begin);
    }
    return uri;
}

}  // namespace

Destination destination(const Dialog& dialog) {
    if (dialog.route_set.empty() || is_loose(dialog.route_set.front())) {
        return {dialog.remote_target, dialog.route_set, false};
    }
    // The first hop routes strictly: it becomes the R-URI and the target goes last.
    Destination strict{as_request_uri(dialog.route_set.front()), {}, true};
    strict.routes.assign(dialog.route_set.begin() + 1, dialog.route_set.end());
    strict.routes.push_back(bracketed(dialog.remote_target));
    return strict;
}

void learn_allow(Dialog& dialog, const sip::Message& message) {
    std::string methods;
    sip::ValueCursor cursor(message, sip::HeaderId::kAllow);
    while (const auto method = cursor.next()) {
        methods.append(methods.empty() ? "" : ", ").append(*method);
    }
    if (!methods.empty()) {
        dialog.allow = std::move(methods);
    }
}

bool allows(const Dialog& dialog, std::string_view method) noexcept {
    const std::string_view all = dialog.allow;
    for (std::size_t at = all.find(method); at != std::string_view::npos;
         at = all.find(method, at + 1)) {
        const std::string_view rest = all.substr(at + method.size());
        if ((at == 0 || all[at - 1] == ' ') && (rest.empty() || rest.front() == ',')) {
            return true;
        }
    }
    return false;
}

std::vector<std::string> record_routes(const sip::Message& message) {
    std::vector<std::string> values;
    sip::ValueCursor cursor(message, sip::HeaderId::kRecordRoute);
    while (const auto value = cursor.next()) {
        values.emplace_back(*value);
    }
    return values;
}

std::string_view contact_uri(const sip::Message& message) noexcept {
    sip::ValueCursor cursor(message, sip::HeaderId::kContact);
    const auto value = cursor.next();
    if (!value) {
        return {};
    }
    const auto parsed = sip::NameAddr::parse(*value);
    return parsed.ok() ? parsed->uri : std::string_view{};
}

std::string with_tag(const sip::NameAddr& party, std::string_view tag) {
    // Without <> the parameters are the header's (A13), so the value can be rebuilt around them.
    const auto params_at = party.params.empty()
                               ? party.text.size()
                               : static_cast<std::size_t>(party.params.data() - party.text.data());
    std::string text(party.text.substr(0, params_at));
    sip::ParamCursor cursor(party.params);
    while (const auto param = cursor.next()) {
        if (sip::iequals(param->name, "tag")) {
            continue;
        }
        text.append(";").append(param->name);
        if (param->value) {
            text.append("=").append(*param->value);
        }
    }
    if (!tag.empty()) {
        text.append(";tag=").append(tag);
    }
    return text;
}

std::string_view user_of(std::string_view uri) noexcept {
    const auto parsed = sip::Uri::parse(uri);
    return parsed.ok() ? parsed->user : std::string_view{};
}

}  // namespace sallyport::call
