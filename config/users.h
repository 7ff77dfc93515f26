// SPDX-License-Identifier: Apache-2.0
// The users that the gateway knows itself (registration = local): for each the HA1 of its password
// by algorithm (RFC 7616 s.3.4.2, RFC 8760), never the password. Read-only once read; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sallyport {

enum class DigestAlgorithm : std::uint8_t { kMd5, kSha256 };
inline constexpr std::size_t kDigestAlgorithms = 2;

struct User {
    std::array<std::string, kDigestAlgorithms> ha1;  // lower-case hex; empty: not given

    [[nodiscard]] const std::string& of(DigestAlgorithm algorithm) const noexcept {
        return ha1[static_cast<std::size_t>(algorithm)];
    }
};

class Users {
public:
    /// False: the user is there already. domain and hashes: any case.
    bool add(std::string_view user, std::string_view domain, User secret);

    /// nullptr: unknown. user as it is written, domain in any case.
    [[nodiscard]] const User* find(std::string_view user, std::string_view domain) const;
    [[nodiscard]] bool has_domain(std::string_view domain) const;
    /// Whether every user of the domain has an HA1 of that algorithm: only then a challenge may
    /// offer it, because it must not tell who exists.
    [[nodiscard]] bool all_have(DigestAlgorithm algorithm, std::string_view domain) const;
    /// A domain whose users have no algorithm in common, so that none can be offered; empty: none.
    [[nodiscard]] std::string domain_without_algorithm() const;
    /// The domain of the first user; empty: there is none.
    [[nodiscard]] const std::string& first_domain() const noexcept { return first_domain_; }
    [[nodiscard]] std::size_t size() const noexcept { return users_.size(); }

private:
    struct Domain {
        std::array<bool, kDigestAlgorithms> all_have{true, true};
    };
    std::unordered_map<std::string, User> users_;  // by user@domain
    std::unordered_map<std::string, Domain> domains_;
    std::string first_domain_;
};

}  // namespace sallyport
