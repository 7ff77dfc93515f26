// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/reliable.h"

#include "b2bua/sip/params.h"
#include "b2bua/sip/rseq.h"

#include <algorithm>

namespace sallyport::call {
namespace {

bool lists(const sip::Message& message, sip::HeaderId header, std::string_view tag) noexcept {
    sip::ValueCursor cursor(message, header);
    while (const auto value = cursor.next()) {
        if (sip::iequals(*value, tag)) {
            return true;
        }
    }
    return false;
}

template <class Numbers>
auto find_pair(Numbers& numbers, std::size_t pair) noexcept {
    return std::find_if(numbers.begin(), numbers.end(),
                        [pair](const ReliableNumbers& n) { return n.pair == pair; });
}

}  // namespace

bool Reliable::negotiated(std::size_t pair) const noexcept {
    const auto found = find_pair(numbers, pair);
    return found != numbers.end() && found->negotiated;
}

bool Reliable::is_next(std::size_t pair, std::uint32_t far_rseq) const noexcept {
    const auto found = find_pair(numbers, pair);
    if (found == numbers.end()) {
        return true;  // the first one sets the number (RFC 3262 s.4)
    }
    const bool awaited = std::any_of(
        unacknowledged.begin(), unacknowledged.end(),
        [pair](const Unacknowledged& sent) { return sent.pair == pair && !sent.pracked; });
    return !awaited && std::uint64_t{far_rseq} == std::uint64_t{found->far} + 1;
}

bool Reliable::withholds(std::size_t pair) const noexcept {
    return std::any_of(unacknowledged.begin(), unacknowledged.end(),
                       [pair](const Unacknowledged& sent) {
                           return sent.pair == pair && sent.session && !sent.pracked;
                       });
}

ReliableNumbers& Reliable::numbers_of(std::size_t pair) {
    const auto found = find_pair(numbers, pair);
    if (found != numbers.end()) {
        return *found;
    }
    numbers.push_back({pair, 0, 0, false});
    return numbers.back();
}

void Reliable::lose(std::size_t pair) {
    for (Unacknowledged& sent : unacknowledged) {
        sent.pracked |= sent.pair == pair;
    }
}

void Reliable::start_over() {
    for (const ReliableNumbers& each : numbers) {
        lose(each.pair);
    }
    numbers.clear();
    withheld.reset();
}

bool knows_extension(const sip::Message& request, std::string_view tag) noexcept {
    return lists(request, sip::HeaderId::kSupported, tag) ||
           lists(request, sip::HeaderId::kRequire, tag);
}

std::optional<std::uint32_t> reliable_number(const sip::Message& response) noexcept {
    const auto rseq = sip::RSeq::parse(response.value_of(sip::HeaderId::kRSeq));
    if (!rseq.ok() || !lists(response, sip::HeaderId::kRequire, "100rel")) {
        return std::nullopt;
    }
    return rseq->number;
}

}  // namespace sallyport::call
