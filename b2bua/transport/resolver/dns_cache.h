// SPDX-License-Identifier: Apache-2.0
// What the DNS said, by name and type, for as long as it holds (I3): the TTL, at least a second and
// at most three hours; that there is nothing (RFC 2308 s.5) for at most 30 s; and the last records
// while no server gives new ones (RFC 8767). Bounded: the least recently used answer goes. Time is
// handed in. Owner: one resolver, on its thread.
#pragma once

#include "b2bua/transport/resolver/counters.h"
#include "b2bua/transport/resolver/dns_answer.h"
#include "config/types/units.h"

#include <cstddef>
#include <list>
#include <map>
#include <optional>

namespace sallyport::resolver {

class DnsCache {
public:
    static constexpr Millis kShortest{1000};
    static constexpr Millis kLongest{3 * 3600 * 1000};
    static constexpr Millis kLongestNothing{30 * 1000};
    /// A failure without former records; short, so that servers that come back are heard.
    static constexpr Millis kFailure{5 * 1000};
    /// When servers that failed are asked again while former records stand in (RFC 8767 s.5).
    static constexpr Millis kRecheck{30 * 1000};
    /// After their time, records stand in for at most this (RFC 8767 s.5: one to three days).
    static constexpr Millis kLongestStale{24 * 3600 * 1000};

    /// most: answers, at least 1.
    DnsCache(std::size_t most, Counters& counters) noexcept : most_(most), counters_(counters) {}

    /// What still holds.
    [[nodiscard]] std::optional<Answer> find(const Question& question, Moment now);

    /// Takes what came of asking; gives what the askers get, which for a failure may be the last
    /// records.
    [[nodiscard]] Answer put(const Question& question, Answer came, Moment now);

    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

private:
    struct Entry {
        Answer answer;
        Moment until;        // holds, or stands in, until then
        Moment stale_until;  // records: may stand in until then
        std::list<Question>::iterator used;
    };
    void touch(Entry& entry);
    Entry& entry_of(const Question& question);

    const std::size_t most_;
    Counters& counters_;
    std::map<Question, Entry> entries_;
    std::list<Question> used_;  // the most recently used first
};

}  // namespace sallyport::resolver
