// SPDX-License-Identifier: Apache-2.0
#include "b2bua/policy/header_policy.h"

#include "b2bua/policy/carried.h"
#include "b2bua/policy/list_values.h"
#include "b2bua/policy/privacy.h"
#include "b2bua/sip/name_addr.h"
#include "b2bua/sip/params.h"

namespace sallyport::policy {
namespace {

using sip::HeaderField;
using sip::HeaderId;
using sip::Message;
using sip::Patch;

/// Leaves the elements that keep() likes; no edit when that is all, no line when it is none.
template <class Keep>
void filter(Patch& patch, const Message& message, const HeaderField& field, Keep keep) noexcept {
    JoinedValue kept;
    bool all = true;
    ListValues values(message.value(field));
    while (const auto element = values.next()) {
        if (keep(*element)) {
            kept.add(*element);
        } else {
            all = false;
        }
    }
    if (all) {
        return;
    }
    if (kept.empty()) {
        patch.remove(field);
    } else {
        patch.set_value(field, kept.text());
    }
}

/// The text of a parameter's value without its quotes.
std::string_view unquoted(std::string_view text) noexcept {
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
        return text.substr(1, text.size() - 2);
    }
    return text;
}

/// The qop-options of a challenge, without quotes; empty when it has none (RFC 7616 s.3.3).
std::string_view qop_of(std::string_view challenge) noexcept {
    const std::size_t scheme = challenge.find_first_of(" \t\r\n");
    if (scheme == std::string_view::npos || !sip::iequals(challenge.substr(0, scheme), "Digest")) {
        return {};
    }
    ListValues parameters(challenge.substr(scheme));
    while (const auto parameter = parameters.next()) {
        const std::size_t equals = parameter->find('=');
        const std::string_view name = parameter->substr(0, equals);
        if (equals == std::string_view::npos ||
            !sip::iequals(name.substr(0, name.find_last_not_of(" \t") + 1), "qop")) {
            continue;
        }
        const std::string_view value = parameter->substr(equals + 1);
        return unquoted(value.substr(std::min(value.find_first_not_of(" \t"), value.size())));
    }
    return {};
}

/// D15: we rewrite bodies, so their digest must not be part of the response.
bool take_out_auth_int(Patch& patch, const Message& message, const HeaderField& field) noexcept {
    const std::string_view qop = qop_of(message.value(field));
    JoinedValue kept;
    bool offered = false;
    ListValues options(qop);
    while (const auto option = options.next()) {
        if (sip::iequals(*option, "auth-int")) {
            offered = true;
        } else {
            kept.add(*option);
        }
    }
    if (offered && !kept.empty()) {
        patch.replace(qop, kept.text());
    }
    return offered && kept.empty();
}

/// "<urn:alert:service:call-waiting>" and "<cid:...>" point to nothing that would be fetched.
bool points_nowhere(std::string_view element) noexcept {
    const std::size_t open = element.find('<');
    const std::string_view uri =
        open == std::string_view::npos ? element : element.substr(open + 1);
    const std::string_view scheme = uri.substr(0, uri.find(':'));
    return sip::iequals(scheme, "urn") || sip::iequals(scheme, "cid");
}

/// Warning: 399 host "text" (RFC 3261 s.20.43).
void rename_agents(Patch& patch, const Message& message, const HeaderField& field,
                   std::string_view realm) noexcept {
    ListValues warnings(message.value(field));
    while (const auto warning = warnings.next()) {
        const std::size_t begin = warning->find(' ');
        const std::size_t end =
            begin == std::string_view::npos ? begin : warning->find(' ', begin + 1);
        if (end != std::string_view::npos && end > begin + 1) {
            patch.replace(warning->substr(begin + 1, end - begin - 1), realm);
        }
    }
}

/// Remote-Party-ID says in itself whether it is private (the draft's privacy parameter).
bool asks_privacy(std::string_view party) noexcept {
    const auto parsed = sip::NameAddr::parse(party);
    if (!parsed.ok()) {
        return true;
    }
    const auto privacy = sip::find_param(parsed->params, "privacy");
    return privacy && privacy->value && !sip::iequals(unquoted(*privacy->value), "off");
}

bool identity_crosses(const Message& message, const HeaderField& field, const Crossing& crossing,
                      bool id_private) noexcept {
    if (!crossing.from_trusted) {
        return false;  // RFC 3325 s.5: nobody asserted it whom we believe
    }
    if (crossing.to_trusted) {
        return true;
    }
    return !id_private &&
           (field.id != HeaderId::kRemotePartyId || !asks_privacy(message.value(field)));
}

/// The Contact of a failure names another way to reach somebody: not across a trust boundary.
bool strips_contact(const Message& message, const Crossing& crossing) noexcept {
    return !crossing.request && message.status() >= 400 &&
           !(crossing.from_trusted && crossing.to_trusted);
}

/// The one message being edited, so that one verdict is one line below.
struct Editing {
    Patch& patch;
    const Message& message;
    const Crossing& crossing;
    bool id_private;
    Findings findings{};

    void field(const HeaderField& f) noexcept;
    [[nodiscard]] bool tag_crosses(const HeaderField& f, std::string_view tag) const noexcept {
        const bool withheld =
            f.id == HeaderId::kRequire && sip::iequals(tag, crossing.withheld_tag);
        return carries_tag(tag) && !withheld;
    }
    void strip_unless(bool crosses, const HeaderField& f) noexcept {
        if (!crosses) {
            patch.remove(f);
        }
    }
};

void Editing::field(const HeaderField& f) noexcept {
    switch (verdict_of(f.id, crossing.request)) {
        case Verdict::kPass:
            return;
        case Verdict::kStrip:
            return patch.remove(f);
        case Verdict::kLegOwned:
            return strip_unless(f.id != HeaderId::kContact || !strips_contact(message, crossing),
                                f);
        case Verdict::kTrusted:
            return strip_unless(crossing.to_trusted, f);
        case Verdict::kTrustedBoth:
            return strip_unless(crossing.from_trusted && crossing.to_trusted, f);
        case Verdict::kAsserted:
            return strip_unless(identity_crosses(message, f, crossing, id_private), f);
        case Verdict::kPrivacy:
            return crossing.to_trusted ? void() : take_out_performed(patch, message, f);
        case Verdict::kOptionTags:
            return filter(patch, message, f,
                          [this, &f](std::string_view tag) { return tag_crosses(f, tag); });
        case Verdict::kInfoPackages:
            return filter(patch, message, f, carries_package);
        case Verdict::kChallenge:
            findings.auth_int_only |= take_out_auth_int(patch, message, f);
            return;
        case Verdict::kInfoUris:
            return crossing.from_trusted ? void() : filter(patch, message, f, points_nowhere);
        case Verdict::kWarnAgent:
            return crossing.to_realm.empty() ? void()
                                             : rename_agents(patch, message, f, crossing.to_realm);
    }
}

}  // namespace

Findings apply(sip::Patch& patch, const sip::Message& message, const Crossing& crossing) noexcept {
    Editing editing{patch, message, crossing, asks_privacy(message, "id")};
    for (const HeaderField& field : message.headers()) {
        editing.field(field);
    }
    return editing.findings;
}

}  // namespace sallyport::policy
