// SPDX-License-Identifier: Apache-2.0
#include "b2bua/registration/phone_response.h"

#include "b2bua/policy/list_values.h"
#include "b2bua/sip/patch.h"

#include <algorithm>

namespace sallyport::registration {
namespace {

using sip::HeaderField;
using sip::HeaderId;
using sip::Message;
using sip::Patch;

void echo(Patch& patch, const Message& response, HeaderId id, std::string_view value) {
    if (const HeaderField* field = response.find(id)) {
        patch.set_value(*field, value);
    } else {
        patch.append(sip::long_name(id), value);
    }
}

/// lines: "Via: value", each ended by CRLF, unfolded.
void write_vias(Patch& patch, std::string_view lines) {
    while (!lines.empty()) {
        const std::size_t end = std::min(lines.find("\r\n"), lines.size());
        const std::string_view line = lines.substr(0, end);
        const std::size_t value = line.find_first_not_of(" \t", line.find(':') + 1);
        if (value != std::string_view::npos) {
            patch.prepend("Via", line.substr(value));
        }
        lines.remove_prefix(std::min(end + 2, lines.size()));
    }
}

void write_contacts(Patch& patch, const Message& response, const HeaderField& field,
                    const ContactRule& rule) {
    std::string joined;
    policy::ListValues values(response.value(field));
    while (const auto value = values.next()) {
        const auto contact = sip::NameAddr::parse(*value);
        const auto text = contact.ok() ? rule(*contact) : std::string(*value);
        if (text) {
            joined.append(joined.empty() ? "" : ", ").append(*text);
        }
    }
    if (joined.empty()) {
        patch.remove(field);
    } else {
        patch.set_value(field, joined);
    }
}

/// All values in the first line.
void write_service_route(Patch& patch, const Message& response, std::string_view values) {
    bool first = true;
    for (const HeaderField& field : response.headers()) {
        if (field.id != HeaderId::kServiceRoute || values.empty()) {
            continue;
        }
        if (first) {
            patch.set_value(field, values);
        } else {
            patch.remove(field);
        }
        first = false;
    }
}

}  // namespace

std::optional<std::string_view> write_phone_response(const Message& response,
                                                     const PhoneFrame& frame,
                                                     const ContactRule& contact,
                                                     std::span<char> out) {
    Patch patch(response);
    const bool accepted = response.status() < 300;
    for (const HeaderField& field : response.headers()) {
        if (field.id == HeaderId::kVia || field.id == HeaderId::kRecordRoute) {
            patch.remove(field);
        } else if (field.id == HeaderId::kContact && accepted) {
            write_contacts(patch, response, field, contact);
        } else if (field.id == HeaderId::kExpires && frame.expires) {
            patch.set_value(field, std::to_string(*frame.expires));
        }
    }
    write_service_route(patch, response, frame.service_route);
    write_vias(patch, frame.vias);
    const Message& request = frame.request;
    std::string to(request.to().text);
    if (request.to().tag.empty()) {
        to.append(";tag=").append(frame.to_tag);
    }
    echo(patch, response, HeaderId::kFrom, request.from().text);
    echo(patch, response, HeaderId::kTo, to);
    echo(patch, response, HeaderId::kCallId, request.call_id());
    echo(patch, response, HeaderId::kCSeq, request.value_of(HeaderId::kCSeq));
    policy::apply(patch, response, frame.crossing);
    const auto encoded = patch.encode(out);
    return encoded.ok() ? std::optional<std::string_view>(*encoded) : std::nullopt;
}

}  // namespace sallyport::registration
