// SPDX-License-Identifier: Apache-2.0
#include "b2bua/explain/judgement.h"

#include <algorithm>
#include <memory>

namespace sallyport::explain {
namespace {

/// Where in the list what went on stands, and what answers it.
Judgement find_both(const sip::Message& message, const Effects& effects) {
    const auto sent = std::make_unique<sip::Message>();
    Judgement found;
    for (std::size_t i = 0; i < effects.sent.size(); ++i) {
        // An error answer repeats what was wrong with its request, and has the same fault then.
        (void)sent->parse(effects.sent[i].octets, sip::kOwnLimits);
        const bool same_method = sent->method_name() == message.method_name();
        const bool goes_on = sent->is_request() == message.is_request() && same_method;
        const bool answers = message.is_request() && !sent->is_request() && sent->status() >= 200 &&
                             (same_method || sent->method_name().empty());
        if (goes_on && found.crossed < 0) {
            found.crossed = static_cast<int>(i);
        } else if (answers && found.answer < 0) {
            found.answer = static_cast<int>(i);
        }
    }
    return found;
}

/// A dialog that stood before the run, or that a real gateway made, is none of the run's.
Verdict of_answer(const sip::Message& request, const sip::Message& answer) {
    const int status = answer.status();
    if (status < 300) {
        return Verdict::kAnswered;
    }
    if (status == 481 && !request.to().tag.empty()) {
        return Verdict::kNoDialog;
    }
    return status == 401 || status == 407 ? Verdict::kAsked : Verdict::kRefused;
}

bool is_stray(const Effects& effects) {
    return std::any_of(effects.counted.begin(), effects.counted.end(), [](const Counted& row) {
        return row.name == "stray_responses" || row.name == "stray_2xx" || row.name == "stray" ||
               row.name == "foreign_via" || row.name == "misrouted_responses";
    });
}

}  // namespace

Judgement judge(const sip::Message& message, bool readable, const Effects& effects) {
    Judgement found = find_both(message, effects);
    if (found.crossed >= 0) {
        found.verdict = Verdict::kPasses;
    } else if (found.answer >= 0) {
        const auto answer = std::make_unique<sip::Message>();
        const auto& octets = effects.sent[static_cast<std::size_t>(found.answer)].octets;
        (void)answer->parse(octets, sip::kOwnLimits);
        found.verdict = of_answer(message, *answer);
    } else if (!readable) {
        found.verdict = Verdict::kDropped;
    } else if (!message.is_request() && is_stray(effects)) {
        found.verdict = Verdict::kStray;
    }
    return found;
}

bool is_bad(Verdict verdict) noexcept {
    return verdict == Verdict::kRefused || verdict == Verdict::kDropped;
}

bool says_nothing(Verdict verdict) noexcept {
    return verdict == Verdict::kStays || verdict == Verdict::kStray ||
           verdict == Verdict::kNoDialog;
}

std::string words(Verdict verdict) {
    switch (verdict) {
        case Verdict::kPasses:
            return "passes";
        case Verdict::kAnswered:
            return "answered by the gateway itself";
        case Verdict::kAsked:
            return "answered by the gateway itself: it asks for credentials";
        case Verdict::kRefused:
            return "refused";
        case Verdict::kDropped:
            return "dropped without an answer";
        case Verdict::kStays:
            return "stays here: the gateway has done with it, or had it before";
        case Verdict::kStray:
            return "belongs to no transaction of this run: its Via is not one that the run sent";
        case Verdict::kNoDialog:
            return "belongs to no dialog of this run: its Call-ID and tags are not of a call in it";
    }
    return {};
}

}  // namespace sallyport::explain
