// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/crossing.h"

#include "b2bua/call/dialog_info.h"
#include "b2bua/call/dialog_names.h"
#include "b2bua/call/session_part.h"
#include "b2bua/policy/privacy.h"
#include "b2bua/sip/params.h"
#include "b2bua/sip/patch.h"
#include "b2bua/sip/session_expires.h"
#include "b2bua/sip/uri.h"
#include "b2bua/sip/writer.h"

#include <algorithm>
#include <array>

namespace sallyport::call {
namespace {

using sip::HeaderId;

void remove_all(sip::Patch& patch, const sip::Message& message, HeaderId id) noexcept {
    for (const sip::HeaderField& field : message.headers()) {
        if (field.id == id) {
            patch.remove(field);
        }
    }
}

void set(sip::Patch& patch, const sip::Message& message, HeaderId id,
         std::string_view text) noexcept {
    if (const sip::HeaderField* field = message.find(id)) {
        patch.set_value(*field, text);
    } else {
        patch.append(sip::long_name(id), text);
    }
}

/// Ready-made lines go before the first header, in their order.
void prepend_lines(sip::Patch& patch, std::string_view lines) noexcept {
    while (!lines.empty()) {
        const auto end = lines.find("\r\n");
        const std::string_view line = lines.substr(0, end);
        const auto colon = line.find(": ");
        patch.prepend(line.substr(0, colon), line.substr(colon + 2));
        lines.remove_prefix(end + 2);
    }
}

/// Parameters of a Contact that stay with the party they describe; GRUU and outbound ones belong to
/// the other leg's registration (D11, RFC 5627 s.4).
bool leg_bound(std::string_view name) noexcept {
    constexpr std::array<std::string_view, 4> kBound{"gr", "temp-gruu", "pub-gruu", "ob"};
    for (const std::string_view bound : kBound) {
        if (sip::iequals(name, bound)) {
            return true;
        }
    }
    return false;
}

/// Our Contact with the feature parameters of theirs (D10, RFC 3840 s.9); the name of their device
/// stays behind where they want to be nobody (RFC 3323 s.5.1).
std::string crossed_contact(const sip::Message& message, std::string_view ours, bool hidden) {
    std::string text(ours);
    sip::ValueCursor cursor(message, HeaderId::kContact);
    const auto value = cursor.next();
    const auto theirs = value ? sip::NameAddr::parse(*value)
                              : Result<sip::NameAddr, sip::ParseError>(sip::NameAddr{});
    if (!theirs.ok()) {
        return text;
    }
    sip::ParamCursor params(theirs->params);
    while (const auto param = params.next()) {
        if (leg_bound(param->name) || (hidden && sip::iequals(param->name, "+sip.instance"))) {
            continue;
        }
        text.append(";").append(param->name);
        if (param->value) {
            text.append("=").append(*param->value);
        }
    }
    return text;
}

void write_contact(sip::Patch& patch, const sip::Message& message, std::string_view ours,
                   bool to_trusted) {
    const bool theirs = message.has(HeaderId::kContact);
    if (theirs && !ours.empty()) {
        const std::string text =
            crossed_contact(message, ours, policy::hides_contact(message, to_trusted));
        remove_all(patch, message, HeaderId::kContact);
        patch.append("Contact", text);
    } else if (theirs) {
        remove_all(patch, message, HeaderId::kContact);
    } else if (!ours.empty()) {
        patch.append("Contact", ours);
    }
}

std::string cseq_value(std::uint32_t number, std::string_view method) {
    return std::to_string(number).append(" ").append(method);
}

/// RFC 7044 s.10.1: not where nobody is trusted with it.
void add_history(sip::Patch& patch, std::string_view entries, const policy::Crossing& crossing) {
    if (!entries.empty() && crossing.to_trusted) {
        patch.append("History-Info", entries);
    }
}

void replace_contacts(sip::Patch& patch, const sip::Message& message,
                      const std::vector<std::string>& values) {
    remove_all(patch, message, HeaderId::kContact);
    for (const std::string& value : values) {
        patch.append("Contact", value);
    }
}

/// RFC 4028 s.8.1: Min-SE is never lowered, and Session-Expires is not below it.
void raise_interval(sip::Patch& patch, const sip::Message& message, std::uint32_t least) {
    const auto asked = sip::MinSe::parse(message.value_of(HeaderId::kMinSe));
    const std::string text = std::to_string(std::max(least, asked.ok() ? asked->seconds : 0));
    set(patch, message, HeaderId::kMinSe, text);
    const std::string_view interval = message.value_of(HeaderId::kSessionExpires);
    patch.replace(interval.substr(0, interval.find_first_not_of("0123456789")), text);
}

/// RFC 8224 s.4.1: what a signature says of a party is its user and host.
bool same_party(const sip::NameAddr& theirs, std::string_view shown) noexcept {
    const auto party = sip::NameAddr::parse(shown);
    const auto before = sip::Uri::parse(theirs.uri);
    const auto after = party.ok() ? sip::Uri::parse(party->uri) : before;
    if (!party.ok() || !before.ok() || !after.ok()) {
        return party.ok() && party->uri == theirs.uri;
    }
    return before->user == after->user && sip::iequals(before->host, after->host);
}

/// RFC 3428 s.8: a MESSAGE stays within 1300 octets where nothing controls congestion.
std::size_t longest(const sip::Message& message) noexcept {
    constexpr std::size_t kNoLimit = ~std::size_t{0};
    return message.is_request() && message.method() == sip::Method::kMessage ? 1300 : kNoLimit;
}

/// A body that was left out leaves no description of itself.
void remove_body(sip::Patch& patch, const sip::Message& message) noexcept {
    for (const HeaderId id :
         {HeaderId::kContentType, HeaderId::kContentEncoding, HeaderId::kContentDisposition}) {
        remove_all(patch, message, id);
    }
}

std::optional<std::string_view> encode(sip::Patch& patch, const sip::Message& message,
                                       const SessionTexts& texts, std::span<char> out) {
    std::optional<std::string> body;
    if (texts.negotiated && message.body().empty()) {
        body = *texts.negotiated;
        set(patch, message, HeaderId::kContentType, "application/sdp");
    } else if (!message.body().empty()) {
        body = crossed_body(message, texts);
    }
    if (body) {
        patch.set_body(*body);
    }
    if (body && body->empty() && !texts.others.empty()) {
        remove_body(patch, message);
    }
    const auto encoded = patch.encode(out.first(std::min(out.size(), longest(message))));
    return encoded.ok() ? std::optional<std::string_view>(*encoded) : std::nullopt;
}

/// Dialogs are called otherwise on the leg, in headers and in bodies (D14).
std::vector<InfoText> name_dialogs(sip::Patch& patch, const sip::Message& message,
                                   const Naming* naming) {
    if (naming == nullptr) {
        return {};
    }
    rename_dialogs(patch, message, *naming);
    return crossed_dialog_infos(message, *naming);
}

std::vector<sip::PartText> parts_of(const std::vector<InfoText>& infos) {
    std::vector<sip::PartText> parts;
    for (const InfoText& info : infos) {
        parts.push_back({info.part, info.text});
    }
    return parts;
}

}  // namespace

std::string via_value(const Endpoint& sent_by, std::string_view branch) {
    std::string text = "SIP/2.0/UDP " + sent_by.to_string();
    text.append(";branch=").append(branch).append(";rport");
    return text;
}

std::optional<std::string_view> cross_request(const sip::Message& message,
                                              const RequestFrame& frame,
                                              const policy::Crossing& crossing,
                                              std::span<char> out) noexcept {
    sip::Patch patch(message);
    patch.set_request_uri(frame.request_uri);
    for (const HeaderId id : {HeaderId::kVia, HeaderId::kRoute, HeaderId::kRecordRoute}) {
        remove_all(patch, message, id);
    }
    patch.prepend("Via", via_value(frame.sent_by, frame.branch));
    for (const std::string& route : frame.routes) {
        patch.prepend("Route", route);
    }
    set(patch, message, HeaderId::kMaxForwards, std::to_string(frame.max_forwards));
    set(patch, message, HeaderId::kFrom, frame.from);
    set(patch, message, HeaderId::kTo, frame.to);
    set(patch, message, HeaderId::kCallId, frame.call_id);
    set(patch, message, HeaderId::kCSeq, cseq_value(frame.cseq, message.method_name()));
    write_contact(patch, message, frame.contact, crossing.to_trusted);
    if (frame.drop_credentials) {
        remove_all(patch, message, HeaderId::kAuthorization);
        remove_all(patch, message, HeaderId::kProxyAuthorization);
    }
    if (frame.min_se) {
        raise_interval(patch, message, *frame.min_se);
    }
    if (!frame.rack.empty()) {
        set(patch, message, HeaderId::kRAck, frame.rack);
    }
    const auto infos = name_dialogs(patch, message, frame.naming);
    if (frame.event) {
        set(patch, message, HeaderId::kEvent, *frame.event);
    }
    policy::Crossing across = crossing;
    across.parties_kept =
        same_party(message.from(), frame.from) && same_party(message.to(), frame.to);
    policy::apply(patch, message, across);
    add_history(patch, frame.history, crossing);
    const auto others = parts_of(infos);
    return encode(patch, message, {frame.session_description, frame.passive_sessions, others}, out);
}

std::optional<std::string_view> cross_response(const sip::Message& message,
                                               const ResponseFrame& frame,
                                               const policy::Crossing& crossing,
                                               std::span<char> out) noexcept {
    sip::Patch patch(message);
    for (const HeaderId id : {HeaderId::kVia, HeaderId::kRoute, HeaderId::kRecordRoute}) {
        remove_all(patch, message, id);
    }
    prepend_lines(patch, frame.vias);
    prepend_lines(patch, frame.record_routes);
    prepend_lines(patch, frame.more_lines);
    set(patch, message, HeaderId::kFrom, frame.from);
    set(patch, message, HeaderId::kTo, frame.to);
    set(patch, message, HeaderId::kCallId, frame.call_id);
    set(patch, message, HeaderId::kCSeq, frame.cseq);
    if (!frame.redirection) {
        write_contact(patch, message, frame.contact, crossing.to_trusted);
    } else if (const auto values = redirect_contacts(*frame.redirection, message)) {
        replace_contacts(patch, message, *values);
    }
    if (frame.status != 0 && frame.status != message.status()) {
        patch.set_status(frame.status, sip::default_reason(frame.status));
    }
    if (frame.rseq) {
        set(patch, message, HeaderId::kRSeq, std::to_string(*frame.rseq));
    } else {
        remove_all(patch, message, HeaderId::kRSeq);
    }
    policy::Crossing rules = crossing;
    if (message.status() < 200 && !frame.rseq) {
        rules.withheld_tag = "100rel";  // what is not reliable must not require it (RFC 3262 s.3)
    }
    if (frame.failed_over) {
        remove_all(patch, message, HeaderId::kRetryAfter);
    }
    if (frame.hides_timer) {
        remove_all(patch, message, HeaderId::kSessionExpires);
        rules.withheld_tag = "timer";
    }
    policy::apply(patch, message, rules);
    return encode(patch, message, {frame.session_description, frame.passive_sessions, {}}, out);
}

}  // namespace sallyport::call
