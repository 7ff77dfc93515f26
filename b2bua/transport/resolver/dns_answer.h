// SPDX-License-Identifier: Apache-2.0
// Questions to the DNS and what came of them, as values: RFC 1035 A, RFC 3596 AAAA, RFC 2782 SRV,
// RFC 3403 NAPTR. Names are in lower case, without the dot of the root. Nothing here asks, waits
// or knows the time: an answer says for how many seconds it holds.
#pragma once

#include "config/types/ip.h"

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

namespace sallyport::resolver {

enum class RecordType : std::uint8_t { kA, kAaaa, kSrv, kNaptr };

struct Question {
    RecordType type{RecordType::kA};
    std::string name;
    auto operator<=>(const Question&) const = default;
};

/// Seconds, as the DNS counts.
using Seconds = std::uint32_t;

struct Address {
    IpAddr ip;
    Seconds ttl{0};
    bool operator==(const Address&) const = default;
};

struct Srv {
    std::uint16_t priority{0};
    std::uint16_t weight{0};
    Port port;
    std::string target;  // empty: ".", the service is decidedly not there
    Seconds ttl{0};
    bool operator==(const Srv&) const = default;
};

struct Naptr {
    std::uint16_t order{0};
    std::uint16_t preference{0};
    std::string flags;
    std::string service;
    bool has_regexp{false};  // a rewriting rule, which RFC 3263 has no use for
    std::string replacement;
    Seconds ttl{0};
    bool operator==(const Naptr&) const = default;
};

enum class AnswerKind : std::uint8_t {
    kRecords,    // one of the lists below is not empty
    kAlias,      // the name is another one's: ask for that
    kNoRecords,  // the name is there, without records of the type (RFC 2308 s.2.2)
    kNoName,     // there is no such name (RFC 2308 s.2.1)
    kFailed,     // the servers failed, refused, or said what cannot be read
    kTimeout,    // no server answered in time
};

struct Answer {
    AnswerKind kind{AnswerKind::kFailed};
    std::vector<Address> addresses;  // kA, kAaaa
    std::vector<Srv> services;       // kSrv, in the order of the message
    std::vector<Naptr> pointers;     // kNaptr, in the order of the message
    std::string alias;               // kAlias
    Seconds ttl{0};  // the least of the records and aliases; of nothing: by the SOA (RFC 2308 s.5)
    bool stale{false};  // a former answer, because nobody gives a new one (RFC 8767)
    bool operator==(const Answer&) const = default;

    /// Whether somebody who knows has spoken.
    [[nodiscard]] bool is_said() const noexcept {
        return kind != AnswerKind::kFailed && kind != AnswerKind::kTimeout;
    }
};

}  // namespace sallyport::resolver
