// SPDX-License-Identifier: Apache-2.0
#include "b2bua/registration/upstream_register.h"

#include "b2bua/policy/contact_text.h"
#include "b2bua/policy/list_values.h"
#include "b2bua/registration/edge_path.h"
#include "b2bua/routing/bulk_contact.h"
#include "b2bua/routing/incoming_route.h"
#include "b2bua/routing/own_address.h"
#include "b2bua/sip/params.h"
#include "b2bua/sip/patch.h"
#include "b2bua/sip/uri.h"

#include <algorithm>
#include <string>

namespace sallyport::registration {
namespace {

using sip::HeaderField;
using sip::HeaderId;
using sip::Message;
using sip::Patch;

constexpr int kHopsWhenAbsent = 70;  // A7

void set(Patch& patch, const Message& message, HeaderId id, std::string_view text) {
    if (const HeaderField* field = message.find(id)) {
        patch.set_value(*field, text);
    } else {
        patch.append(sip::long_name(id), text);
    }
}

/// A party with that tag, or none when tag is empty; the rest as it came.
std::string with_tag(const sip::NameAddr& party, std::string_view tag) {
    const std::size_t params =
        party.params.empty() ? party.text.size()
                             : static_cast<std::size_t>(party.params.data() - party.text.data());
    std::string text(party.text.substr(0, params));
    sip::ParamCursor cursor(party.params);
    while (const auto param = cursor.next()) {
        if (!sip::iequals(param->name, "tag")) {
            text.append(";").append(param->name);
            text.append(param->value ? "=" : "").append(param->value.value_or(""));
        }
    }
    return tag.empty() ? text : text.append(";tag=").append(tag);
}

void write_hop(Patch& patch, const Message& request, const UpstreamFrame& frame) {
    for (const HeaderField& field : request.headers()) {
        if (field.id == HeaderId::kVia || field.id == HeaderId::kRecordRoute) {
            patch.remove(field);
        }
    }
    const Endpoint local = routing::listen_point(frame.config, frame.upstream.realm);
    std::string via = "SIP/2.0/UDP " + local.to_string();  // B8
    patch.prepend("Via", via.append(";branch=").append(frame.branch).append(";rport"));
    const int hops = request.max_forwards().value_or(kHopsWhenAbsent) - 1;
    set(patch, request, HeaderId::kMaxForwards, std::to_string(hops));
    const auto uri = sip::Uri::parse(request.request_uri());
    if (uri.ok() && routing::is_own(frame.config, *uri)) {
        patch.set_request_uri(frame.upstream.uri);  // D12: only our own address is replaced
    }
}

/// D9: values that name us are done with; what stays was meant for the registrar's side.
void write_routes(Patch& patch, const Message& request, const UpstreamFrame& frame) {
    std::string left;
    for (const std::string_view value :
         routing::routes_beyond(frame.config, routing::route_values(request), frame.near)) {
        left.append(left.empty() ? "" : ", ").append(value);
    }
    bool first = true;
    for (const HeaderField& field : request.headers()) {
        if (field.id != HeaderId::kRoute) {
            continue;
        }
        if (first && !left.empty()) {
            patch.set_value(field, left);
        } else {
            patch.remove(field);
        }
        first = false;
    }
}

std::string upstream_contact(const sip::NameAddr& contact, const RequestedContact& asked,
                             const UpstreamFrame& frame) {
    const Endpoint local = routing::listen_point(frame.config, frame.upstream.realm);
    const std::string uri =
        asked.bulk ? routing::bulk_uri(asked.token, local) : policy::own_uri(asked.token, local);
    ContactEdit edit{uri};
    edit.expires = asked_upstream(asked.expires, frame.context.floor);
    edit.drop_reg_id = true;
    return edited(contact, edit);
}

void write_contacts(Patch& patch, const Message& request, const RequestedContacts& asked,
                    const UpstreamFrame& frame) {
    std::size_t index = 0;
    for (const HeaderField& field : request.headers()) {
        if (field.id != HeaderId::kContact || asked.wildcard) {
            continue;
        }
        std::string joined;
        policy::ListValues values(request.value(field));
        while (const auto value = values.next()) {
            const auto contact = sip::NameAddr::parse(*value);
            const bool ours =
                contact.ok() && index < asked.list.size() && asked.list[index].routable;
            joined.append(joined.empty() ? "" : ", ");
            joined.append(ours ? upstream_contact(*contact, asked.list[index], frame)
                               : std::string(*value));
            ++index;
        }
        patch.set_value(field, joined);
    }
}

/// H6. Without Expires the registrar chooses; only after its 423 we know better (H11).
void write_expires(Patch& patch, const Message& request, const RequestedContacts& asked,
                   std::uint32_t floor) {
    const bool ours = std::any_of(asked.list.begin(), asked.list.end(),
                                  [](const RequestedContact& contact) { return contact.routable; });
    if (ours && (asked.expires || floor > kDefaultExpires)) {
        const std::uint32_t phone = asked.expires.value_or(kDefaultExpires);
        set(patch, request, HeaderId::kExpires, std::to_string(asked_upstream(phone, floor)));
    }
}

/// RFC 6140 s.5.1: what a PBX demands for its numbers, we demand for it.
void write_bulk(Patch& patch, const Message& request, const UpstreamFrame& frame) {
    if (!lists_tag(request, HeaderId::kProxyRequire, "gin")) {
        return;
    }
    patch.append("Proxy-Require", "gin");
    if (frame.path.empty() && lists_tag(request, HeaderId::kSupported, "path")) {
        patch.append("Supported", "path");
    }
}

/// H15: ours is the topmost, because it is the last hop before the registrar's side (RFC 3327
/// s.5.2). The registrar may know no paths; it then says so itself.
void write_path(Patch& patch, const Message& request, std::string_view own) {
    if (const HeaderField* field = request.find(HeaderId::kPath)) {
        patch.set_value(*field,
                        std::string(own).append(", ").append(request.value_of(HeaderId::kPath)));
    } else {
        patch.append("Path", own);
    }
    if (!lists_tag(request, HeaderId::kSupported, "path")) {
        patch.append("Supported", "path");
    }
}

}  // namespace

std::optional<std::string_view> write_upstream(const Message& request,
                                               const RequestedContacts& asked,
                                               const UpstreamFrame& frame, std::span<char> out) {
    Patch patch(request);
    write_hop(patch, request, frame);
    write_routes(patch, request, frame);
    set(patch, request, HeaderId::kFrom, with_tag(request.from(), frame.context.from_tag));
    set(patch, request, HeaderId::kTo, with_tag(request.to(), {}));
    set(patch, request, HeaderId::kCallId, frame.context.call_id);
    set(patch, request, HeaderId::kCSeq, std::to_string(frame.context.cseq) + " REGISTER");
    if (frame.path.empty()) {
        write_contacts(patch, request, asked, frame);
        write_expires(patch, request, asked, frame.context.floor);
    } else {
        write_path(patch, request, frame.path);
    }
    write_bulk(patch, request, frame);
    policy::apply(patch, request, frame.crossing);
    const auto encoded = patch.encode(out);
    return encoded.ok() ? std::optional<std::string_view>(*encoded) : std::nullopt;
}

}  // namespace sallyport::registration
