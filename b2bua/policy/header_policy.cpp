// SPDX-License-Identifier: Apache-2.0
#include "b2bua/policy/header_policy.h"

#include "b2bua/policy/carried.h"
#include "b2bua/policy/challenge.h"
#include "b2bua/policy/list_values.h"
#include "b2bua/policy/privacy.h"
#include "b2bua/sip/digest.h"
#include "b2bua/sip/name_addr.h"
#include "b2bua/sip/params.h"
#include "b2bua/sip/quoted_string.h"
#include "b2bua/sip/warning.h"

#include <algorithm>

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

/// "<urn:alert:service:call-waiting>" and "<cid:...>" point to nothing that would be fetched.
bool points_nowhere(std::string_view element) noexcept {
    const auto value = sip::NameAddr::parse(element);
    const std::string_view uri = value.ok() ? value->uri : std::string_view{};
    const std::string_view scheme = uri.substr(0, uri.find(':'));
    return sip::iequals(scheme, "urn") || sip::iequals(scheme, "cid");
}

/// Of each Warning the agent, where there is a name for it; one that is malformed passes as it is
/// (A18).
void rename_agents(Patch& patch, const Message& message, const HeaderField& field,
                   std::string_view realm) noexcept {
    if (realm.empty()) {
        return;
    }
    ListValues warnings(message.value(field));
    while (const auto value = warnings.next()) {
        if (const auto warning = sip::Warning::parse(*value); warning.ok()) {
            patch.replace(warning->agent, realm);
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
    return privacy && privacy->value && !sip::iequals(sip::unquoted(*privacy->value), "off");
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
bool strips_contact(const Message& message, const HeaderField& field,
                    const Crossing& crossing) noexcept {
    return field.id == HeaderId::kContact && !crossing.request && message.status() >= 400 &&
           !(crossing.from_trusted && crossing.to_trusted);
}

/// Named by the option strip-headers; only headers without a verdict of their own can be.
bool is_listed(const Message& message, const HeaderField& field,
               std::span<const std::string> names) noexcept {
    return field.id == HeaderId::kUnknown &&
           std::any_of(names.begin(), names.end(), [&](const std::string& name) {
               return sip::iequals(name, message.name(field));
           });
}

/// Credentials for the realm of our own users: whoever asked for them takes them out (RFC 3261
/// s.22.3).
bool answers_us(const Message& message, const HeaderField& field, const Users* users) noexcept {
    const auto credentials = sip::Digest::parse(message.value(field));
    return users != nullptr && credentials.ok() && users->has_domain(credentials->realm);
}

/// The one message being edited, so that one verdict is one line below.
struct Editing {
    Patch& patch;
    const Message& message;
    const Crossing& crossing;
    Privacy asked;
    bool hides_user;

    void field(const HeaderField& f) noexcept;
    [[nodiscard]] bool tag_crosses(const HeaderField& f, std::string_view tag) const noexcept {
        const bool withheld =
            f.id == HeaderId::kRequire && sip::iequals(tag, crossing.withheld_tag);
        const bool forbidden =
            f.id == HeaderId::kSupported && !crossing.carries_100rel && sip::iequals(tag, "100rel");
        return (carries_tag(tag) || (crossing.by_path && is_path_tag(tag))) && !withheld &&
               !forbidden;
    }
    [[nodiscard]] bool method_crosses(std::string_view name) const noexcept;
    void option_tags(const HeaderField& f) noexcept;
    void methods(const HeaderField& f) noexcept;
    [[nodiscard]] bool inside_trust() const noexcept {
        return crossing.from_trusted && crossing.to_trusted;
    }
    [[nodiscard]] bool is_registered_answer() const noexcept {
        return !crossing.request && crossing.method == sip::Method::kRegister;
    }
    /// Of a verdict that asks who is told.
    [[nodiscard]] bool reaches(Verdict verdict) const noexcept {
        if (verdict == Verdict::kTrusted) {
            return crossing.to_trusted;
        }
        if (verdict == Verdict::kByPath) {
            return crossing.by_path;
        }
        return inside_trust() || (verdict == Verdict::kRegistered && is_registered_answer());
    }
    void signed_header(const HeaderField& f) noexcept;
    void info_uris(const HeaderField& f) noexcept;
    void strip_unless(bool crosses, const HeaderField& f) noexcept {
        if (!crosses) {
            patch.remove(f);
        }
    }
};

void Editing::option_tags(const HeaderField& f) noexcept {
    filter(patch, message, f, [this, &f](std::string_view tag) { return tag_crosses(f, tag); });
}

void Editing::methods(const HeaderField& f) noexcept {
    filter(patch, message, f, [this](std::string_view name) { return method_crosses(name); });
}

/// Allow says what would be answered: refused methods are not in it (RFC 3261 s.20.5).
bool Editing::method_crosses(std::string_view name) const noexcept {
    const sip::Method method = sip::method_of(name);
    return (method != sip::Method::kRefer || crossing.refer != Transfers::kReject) &&
           (method != sip::Method::kUnknown || crossing.unknown_methods == Passage::kPass);
}

void Editing::signed_header(const HeaderField& f) noexcept {
    if (crossing.parties_kept) {
        return;
    }
    patch.remove(f);
    if (crossing.identities_stripped != nullptr) {
        crossing.identities_stripped->add();
    }
}

void Editing::info_uris(const HeaderField& f) noexcept {
    if (hides_user) {
        patch.remove(f);
    } else if (!crossing.from_trusted && crossing.strip_info_uris) {
        filter(patch, message, f, points_nowhere);
    }
}

void Editing::field(const HeaderField& f) noexcept {
    const Verdict verdict = verdict_of(f.id, crossing.request);
    switch (verdict) {
        case Verdict::kPass:
            return strip_unless(!is_listed(message, f, crossing.strip_headers), f);
        case Verdict::kStrip:
            return patch.remove(f);
        case Verdict::kLegOwned:
            return strip_unless(!strips_contact(message, f, crossing), f);
        case Verdict::kTrusted:
        case Verdict::kTrustedBoth:
        case Verdict::kRegistered:
        case Verdict::kByPath:
            return strip_unless(reaches(verdict), f);
        case Verdict::kAsserted:
            return strip_unless(identity_crosses(message, f, crossing, asked.id), f);
        case Verdict::kPersonal:
            return strip_unless(!hides_user, f);
        case Verdict::kAgent:
            return strip_unless(!hides_user && !crossing.hide_agents, f);
        case Verdict::kSigned:
            return signed_header(f);
        case Verdict::kPrivacy:
            return crossing.to_trusted ? void() : take_out_performed(patch, message, f);
        case Verdict::kOptionTags:
            return option_tags(f);
        case Verdict::kMethods:
            return methods(f);
        case Verdict::kInfoPackages:
            return filter(patch, message, f, carries_package);
        case Verdict::kChallenge:
            return take_out_auth_int(patch, message, f);
        case Verdict::kCredentials:
            return strip_unless(!answers_us(message, f, crossing.users), f);
        case Verdict::kInfoUris:
            return info_uris(f);
        case Verdict::kWarnAgent:
            return rename_agents(patch, message, f, crossing.to_realm);
    }
}

}  // namespace

Crossing crossing_between(const Config& config, RealmId from, RealmId to) noexcept {
    const Realm& near = config.realms[from.value];
    const Realm& far = config.realms[to.value];
    Crossing crossing;
    crossing.from_trusted = !near.nat;
    crossing.to_trusted = !far.nat;
    crossing.to_realm = far.topology_hide ? std::string_view(far.name) : std::string_view{};
    crossing.hide_agents = far.ua_hide;
    crossing.strip_info_uris = near.strip_info_uris;
    crossing.strip_headers = far.strip_headers;
    crossing.users = asks_for_credentials(near) ? config.users.get() : nullptr;
    crossing.refer = config.refer;
    crossing.unknown_methods = config.unknown_methods;
    crossing.carries_100rel =
        near.reliable == ReliableResponses::kPass && far.reliable == ReliableResponses::kPass;
    return crossing;
}

void apply(sip::Patch& patch, const sip::Message& message, const Crossing& crossing) noexcept {
    const Privacy asked = privacy_of(message);
    Editing editing{patch, message, crossing, asked, asked.user && !crossing.to_trusted};
    for (const HeaderField& field : message.headers()) {
        editing.field(field);
    }
    if (!crossing.identity.empty() && (crossing.to_trusted || !asked.id)) {
        patch.append("P-Asserted-Identity", crossing.identity);
    }
}

}  // namespace sallyport::policy
