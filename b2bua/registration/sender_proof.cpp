// SPDX-License-Identifier: Apache-2.0
#include "b2bua/registration/sender_proof.h"

#include "b2bua/registration/address_of_record.h"
#include "b2bua/transaction/reply.h"

#include <utility>

namespace sallyport::registration {
namespace {

using policy::Challenger;
using Verdict = policy::Authentication::Verdict;

Challenger challenger_of(const sip::Message& request) noexcept {
    return request.method() == sip::Method::kRegister ? Challenger::kRegistrar : Challenger::kProxy;
}

}  // namespace

std::string_view domain_of(std::string_view aor) noexcept {
    return aor.substr(aor.rfind('@') + 1);
}

SenderProof::SenderProof(const Environment& env, const Bindings& bindings, Counters& counters)
    : env_(env),
      bindings_(bindings),
      counters_(counters),
      authenticator_(*env.config.users, env.nonce_key.octets, env.self, {env.config.legacy_digest}),
      budget_({env.identifiers.number(), env.identifiers.number()}, kChallengesPerSecond) {}

bool SenderProof::demand(const sip::Message& request, const Flow& flow, Moment now) {
    sender_.reset();
    const auto domain = domain_to_ask(request, flow, now);
    if (!domain) {
        return true;
    }
    const auto found = authenticator_.check(request, challenger_of(request), *domain, now);
    if (found.verdict == Verdict::kAccepted) {
        sender_ = canonical_aor(found.user, *domain);
        return true;
    }
    (found.verdict == Verdict::kWrong ? counters_.wrong_credentials : counters_.challenged_here)
        .add();
    challenge(request, flow, *domain, found.verdict == Verdict::kStale, now);
    return false;
}

std::optional<std::string> SenderProof::take() noexcept {
    return std::exchange(sender_, std::nullopt);
}

/// That of the URI, if it is ours.
std::optional<std::string> SenderProof::our_domain(std::string_view uri) const {
    const auto aor = canonical_aor(uri);
    return aor && env_.config.users->has_domain(domain_of(*aor))
               ? std::optional<std::string>(domain_of(*aor))
               : std::nullopt;
}

/// Of a REGISTER the To decides (RFC 3261 s.10.3 step 5); else the From. That may be hidden (RFC
/// 3323 s.4.1.1.3): then what it offers, where it is bound, and at last whom it calls.
std::optional<std::string> SenderProof::domain_to_ask(const sip::Message& request, const Flow& flow,
                                                      Moment now) const {
    const Users& users = *env_.config.users;
    if (request.method() == sip::Method::kRegister) {
        return our_domain(request.to().uri);
    }
    if (auto domain = our_domain(request.from().uri)) {
        return domain;
    }
    for (const sip::HeaderField& field : request.headers()) {
        if (field.id != sip::HeaderId::kProxyAuthorization) {
            continue;
        }
        const auto offered = sip::Digest::parse(request.value(field));
        if (offered.ok() && users.has_domain(offered->realm)) {
            return std::string(offered->realm);
        }
    }
    const Binding* bound = bindings_.caller(flow, request.from().uri, now);
    if (bound != nullptr && users.has_domain(domain_of(bound->aor))) {
        return std::string(domain_of(bound->aor));
    }
    auto called = our_domain(request.request_uri());
    return called ? called : users.first_domain();
}

/// RFC 3261 s.26.3.2.4: only once, and no transaction that would repeat it.
void SenderProof::challenge(const sip::Message& request, const Flow& flow, std::string_view domain,
                            bool stale, Moment now) {
    if (!budget_.take(flow.remote.ip, now)) {
        counters_.challenges_withheld.add();
        return;
    }
    const Challenger challenger = challenger_of(request);
    const std::string lines = authenticator_.challenge(challenger, domain, stale, now);
    transaction::Reply reply;
    reply.status = challenger == Challenger::kRegistrar ? 401 : 407;
    reply.lines = lines;
    env_.layer.reply_stateless(request, flow, reply);
}

}  // namespace sallyport::registration
