// SPDX-License-Identifier: Apache-2.0
#include "b2bua/registration/contacts.h"

#include "b2bua/routing/bulk_contact.h"
#include "b2bua/sip/delta_seconds.h"
#include "b2bua/sip/params.h"
#include "b2bua/sip/qvalue.h"
#include "b2bua/sip/uri.h"

namespace sallyport::registration {
namespace {

using sip::HeaderId;

Failure<ContactFault> fault(int status, std::string_view reason) {
    return {ContactFault{status, reason}};
}

Result<RequestedContact, ContactFault> read_contact(const sip::NameAddr& contact,
                                                    std::optional<std::uint32_t> header) {
    const auto uri = sip::Uri::parse(contact.uri);
    if (!uri.ok()) {
        return fault(400, "Bad Contact");
    }
    if (uri->scheme == sip::Scheme::kSips) {
        return fault(480, "SIPS Not Allowed");  // B16: no door of ours speaks TLS
    }
    RequestedContact asked;
    asked.bulk = routing::is_bulk(*uri);
    if (asked.bulk && (uri->has_userinfo || sip::find_param(uri->params, "user"))) {
        return fault(400, "Bad Bulk Number Contact");  // RFC 6140 s.5.2, s.5.3
    }
    asked.routable = uri->scheme == sip::Scheme::kSip;
    asked.uri = contact.uri;
    if (const auto instance = sip::find_param(contact.params, "+sip.instance")) {
        asked.instance = instance->value.value_or("");
    }
    asked.reg_id = reg_id_of(contact);
    asked.q = sip::q_of(contact);
    const bool has_own = sip::find_param(contact.params, "expires").has_value();
    asked.expires =
        has_own ? expires_of(contact).value_or(kDefaultExpires) : header.value_or(kDefaultExpires);
    return asked;
}

}  // namespace

std::optional<std::uint32_t> expires_of(const sip::NameAddr& contact) noexcept {
    const auto expires = sip::find_param(contact.params, "expires");
    return expires && expires->value ? sip::delta_seconds(*expires->value) : std::nullopt;
}

std::uint32_t reg_id_of(const sip::NameAddr& contact) noexcept {
    const auto reg_id = sip::find_param(contact.params, "reg-id");
    return reg_id && reg_id->value ? sip::delta_seconds(*reg_id->value).value_or(0)  // digits, too
                                   : 0;
}

Result<RequestedContacts, ContactFault> read_contacts(const sip::Message& request) {
    RequestedContacts asked;
    if (request.has(HeaderId::kExpires)) {
        asked.expires =
            sip::delta_seconds(request.value_of(HeaderId::kExpires)).value_or(kDefaultExpires);
    }
    sip::ValueCursor cursor(request, HeaderId::kContact);
    while (const auto value = cursor.next()) {
        if (*value == "*") {
            asked.wildcard = true;
            continue;
        }
        const auto parsed = sip::NameAddr::parse(*value);
        if (!parsed.ok()) {
            return fault(400, "Bad Contact");
        }
        auto contact = read_contact(*parsed, asked.expires);
        if (!contact.ok()) {
            return Failure<ContactFault>{contact.error()};
        }
        asked.list.push_back(std::move(*contact));
    }
    if (cursor.failed()) {
        return fault(400, "Bad Contact");
    }
    // RFC 3261 s.10.3 step 6: "*" means all, so nothing else may be asked, and only to be removed.
    if (asked.wildcard && (!asked.list.empty() || asked.expires != 0)) {
        return fault(400, "Bad Wildcard Contact");
    }
    return asked;
}

std::string edited(const sip::NameAddr& contact, const ContactEdit& edit) {
    const auto at = static_cast<std::size_t>(contact.uri.data() - contact.text.data());
    const bool bracketed = at > 0 && contact.text[at - 1] == '<';
    std::string text(contact.text.substr(0, at));
    text.append(bracketed ? "" : "<").append(edit.uri).append(">");
    bool has_expires = false;
    sip::ParamCursor params(contact.params);
    while (const auto param = params.next()) {
        if (edit.drop_reg_id && sip::iequals(param->name, "reg-id")) {
            continue;
        }
        text.append(";").append(param->name);
        if (edit.expires && sip::iequals(param->name, "expires")) {
            has_expires = true;
            text.append("=").append(std::to_string(*edit.expires));
        } else if (param->value) {
            text.append("=").append(*param->value);
        }
    }
    if (edit.expires && edit.add_expires && !has_expires) {
        text.append(";expires=").append(std::to_string(*edit.expires));
    }
    return text;
}

}  // namespace sallyport::registration
