// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/checker/glare_rules.h"

#include <algorithm>
#include <string>

namespace sallyport::sim {
namespace {

/// RFC 3261 s.14.2: between 0 and 10 seconds. -1: it says nothing of the kind.
int retry_after(const sip::Message& message) {
    const std::string_view text = message.value_of(sip::HeaderId::kRetryAfter);
    int seconds = -1;
    (void)std::from_chars(text.data(), text.data() + text.size(), seconds);
    return seconds;
}

}  // namespace

void GlareRules::check_due(const Sight& sight, int due) {
    const int status = sight.message.status();
    if (status == 481 || status == 487) {
        return;  // the call ended meanwhile
    }
    if (status != due) {
        findings_.say(sight, "E9", "glare, " + std::to_string(due) + " was due");
    }
}

void GlareRules::on_final(const Sight& sight, const Glare& glare, int call, Moment began) {
    const int status = sight.message.status();
    if (glare.due != 0) {
        check_due(sight, glare.due);
    }
    const auto heard = heard_.find({call, status});
    const bool passed = heard != heard_.end() && began <= heard->second;
    if (status == 491 && !glare.busy && !passed) {
        findings_.say(sight, "E9", "491 without glare");
    }
    if (status != 500 || passed) {
        return;
    }
    const int seconds = retry_after(sight.message);
    if (glare.due == 500 && (seconds < 0 || seconds > 10)) {
        findings_.say(sight, "E9", "500 for glare without Retry-After of 0 to 10 seconds");
    }
    if (glare.due != 500 && sight.message.has(sip::HeaderId::kRetryAfter)) {
        findings_.say(sight, "E9", "500 with Retry-After without glare");
    }
}

}  // namespace sallyport::sim
