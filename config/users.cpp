// SPDX-License-Identifier: Apache-2.0
#include "config/users.h"

#include <algorithm>
#include <utility>

namespace sallyport {
namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

std::string key_of(std::string_view user, std::string_view domain) {
    return std::string(user).append("@").append(lower(domain));
}

}  // namespace

bool Users::add(std::string_view user, std::string_view domain, User secret) {
    const std::string host = lower(domain);
    for (std::string& hash : secret.ha1) {
        hash = lower(hash);
    }
    Domain& known = domains_[host];
    for (std::size_t i = 0; i < kDigestAlgorithms; ++i) {
        known.all_have[i] = known.all_have[i] && !secret.ha1[i].empty();
    }
    if (first_domain_.empty()) {
        first_domain_ = host;
    }
    return users_.emplace(key_of(user, domain), std::move(secret)).second;
}

const User* Users::find(std::string_view user, std::string_view domain) const {
    const auto found = users_.find(key_of(user, domain));
    return found == users_.end() ? nullptr : &found->second;
}

bool Users::has_domain(std::string_view domain) const {
    return domains_.contains(lower(domain));
}

std::string Users::domain_without_algorithm() const {
    for (const auto& [name, domain] : domains_) {
        if (std::none_of(domain.all_have.begin(), domain.all_have.end(),
                         [](bool all) { return all; })) {
            return name;
        }
    }
    return {};
}

bool Users::all_have(DigestAlgorithm algorithm, std::string_view domain) const {
    const auto found = domains_.find(lower(domain));
    return found != domains_.end() && found->second.all_have[static_cast<std::size_t>(algorithm)];
}

}  // namespace sallyport
