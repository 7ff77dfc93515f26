// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/transfer_target.h"

#include "b2bua/call/crossing.h"
#include "b2bua/call/dialog_names.h"
#include "b2bua/call/legs.h"
#include "b2bua/call/session_part.h"
#include "b2bua/routing/own_address.h"
#include "b2bua/sip/params.h"
#include "b2bua/sip/uri.h"
#include "b2bua/sip/uri_headers.h"
#include "b2bua/sip/writer.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace sallyport::call {
namespace {

using sip::HeaderId;

/// How long the target may ring (RFC 3261 s.13.3.1): what bounds the attempt, with M1.
constexpr std::string_view kExpires = "180";

std::string header_of(const sip::Uri& uri, std::string_view name) {
    const auto header = sip::find_uri_header(uri.headers, name);
    return header ? sip::unescaped(header->value) : std::string{};
}

/// An escaped line break would begin a header of its own in the INVITE that is made of it.
bool is_one_line(std::string_view value) noexcept {
    return std::none_of(value.begin(), value.end(),
                        [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; });
}

/// RFC 3261 s.19.1.1: neither headers nor a method stand in a Request-URI.
std::string request_uri_of(const sip::Uri& uri) {
    std::string text(uri.text.substr(0, uri.text.find('?')));
    if (const auto method = sip::find_param(uri.params, "method")) {
        const auto from = static_cast<std::size_t>(method->name.data() - uri.text.data()) - 1;
        const std::string_view last = method->value.value_or(method->name);
        const auto to = static_cast<std::size_t>(last.data() + last.size() - uri.text.data());
        text.erase(from, to - from);
    }
    return text;
}

/// RFC 3892 s.2.2: Referred-By goes on with the token that vouches for it, which is a body of the
/// REFER.
bool has_token(const sip::Message& refer) {
    const auto by = sip::NameAddr::parse(refer.value_of(HeaderId::kReferredBy));
    return by.ok() && sip::find_param(by->params, "cid") && session_description(refer).empty();
}

/// Somebody whose Contact, in a dialog with us, the transferor knows by ours.
std::optional<routing::Target> behind_contact(Environment& env, const Flow& transferor,
                                              const sip::Message& invite) {
    const auto uri = sip::Uri::parse(invite.request_uri());
    const bool own = uri.ok() && routing::is_own(env.config, *uri);
    if (!own || named_target(*env.dialogs, env.config, invite) ||
        env.registered.by_token(uri->user, env.now).reach != routing::Reach::kUnknown ||
        env.sealed.open(env.config, uri->user, env.now)) {
        return std::nullopt;
    }
    return env.dialogs->behind_contact(*uri, transferor.remote);
}

}  // namespace

std::optional<TransferTarget> transfer_target(const sip::Message& refer) {
    const auto parsed = sip::NameAddr::parse(refer.value_of(HeaderId::kReferTo));
    const auto uri =
        parsed.ok() ? sip::Uri::parse(parsed->uri) : Result<sip::Uri, sip::ParseError>(sip::Uri{});
    if (!uri.ok() || uri->scheme == sip::Scheme::kOther || uri->scheme == sip::Scheme::kUrn) {
        return std::nullopt;
    }
    const auto method = sip::find_param(uri->params, "method");
    if (method && method->value != "INVITE") {
        return std::nullopt;
    }
    TransferTarget target;
    target.uri = uri->scheme == sip::Scheme::kTel ? std::string(uri->text) : request_uri_of(*uri);
    target.replaces = header_of(*uri, "Replaces");
    if (!is_one_line(target.replaces)) {
        return std::nullopt;
    }
    target.requires_replaces = sip::iequals(header_of(*uri, "Require"), "replaces");
    return target;
}

std::string transfer_invite(Environment& env, const Dialog& transferee,
                            const TransferTarget& target, const sip::Message& refer) {
    sip::Writer writer(env.scratch);
    writer.request_line("INVITE", target.uri)
        .header("Via", via_value(transferee.flow.local, env.identifiers.branch()))
        .header("Max-Forwards", "70")
        .header("From", transferee.remote_party)
        .header_begin("To")
        .text("<")
        .text(target.uri)
        .text(">")
        .line_end()
        .header("Call-ID", transferee.call_id)
        .header("CSeq", "1 INVITE")
        .header_begin("Contact")
        .text("<")
        .text(transferee.remote_target)
        .text(">")
        .line_end()
        .header("Expires", kExpires);
    const std::pair<std::string_view, std::string_view> optional[] = {
        {"Allow", transferee.allow},
        {"Replaces", target.replaces},
        {"Require", target.requires_replaces ? "replaces" : ""},
        {"Referred-By", refer.value_of(HeaderId::kReferredBy)}};
    for (const auto& [name, value] : optional) {
        if (!value.empty()) {
            writer.header(name, value);
        }
    }
    if (!has_token(refer)) {
        return std::string(writer.finish().value_or(std::string_view{}));
    }
    for (const HeaderId about : {HeaderId::kMimeVersion, HeaderId::kContentId}) {
        writer.copy(refer, about);
    }
    return std::string(writer.finish(refer.value_of(HeaderId::kContentType), refer.body())
                           .value_or(std::string_view{}));
}

Result<routing::Targets, routing::Refusal> transfer_targets(Environment& env,
                                                            const Flow& transferor,
                                                            RealmId transferee,
                                                            const sip::Message& invite) {
    if (auto party = behind_contact(env, transferor, invite)) {
        return routing::Targets{std::move(*party)};
    }
    Flow from;
    from.realm = transferee;
    auto targets = choose_targets(env, from, invite);
    return targets.ok() ? std::move(targets) : choose_targets(env, transferor, invite);
}

}  // namespace sallyport::call
