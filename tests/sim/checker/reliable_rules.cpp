// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/checker/reliable_rules.h"

#include "tests/sim/checker/message_reading.h"

namespace sallyport::sim {

using sip::HeaderId;
using sip::Method;

namespace {

/// RSeq and CSeq number, as RAck has them (RFC 3262 s.7.2).
std::string name_of(std::string_view dialog, std::string_view rack) {
    return std::string(dialog).append(" ").append(rack.substr(0, rack.rfind(' ')));
}

std::string invite_of(const sip::Message& message) {
    return dialog_key(message.call_id(), message.from().tag, message.value_of(HeaderId::kCSeq));
}

}  // namespace

void ReliableRules::on_arrival(const Sight& sight) {
    const sip::Message& m = sight.message;
    if (!m.is_request()) {
        on_refusal(sight);
        return;
    }
    if (m.to().tag.empty()) {
        on_invite_again(sight);
        return;
    }
    const std::string dialog = dialog_key(m.call_id(), m.to().tag, m.from().tag);
    if (m.method() == Method::kPrack) {
        on_prack(sight, dialog);
    } else if (m.method() == Method::kBye) {
        for (auto& [name, reliable] : sent_) {
            if (reliable.dialog == dialog) {
                end(reliable, sight.now);
            }
        }
    }
}

/// The early dialogs of a target that refuses, or of a 199, are over before the INVITE is (E14,
/// E15).
void ReliableRules::on_refusal(const Sight& sight) {
    const sip::Message& m = sight.message;
    if (m.method() != Method::kInvite || (m.status() < 300 && m.status() != 199)) {
        return;
    }
    for (auto& [name, reliable] : sent_) {
        reliable.may_be_over |= reliable.call == call_of(m.from().text);
    }
}

/// RFC 3261 s.17.2.1: a repeated INVITE gets the last provisional response again.
void ReliableRules::on_invite_again(const Sight& sight) {
    const sip::Message& m = sight.message;
    const std::string invite = invite_of(m);
    for (auto& [name, reliable] : sent_) {
        if (reliable.invite == invite) {
            reliable.asked = sight.now;
        }
    }
}

void ReliableRules::on_prack(const Sight& sight, const std::string& dialog) {
    const sip::Message& m = sight.message;
    const auto found = sent_.find(name_of(dialog, m.value_of(HeaderId::kRAck)));
    if (found == sent_.end() || !found->second.repetition.running()) {
        return;
    }
    Reliable& reliable = found->second;
    reliable.prack = m.top_via().branch;
    reliable.pracked = sight.now;
    reliable.before = reliable.repetition;
    end(reliable, sight.now);
}

/// One that is out of order acknowledges nothing (RFC 3261 s.12.2.2).
void ReliableRules::on_prack_refused(const Sight& sight) {
    for (auto& [name, reliable] : sent_) {
        if (reliable.prack == sight.message.top_via().branch && reliable.pracked == sight.now) {
            reliable.repetition = reliable.before;
        }
    }
}

void ReliableRules::on_sent(const Sight& sight) {
    const sip::Message& m = sight.message;
    if (!m.is_request() && m.method() == Method::kPrack && m.status() >= 300) {
        on_prack_refused(sight);
    }
    if (m.is_request() || m.method() != Method::kInvite) {
        return;
    }
    if (m.status() < 200) {
        if (m.has(HeaderId::kRSeq)) {
            on_provisional(sight);
        }
        return;
    }
    const std::string invite = invite_of(m);
    for (auto& [name, reliable] : sent_) {
        if (reliable.invite == invite) {
            end(reliable, sight.now);
        }
    }
}

void ReliableRules::on_provisional(const Sight& sight) {
    const sip::Message& m = sight.message;
    const std::string dialog = dialog_key(m.call_id(), m.to().tag, m.from().tag);
    const std::string_view cseq = m.value_of(HeaderId::kCSeq);
    const std::string rack = std::string(m.value_of(HeaderId::kRSeq)).append(" ").append(cseq);
    const auto [found, fresh] = sent_.try_emplace(name_of(dialog, rack));
    Reliable& reliable = found->second;
    if (fresh) {
        reliable.dialog = dialog;
        reliable.invite = invite_of(m);
        reliable.octets = m.octets();
        reliable.call = call_of(m.from().text);
        reliable.repetition.start(sight.now, false);
    } else if (reliable.octets != m.octets()) {
        findings_.say(sight, "M6", "a reliable 1xx repeated with other octets");
    } else if (reliable.asked != sight.now && !reliable.repetition.take(sight.now)) {
        findings_.say(sight, "M6", "a reliable 1xx repeated when it was not due");
    }
}

void ReliableRules::end(Reliable& reliable, Moment now) {
    if (reliable.repetition.missed(now) && !reliable.may_be_over) {
        findings_.say(now, reliable.call, "M6", "a repetition of a reliable 1xx was due before");
    }
    reliable.repetition.stop();
}

void ReliableRules::finish(Moment now) {
    for (auto& [name, reliable] : sent_) {
        end(reliable, now);
    }
}

}  // namespace sallyport::sim
