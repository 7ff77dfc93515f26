// SPDX-License-Identifier: Apache-2.0
#include "b2bua/transport/resolver/dns_cache.h"

#include <algorithm>
#include <utility>

namespace sallyport::resolver {
namespace {

bool has_something(const Answer& answer) noexcept {
    return answer.kind == AnswerKind::kRecords || answer.kind == AnswerKind::kAlias;
}

/// How long an answer holds (I3).
Millis life(const Answer& answer) noexcept {
    if (!answer.is_said()) {
        return DnsCache::kFailure;
    }
    const Millis longest = has_something(answer) ? DnsCache::kLongest : DnsCache::kLongestNothing;
    return std::clamp(Millis{std::int64_t{answer.ttl} * 1000}, DnsCache::kShortest, longest);
}

}  // namespace

void DnsCache::touch(Entry& entry) {
    used_.splice(used_.begin(), used_, entry.used);
}

DnsCache::Entry& DnsCache::entry_of(const Question& question) {
    const auto found = entries_.find(question);
    if (found != entries_.end()) {
        touch(found->second);
        return found->second;
    }
    if (entries_.size() >= most_) {
        entries_.erase(used_.back());
        used_.pop_back();
        counters_.forgotten.add();
    }
    used_.push_front(question);
    return entries_.emplace(question, Entry{{}, {}, {}, used_.begin()}).first->second;
}

std::optional<Answer> DnsCache::find(const Question& question, Moment now) {
    const auto found = entries_.find(question);
    if (found == entries_.end() || found->second.until <= now) {
        return std::nullopt;
    }
    touch(found->second);
    counters_.remembered.add();
    counters_.stale.add(found->second.answer.stale ? 1 : 0);
    return found->second.answer;
}

Answer DnsCache::put(const Question& question, Answer came, Moment now) {
    Entry& entry = entry_of(question);
    if (!came.is_said() && has_something(entry.answer) && now < entry.stale_until) {
        entry.answer.stale = true;
        entry.until = std::min(now + kRecheck, entry.stale_until);
        counters_.stale.add();
        return entry.answer;
    }
    entry.until = now + life(came);
    entry.stale_until = entry.until + kLongestStale;
    entry.answer = std::move(came);
    return entry.answer;
}

}  // namespace sallyport::resolver
