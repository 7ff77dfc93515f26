// SPDX-License-Identifier: Apache-2.0
#include "b2bua/explain/made_up_credentials.h"

#include "b2bua/policy/digest_response.h"
#include "b2bua/sip/digest.h"
#include "b2bua/sip/patch.h"
#include "b2bua/sip/uri.h"

#include <memory>
#include <string_view>
#include <vector>

namespace sallyport::explain {
namespace {

using sip::HeaderId;

struct Challenge {
    sip::Digest digest;
    policy::NamedAlgorithm named;
    const User* user;
};

/// The first challenge that the sender can answer.
std::optional<Challenge> answerable(const Users& users, std::string_view user,
                                    const sip::Message& answer) {
    for (const sip::HeaderField& field : answer.headers()) {
        if (field.id != HeaderId::kWwwAuthenticate && field.id != HeaderId::kProxyAuthenticate) {
            continue;
        }
        const auto digest = sip::Digest::parse(answer.value(field));
        const auto named = digest.ok() ? policy::algorithm_of(*digest) : std::nullopt;
        const User* found = named ? users.find(user, digest->realm) : nullptr;
        if (found != nullptr && !found->of(named->algorithm).empty()) {
            return Challenge{*digest, *named, found};
        }
    }
    return std::nullopt;
}

std::string credentials(const Challenge& challenge, std::string_view user,
                        const sip::Message& request) {
    std::string text = "Digest username=\"";
    text.append(user).append("\", realm=\"").append(challenge.digest.realm);
    text.append("\", nonce=\"").append(challenge.digest.nonce);
    text.append("\", uri=\"").append(request.request_uri()).append("\", algorithm=");
    text.append(policy::name_of(challenge.named.algorithm));
    if (!challenge.digest.opaque.empty()) {
        text.append(", opaque=\"").append(challenge.digest.opaque).append("\"");
    }
    text.append(", qop=auth, nc=00000001, cnonce=\"dryrun\"");
    const auto parsed = sip::Digest::parse(text);
    if (!parsed.ok()) {
        return {};  // a Request-URI that cannot stand in quotes
    }
    const std::string response = policy::expected_response(
        *parsed, challenge.named, challenge.user->of(challenge.named.algorithm),
        request.method_name());
    return text.append(", response=\"").append(response).append("\"");
}

/// As another transaction of the same sender.
std::string again(const sip::Message& request, HeaderId header, const std::string& value) {
    const auto patch = std::make_unique<sip::Patch>(request);
    for (const sip::HeaderField& field : request.headers()) {
        if (field.id == header) {
            patch->remove(field);
        } else if (field.id == HeaderId::kCSeq) {
            std::string next = std::to_string(request.cseq().number + 1);
            patch->set_value(field, next.append(" ").append(request.method_name()));
        }
    }
    if (const std::string_view branch = request.top_via().branch; !branch.empty()) {
        patch->replace(branch, std::string(branch) + "again");
    }
    patch->append(sip::long_name(header), value);
    std::vector<char> room(request.octets().size() + 4096);
    const auto octets = patch->encode(room);
    return octets.ok() ? std::string(*octets) : std::string{};
}

}  // namespace

std::optional<MadeUp> with_credentials(const Users& users, const sip::Message& request,
                                       const sip::Message& answer) {
    const bool registers = request.method() == sip::Method::kRegister;
    const auto sender = sip::Uri::parse(registers ? request.to().uri : request.from().uri);
    const auto challenge =
        sender.ok() ? answerable(users, sender->user, answer) : std::optional<Challenge>{};
    if (!challenge) {
        return std::nullopt;
    }
    const HeaderId header =
        answer.status() == 401 ? HeaderId::kAuthorization : HeaderId::kProxyAuthorization;
    const std::string value = credentials(*challenge, sender->user, request);
    MadeUp made{again(request, header, value), std::string(sender->user)};
    made.account.append("@").append(challenge->digest.realm);
    return value.empty() || made.octets.empty() ? std::nullopt : std::optional(std::move(made));
}

}  // namespace sallyport::explain
