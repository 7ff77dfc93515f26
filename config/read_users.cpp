// SPDX-License-Identifier: Apache-2.0
// The users file: "USER@DOMAIN md5:HA1 sha-256:HA1", one user a line; comments begin with '#'.
#include "config/read.h"
#include "config/users.h"

#include <algorithm>
#include <array>
#include <utility>

namespace sallyport::config {
namespace {

constexpr std::string_view kBlank = " \t\r";
constexpr std::string_view kExample = "alice@example.com md5:HA1 sha-256:HA1";
constexpr std::string_view kCure = "write it with: sallyport --hash-password USER@DOMAIN";

struct Spelt {
    std::string_view prefix;
    std::size_t digits;
};
constexpr std::array<Spelt, kDigestAlgorithms> kSpelling{{{"md5:", 32}, {"sha-256:", 64}}};

/// Takes the next word off text; empty: there is none.
std::string_view take_word(std::string_view& text) noexcept {
    text.remove_prefix(std::min(text.find_first_not_of(kBlank), text.size()));
    const std::string_view word = text.substr(0, text.find_first_of(kBlank));
    text.remove_prefix(word.size());
    return word;
}

bool is_hex(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Puts the hash that the word holds in its place; false: it holds none, or there was one.
bool read_hash(std::string_view word, User& user) {
    for (std::size_t i = 0; i < kDigestAlgorithms; ++i) {
        const auto [prefix, digits] = kSpelling[i];
        if (!word.starts_with(prefix)) {
            continue;
        }
        const std::string_view hash = word.substr(prefix.size());
        if (hash.size() != digits || !std::all_of(hash.begin(), hash.end(), is_hex) ||
            !user.ha1[i].empty()) {
            return false;
        }
        user.ha1[i] = std::string(hash);
        return true;
    }
    return false;
}

/// The port is no part of an address-of-record here (registration/address_of_record.h).
bool is_host(std::string_view text) noexcept {
    const bool v6 = text.starts_with('[') && text.ends_with(']');
    return !text.empty() && text.find_first_of("\"\\@;/ \t#") == std::string_view::npos &&
           (v6 || text.find(':') == std::string_view::npos);
}

struct UserLine {
    std::string_view account;
    User secret;
    std::string_view wrong;  // the first word that does not belong; empty: none
};

UserLine read_line(std::string_view line) {
    UserLine read;
    read.account = take_word(line);
    if (!is_account(read.account)) {
        read.wrong = read.account;
        return read;
    }
    bool some = false;
    for (std::string_view word = take_word(line); !word.empty(); word = take_word(line)) {
        if (!read_hash(word, read.secret)) {
            read.wrong = word;
            return read;
        }
        some = true;
    }
    read.wrong = some ? std::string_view{} : read.account;
    return read;
}

}  // namespace

/// What else an address may be, the phone could not send as a username.
bool is_account(std::string_view account) noexcept {
    const std::size_t at = account.find('@');
    return at != std::string_view::npos && at != 0 && is_host(account.substr(at + 1)) &&
           account.substr(0, at).find_first_of("\":;<>\\ \t#") == std::string_view::npos;
}

Users read_users(std::string_view text, Faults& faults) {
    Users users;
    for (Place place{1}; !text.empty(); ++place.line) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        line = line.substr(0, line.find('#'));
        if (line.find_first_not_of(kBlank) == std::string_view::npos) {
            continue;
        }
        UserLine read = read_line(line);
        if (!read.wrong.empty()) {
            faults.add(place, "", sentence(in_quotes(read.wrong), std::string(kExample), kCure));
            continue;
        }
        const std::size_t at = read.account.find('@');
        if (!users.add(read.account.substr(0, at), read.account.substr(at + 1),
                       std::move(read.secret))) {
            faults.add(place, "",
                       sentence(in_quotes(read.account) + " again", "each user once",
                                "remove one of the lines"));
        }
    }
    if (const std::string domain = users.domain_without_algorithm();
        faults.empty() && !domain.empty()) {
        faults.add(kWholeFile, domain,
                   sentence("users with md5 only and users with sha-256 only",
                            "an algorithm that all users of the domain have",
                            "write the lines anew with --hash-password"));
    }
    return users;
}

}  // namespace sallyport::config
