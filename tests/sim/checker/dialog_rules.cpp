// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/checker/dialog_rules.h"

#include "tests/sim/checker/message_reading.h"

#include <algorithm>

namespace sallyport::sim {

using sip::HeaderId;
using sip::Method;

namespace {

bool refreshes(Method method) {
    return method == Method::kInvite || method == Method::kUpdate || method == Method::kSubscribe ||
           method == Method::kNotify || method == Method::kRefer;
}

}  // namespace

void DialogRules::on_arrival(const Sight& sight) {
    if (sight.message.is_request()) {
        on_request_arrival(sight);
    } else {
        on_response_arrival(sight);
    }
}

void DialogRules::on_sent(const Sight& sight) {
    if (sight.message.is_request()) {
        on_request_sent(sight);
    } else {
        on_response_sent(sight);
    }
}

void DialogRules::learn_route(const sip::Message& response, Dialog& dialog) {
    dialog.routes = values_of(response, HeaderId::kRecordRoute);
    std::reverse(dialog.routes.begin(), dialog.routes.end());
}

/// A dialog of which we are the UAC begins, is confirmed, or learns a new target.
void DialogRules::on_response_arrival(const Sight& sight) {
    const sip::Message& m = sight.message;
    if (m.status() <= 100 || m.to().tag.empty()) {
        return;
    }
    // May be of an earlier try than the last one (E-R7).
    const auto opening =
        invites_.find(dialog_key(m.call_id(), m.from().tag, std::to_string(m.cseq().number)));
    const bool opens =
        opening != invites_.end() && m.method() == Method::kInvite && m.status() < 300;
    const std::string key = dialog_key(m.call_id(), m.from().tag, m.to().tag);
    if (opens && dialogs_.count(key) == 0) {
        Dialog made;
        made.our_party = m.from().text;
        made.their_party = m.to().text;
        made.target = opening->second.target;
        made.contact = opening->second.contact;
        made.our_cseq = made.invite_cseq = m.cseq().number;
        dialogs_.emplace(key, std::move(made));
    }
    const auto found = dialogs_.find(key);
    if (found == dialogs_.end()) {
        return;
    }
    Dialog& dialog = found->second;
    if (m.method() == Method::kInvite && m.status() >= 200) {
        dialog.our_invite = false;
    }
    if (m.status() >= 300) {
        return;
    }
    if (opens && !dialog.confirmed) {
        learn_route(m, dialog);
        dialog.confirmed = m.status() >= 200;
    }
    if (refreshes(m.method()) && m.contact_count() > 0) {
        dialog.target = m.contact().uri;
    }
}

/// A dialog of which we are the UAS, which a response to its INVITE opens.
DialogRules::Dialog* DialogRules::dialog_of_response_sent(const sip::Message& m, bool opens) {
    const std::string key = dialog_key(m.call_id(), m.to().tag, m.from().tag);
    if (opens && dialogs_.count(key) == 0) {
        const Opening& opening = came_.at(dialog_key(m.call_id(), m.from().tag, ""));
        Dialog made;
        made.server = true;
        made.our_party = m.to().text;
        made.their_party = m.from().text;
        made.target = opening.target;
        made.routes = opening.record_routes;
        dialogs_.emplace(key, std::move(made));
    }
    const auto found = dialogs_.find(key);
    return found == dialogs_.end() ? nullptr : &found->second;
}

void DialogRules::on_response_sent(const Sight& sight) {
    const sip::Message& m = sight.message;
    if (m.to().tag.empty()) {
        return;
    }
    const auto opening = came_.find(dialog_key(m.call_id(), m.from().tag, ""));
    const bool opens = opening != came_.end() && m.method() == Method::kInvite &&
                       opening->second.cseq == m.cseq().number && m.status() > 100 &&
                       m.status() < 300;
    Dialog* found = dialog_of_response_sent(m, opens);
    if (found == nullptr) {
        return;
    }
    Dialog& dialog = *found;
    if (m.contact_count() > 0 && m.status() < 300) {
        const std::string contact(m.contact().uri);
        if (!dialog.contact.empty() && dialog.contact != contact) {
            findings_.say(sight, "D10", "our Contact changed within the dialog");
        }
        dialog.contact = contact;
    }
    if (m.status() >= 200) {
        on_final_sent(sight, dialog, opens);
    }
}

void DialogRules::on_final_sent(const Sight& sight, Dialog& dialog, bool opens) {
    const sip::Message& m = sight.message;
    if (m.method() == Method::kBye && m.status() >= 300) {
        dialog.bye_came = false;  // it had no effect
    }
    if (m.method() == Method::kInvite) {
        dialog.their_invite = false;
        if (opens && !dialog.answered) {
            dialog.confirmed = true;
            dialog.answered = sight.now;
        }
    }
    if (m.status() < 300 && refreshes(m.method()) && !dialog.next_target.empty()) {
        dialog.target = dialog.next_target;
    }
    dialog.next_target.clear();
}

void DialogRules::on_request_arrival(const Sight& sight) {
    const sip::Message& m = sight.message;
    if (m.to().tag.empty()) {
        Opening& opening = came_[dialog_key(m.call_id(), m.from().tag, "")];
        if (m.method() == Method::kInvite && opening.cseq < m.cseq().number) {
            opening = {m.cseq().number,
                       std::string(m.top_via().branch),
                       {},
                       std::string(m.contact().uri),
                       values_of(m, HeaderId::kRecordRoute)};
        }
        return;
    }
    const auto found = dialogs_.find(dialog_key(m.call_id(), m.to().tag, m.from().tag));
    if (found == dialogs_.end()) {
        return;
    }
    Dialog& dialog = found->second;
    // An INVITE of theirs tells as well that the 2xx has come (E-R13).
    dialog.acked |= m.method() == Method::kAck || m.method() == Method::kInvite;
    dialog.bye_came |= m.method() == Method::kBye;
    if (m.method() == Method::kInvite && dialog.their_invite_cseq < m.cseq().number) {
        dialog.their_invite_cseq = m.cseq().number;
        dialog.their_invite = !dialog.our_invite;
    }
    if (refreshes(m.method()) && m.contact_count() > 0) {
        dialog.next_target = m.contact().uri;
    }
}

void DialogRules::on_request_sent(const Sight& sight) {
    const sip::Message& m = sight.message;
    if (m.method() == Method::kCancel) {
        return;
    }
    if (m.to().tag.empty()) {
        check_opening(sight);
        return;
    }
    const auto found = dialogs_.find(dialog_key(m.call_id(), m.from().tag, m.to().tag));
    if (found == dialogs_.end()) {
        const bool subscribes = m.method() == Method::kSubscribe || m.method() == Method::kNotify;
        // Those outside calls have rules of their own (subscription_rules.h), and the ACK of a
        // non-2xx has the tag of that response.
        if (m.method() != Method::kAck && !subscribes) {
            findings_.say(sight, "3261 s.12.2", "a request of no dialog has a To tag");
        }
        return;
    }
    Dialog& dialog = found->second;
    if (!dialog.branches.emplace(m.top_via().branch).second) {
        return;  // a repetition
    }
    if (m.method() == Method::kAck &&
        opening_branches_.count(std::string(m.top_via().branch)) > 0) {
        return;  // of a non-2xx
    }
    check_identity(sight, dialog);
    check_destination(sight, dialog);
    if (m.method() == Method::kAck) {
        return;
    }
    check_cseq(sight, dialog);
    check_moment(sight, dialog);
    dialog.our_invite |= m.method() == Method::kInvite;
    dialog.bye_sent |= m.method() == Method::kBye;
}

/// A request outside of dialogs. Another one of the same Call-ID and tag is the next try (D4).
void DialogRules::check_opening(const Sight& sight) {
    const sip::Message& m = sight.message;
    if (m.method() == Method::kAck) {
        findings_.say(sight, "C11", "ACK without a To tag");
        return;
    }
    const auto [found, fresh] = sent_.try_emplace(dialog_key(m.call_id(), m.from().tag, ""));
    Opening& opening = found->second;
    if (!fresh && opening.branch == m.top_via().branch) {
        return;
    }
    opening_branches_.emplace(m.top_via().branch);
    if (!fresh && m.cseq().number != opening.cseq + 1) {
        findings_.say(sight, "D5", "CSeq does not rise by one");
    }
    opening = {m.cseq().number,
               std::string(m.top_via().branch),
               std::string(m.contact().uri),
               std::string(m.request_uri()),
               {}};
    invites_[dialog_key(m.call_id(), m.from().tag, std::to_string(m.cseq().number))] = opening;
}

void DialogRules::check_identity(const Sight& sight, Dialog& dialog) {
    const sip::Message& m = sight.message;
    if (m.from().text != dialog.our_party || m.to().text != dialog.their_party) {
        findings_.say(sight, "3261 s.12.2.1.1", "From or To is not the dialog's");
    }
    if (m.contact_count() == 0) {
        return;
    }
    const std::string contact(m.contact().uri);
    if (!dialog.contact.empty() && dialog.contact != contact) {
        findings_.say(sight, "D10", "our Contact changed within the dialog");
    }
    dialog.contact = contact;
}

/// RFC 3261 s.12.2.1.1: loose: target and routes; strict: first route, the rest and the target.
void DialogRules::check_destination(const Sight& sight, const Dialog& dialog) {
    const sip::Message& m = sight.message;
    const auto fits = [&](const std::string& target) {
        std::vector<std::string> routes = dialog.routes;
        std::string uri = target;
        const bool strict = !routes.empty() && routes.front().find(";lr") == std::string::npos;
        if (strict) {
            uri = inside_angles(routes.front());
            routes.erase(routes.begin());
            routes.push_back("<" + target + ">");
        }
        return m.request_uri() == uri && values_of(m, HeaderId::kRoute) == routes;
    };
    if (!fits(dialog.target) && (dialog.next_target.empty() || !fits(dialog.next_target))) {
        findings_.say(sight, "D8",
                      "Request-URI or Route is not the dialog's, target " + dialog.target);
    }
}

void DialogRules::check_cseq(const Sight& sight, Dialog& dialog) {
    const std::uint32_t number = sight.message.cseq().number;
    if (dialog.our_cseq && number != *dialog.our_cseq + 1) {
        findings_.say(sight, "D5",
                      "CSeq does not rise by one, last " + std::to_string(*dialog.our_cseq));
    }
    dialog.our_cseq = number;
}

void DialogRules::check_moment(const Sight& sight, Dialog& dialog) {
    constexpr Millis kAckTimeout{32'000};
    const Method method = sight.message.method();
    const bool bye = method == Method::kBye;
    // A subscription in the dialog outlives the call (M10, RFC 5057 s.4).
    const bool subscribes = method == Method::kNotify || method == Method::kSubscribe;
    if (dialog.bye_came && !subscribes) {
        findings_.say(sight, "E-R6", "a request after the other side's BYE");
    }
    if (dialog.bye_sent && !bye && !subscribes) {
        findings_.say(sight, "3261 s.15.1.1", "a request after our BYE");
    }
    if (bye && dialog.server && !dialog.confirmed) {
        findings_.say(sight, "3261 s.15", "the callee's BYE on an early dialog");
    }
    if (bye && dialog.server && dialog.answered && !dialog.acked &&
        sight.now < *dialog.answered + kAckTimeout) {
        findings_.say(sight, "M5", "the callee's BYE before the ACK");
    }
    if (method == Method::kInvite && (dialog.our_invite || dialog.their_invite)) {
        findings_.say(sight, "E10", "INVITE while another one has no final");
    }
}

}  // namespace sallyport::sim
