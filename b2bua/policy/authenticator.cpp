// SPDX-License-Identifier: Apache-2.0
#include "b2bua/policy/authenticator.h"

#include "b2bua/policy/digest_response.h"
#include "b2bua/sip/params.h"
#include "b2bua/sip/uri.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace sallyport::policy {
namespace {

using Verdict = Authentication::Verdict;

// The strongest first (RFC 8760 s.2.4).
constexpr std::array<DigestAlgorithm, kDigestAlgorithms> kOffered{DigestAlgorithm::kSha256,
                                                                  DigestAlgorithm::kMd5};
constexpr std::string_view kQop = "auth";

/// 8LHEX (RFC 7616 s.3.4).
std::optional<std::uint32_t> nonce_count(std::string_view text) noexcept {
    std::uint32_t value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    return text.size() == 8 && fault == std::errc{} && end == text.data() + text.size() &&
                   value != 0
               ? std::optional(value)
               : std::nullopt;
}

/// RFC 7616 s.3.4.6: the resource that the credentials are for is the one that is asked for. Of SIP
/// URIs ports and parameters differ between what phones hash and what they send; user and host do
/// not. A number or a name of another scheme is all of its text.
bool same_resource(std::string_view digest_uri, std::string_view request_uri) noexcept {
    const auto hashed = sip::Uri::parse(digest_uri);
    const auto asked = sip::Uri::parse(request_uri);
    if (!hashed.ok() || !asked.ok() || hashed->scheme != asked->scheme) {
        return false;
    }
    const bool is_sip = asked->scheme == sip::Scheme::kSip || asked->scheme == sip::Scheme::kSips;
    return is_sip ? hashed->user == asked->user && sip::iequals(hashed->host, asked->host)
                  : hashed->text == asked->text;
}

}  // namespace

Authenticator::Authenticator(const Users& users, std::span<const std::uint8_t> secret, ShardId self,
                             Settings settings)
    : users_(users), nonces_(secret, self, settings.max_nonces), settings_(settings) {}

bool Authenticator::readable(const sip::Digest& credentials, std::string_view request_uri) const {
    const bool counted = sip::iequals(credentials.qop, kQop) && !credentials.cnonce.empty() &&
                         nonce_count(credentials.nc).has_value();
    const bool legacy = credentials.qop.empty() && settings_.legacy;
    return (counted || legacy) && same_resource(credentials.uri, request_uri);
}

Authentication Authenticator::check(const sip::Message& request, Challenger challenger,
                                    std::string_view realm, Moment now) {
    const auto header = challenger == Challenger::kRegistrar ? sip::HeaderId::kAuthorization
                                                             : sip::HeaderId::kProxyAuthorization;
    for (const sip::HeaderField& field : request.headers()) {
        if (field.id != header) {
            continue;
        }
        const auto credentials = sip::Digest::parse(request.value(field));
        if (!credentials.ok() || !credentials->is_digest() ||
            !sip::iequals(credentials->realm, realm)) {
            continue;  // Basic never, and another realm's are not for us
        }
        if (!readable(*credentials, request.request_uri())) {
            return {Verdict::kWrong, {}};
        }
        return judge(*credentials, realm, request.method_name(), now);
    }
    return {};
}

Authentication Authenticator::judge(const sip::Digest& credentials, std::string_view realm,
                                    std::string_view method, Moment now) {
    const auto named = algorithm_of(credentials);
    const User* user = users_.find(credentials.username, realm);
    // An unknown user takes as long as one who gave a wrong password.
    static const std::string kNobody(32, '0');
    const bool has_secret = named && user != nullptr && !user->of(named->algorithm).empty();
    const std::string& ha1 = has_secret ? user->of(named->algorithm) : kNobody;
    const std::string expected =
        expected_response(credentials, named.value_or(NamedAlgorithm{}), ha1, method);
    if (!same_hash(expected, credentials.response) || !has_secret) {
        return {Verdict::kWrong, {}};
    }
    const auto count = credentials.qop.empty() ? std::nullopt : nonce_count(credentials.nc);
    if (!nonces_.use(credentials.nonce, realm, count, now)) {
        return {Verdict::kStale, {}};
    }
    return {Verdict::kAccepted, std::string(credentials.username)};
}

std::string Authenticator::challenge(Challenger challenger, std::string_view realm, bool stale,
                                     Moment now) {
    const std::string nonce = nonces_.mint(realm, now);
    std::string lines;
    for (const DigestAlgorithm algorithm : kOffered) {
        if (!users_.all_have(algorithm, realm)) {
            continue;
        }
        lines
            .append(challenger == Challenger::kRegistrar ? "WWW-Authenticate"
                                                         : "Proxy-Authenticate")
            .append(": Digest realm=\"")
            .append(realm)
            .append("\", nonce=\"")
            .append(nonce)
            .append("\", opaque=\"")
            .append(nonce.substr(nonce.size() - 8))
            .append("\", algorithm=")
            .append(name_of(algorithm))
            .append(stale ? ", stale=true" : "")
            .append(", qop=\"auth\"\r\n");
    }
    return lines;
}

}  // namespace sallyport::policy
