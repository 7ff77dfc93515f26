// SPDX-License-Identifier: Apache-2.0
// Subscription-State = substate-value *( SEMI subexp-params ) (RFC 6665 s.8.4).
#include "b2bua/sip/subscription_state.h"

#include "b2bua/sip/digits.h"
#include "b2bua/sip/params.h"

#include <limits>

namespace sallyport::sip {
namespace {

Substate substate_of(std::string_view word) noexcept {
    if (iequals(word, "active")) {
        return Substate::kActive;
    }
    if (iequals(word, "pending")) {
        return Substate::kPending;
    }
    return iequals(word, "terminated") ? Substate::kTerminated : Substate::kOther;
}

std::optional<std::uint32_t> seconds_of(const Param& param) noexcept {
    const std::string_view text = param.value.value_or(std::string_view{});
    const char* const end = text.data() + text.size();
    const Digits digits = read_digits(text.data(), end, std::numeric_limits<std::uint32_t>::max());
    const bool whole = !text.empty() && digits.end == end;
    return whole ? std::optional(static_cast<std::uint32_t>(digits.value)) : std::nullopt;
}

}  // namespace

Result<SubscriptionState, ParseError> SubscriptionState::parse(std::string_view text) noexcept {
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    const char* const word = scan::skip(begin, end, scan::kLws);
    const char* const word_end = scan::skip(word, end, scan::kToken);
    const char* const rest = scan::skip(word_end, end, scan::kLws);
    if (word_end == word || (rest != end && *rest != ';')) {
        return Failure{ParseError{ParseFault::kBadSubscriptionState, scan::distance(begin, rest)}};
    }
    SubscriptionState parsed{substate_of(scan::view(word, word_end)), {}};
    ParamCursor cursor(scan::view(rest, end));
    while (const auto param = cursor.next()) {
        if (!iequals(param->name, "expires")) {
            continue;
        }
        const auto seconds = seconds_of(*param);
        if (!seconds || parsed.expires) {
            return Failure{ParseError{ParseFault::kBadSubscriptionState,
                                      scan::distance(begin, param->name.data())}};
        }
        parsed.expires = seconds;
    }
    if (cursor.failed()) {
        return Failure{
            ParseError{cursor.error().fault, scan::distance(begin, rest) + cursor.error().offset}};
    }
    return parsed;
}

}  // namespace sallyport::sip
