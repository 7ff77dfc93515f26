// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/checker/standalone_rules.h"

namespace sallyport::sim {

using sip::HeaderId;
using sip::Method;

namespace {

bool is_standalone(const sip::Message& m) {
    const Method method = m.method();
    return (method == Method::kMessage || method == Method::kOptions ||
            method == Method::kPublish || method == Method::kNotify ||
            method == Method::kUnknown) &&
           call_of(m.from().text) >= 0;
}

std::string_view user_of(std::string_view party) {
    const auto begin = party.find("sip:");
    return begin == party.npos ? party : party.substr(begin, party.find('@') - begin);
}

}  // namespace

std::string StandaloneRules::name_of(const sip::Message& m) {
    std::string name(user_of(m.from().text));
    const std::string_view cseq = m.value_of(HeaderId::kCSeq);
    return name.append(cseq.substr(std::min(cseq.size(), cseq.find(' '))));
}

void StandaloneRules::on_arrival(const Sight& sight) {
    const sip::Message& m = sight.message;
    if (!is_standalone(m)) {
        return;
    }
    if (!m.is_request()) {
        const auto found = crossings_.find(name_of(m));
        if (found != crossings_.end() && found->second.far_branch == m.top_via().branch &&
            found->second.far_status == 0 && m.status() >= 200) {
            found->second.far_status = m.status();
            found->second.far_tag = m.value_of(HeaderId::kSipEtag);
        }
        return;
    }
    if (!m.to().tag.empty()) {
        return;
    }
    if (!seen_.emplace(m.top_via().branch).second) {
        return;  // repeated, may be when the next one is under way
    }
    Crossing& crossing = crossings_[name_of(m)];
    crossing = {};
    crossing.near_branch = m.top_via().branch;
    crossing.method = m.method_name();
    crossing.body = m.body();
    crossing.if_match = m.value_of(HeaderId::kSipIfMatch);
}

void StandaloneRules::on_sent(const Sight& sight) {
    const sip::Message& m = sight.message;
    if (!is_standalone(m)) {
        return;
    }
    if (m.is_request()) {
        if (m.to().tag.empty()) {
            on_request_sent(sight);
        }
        return;
    }
    const auto found = crossings_.find(name_of(m));
    if (found != crossings_.end() && found->second.near_branch == m.top_via().branch &&
        m.status() >= 200) {
        on_final_sent(sight, found->second);
    }
}

void StandaloneRules::on_request_sent(const Sight& sight) {
    const sip::Message& m = sight.message;
    const auto found = crossings_.find(name_of(m));
    if (found == crossings_.end()) {
        findings_.say(sight, "M12", "a request outside a dialog that nobody has sent");
        return;
    }
    if (!sent_.emplace(m.top_via().branch).second) {
        return;  // repeated, may be when the next one is under way
    }
    Crossing& crossing = found->second;
    if (crossing.crossed) {
        findings_.say(sight, "M12", "one request became two");
        return;
    }
    crossing.crossed = true;
    crossing.far_branch = m.top_via().branch;
    if (m.body() != crossing.body || m.value_of(HeaderId::kSipIfMatch) != crossing.if_match) {
        findings_.say(sight, "M12", "body or SIP-If-Match is not what was sent");
    }
    const bool wants_contact = m.method() == Method::kNotify;  // RFC 6665 s.8.1.1
    if ((m.contact_count() != 0) != wants_contact) {
        findings_.say(sight, "M12", "a Contact where there must be none, or none");
    }
}

void StandaloneRules::on_final_sent(const Sight& sight, Crossing& crossing) {
    const sip::Message& m = sight.message;
    if (crossing.answered || !crossing.crossed) {
        return;  // repeated, or answered by the gateway itself
    }
    crossing.answered = true;
    const int expected = crossing.far_status == 503 ? 500 : crossing.far_status;
    if (crossing.far_status == 0) {
        findings_.say(sight, "4320 s.4.2", "a final though the far side gave none");
    } else if (m.status() != expected) {
        findings_.say(sight, "M12", "not the far side's final, " + std::to_string(expected));
    } else if (m.value_of(HeaderId::kSipEtag) != crossing.far_tag) {
        findings_.say(sight, "M12", "SIP-ETag is not the far side's");
    }
}

}  // namespace sallyport::sim
