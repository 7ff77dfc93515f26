// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/checker/subscription_rules.h"

#include "tests/sim/checker/message_reading.h"

#include <algorithm>

namespace sallyport::sim {

using sip::HeaderId;
using sip::Method;

namespace {

bool is_event(Method method) {
    return method == Method::kSubscribe || method == Method::kNotify;
}

bool opens(Method method) {
    return method == Method::kSubscribe || method == Method::kRefer;
}

bool says_terminated(const sip::Message& notify) {
    return notify.value_of(HeaderId::kSubscriptionState).rfind("terminated", 0) == 0;
}

}  // namespace

void SubscriptionRules::on_arrival(const Sight& sight) {
    const sip::Message& m = sight.message;
    if (!m.is_request()) {
        on_response(m);
        return;
    }
    if (m.method() == Method::kInvite) {
        calls_.emplace(m.call_id());
    }
    if (!is_event(m.method()) && !opens(m.method())) {
        return;
    }
    if (!branches_.emplace("in " + std::string(m.top_via().branch)).second) {
        return;
    }
    ++crossed_[std::to_string(call_of(m.from().text)).append(m.method_name())].arrived;
    if (m.method() == Method::kRefer) {
        refers_.insert(dialog_key(m.call_id(), m.from().tag, std::to_string(m.cseq().number)));
    }
    if (m.to().tag.empty()) {
        Opening& opening = came_[dialog_key(m.call_id(), m.from().tag, "")];
        if (opening.cseq < m.cseq().number) {
            opening = {m.cseq().number,
                       std::string(m.from().text),
                       {},
                       std::string(m.contact().uri),
                       values_of(m, HeaderId::kRecordRoute),
                       number_in(m.value_of(HeaderId::kExpires))};
        }
    } else if (m.method() == Method::kNotify) {
        open_by_notify(m);
    }
}

void SubscriptionRules::on_response(const sip::Message& m) {
    const auto dialog = dialogs_.find(dialog_key(m.call_id(), m.from().tag, m.to().tag));
    if (dialog != dialogs_.end() && m.status() >= 200) {
        dialog->second.asking.erase(m.cseq().number);
    }
    if (opens(m.method()) && m.status() / 100 == 2) {
        open_by_response(m);
    } else if (m.method() == Method::kNotify && m.status() == 481) {
        disowned_.insert(dialog_key(m.call_id(), m.to().tag, ""));  // no subscription is left (M10)
    }
}

/// RFC 6665 s.4.4.1: we are the subscriber; the route set is the NOTIFY's.
void SubscriptionRules::open_by_notify(const sip::Message& m) {
    const std::string key = dialog_key(m.call_id(), m.to().tag, m.from().tag);
    const auto opening = sent_.find(dialog_key(m.call_id(), m.to().tag, ""));
    if (opening != sent_.end() && dialogs_.count(key) == 0) {
        dialogs_[key] = {opening->second.party,
                         std::string(m.from().text),
                         std::string(m.contact().uri),
                         opening->second.contact,
                         values_of(m, HeaderId::kRecordRoute),
                         opening->second.cseq};
    }
    if (dialogs_.count(key) > 0 && says_terminated(m)) {
        ending_[std::string(m.top_via().branch)] = key;
    }
}

/// RFC 3261 s.12.1.2.
void SubscriptionRules::open_by_response(const sip::Message& m) {
    const std::string key = dialog_key(m.call_id(), m.from().tag, m.to().tag);
    const auto opening = sent_.find(dialog_key(m.call_id(), m.from().tag, ""));
    if (opening == sent_.end() || dialogs_.count(key) > 0 ||
        opening->second.cseq != m.cseq().number) {
        return;
    }
    std::vector<std::string> routes = values_of(m, HeaderId::kRecordRoute);
    std::reverse(routes.begin(), routes.end());
    const std::string target(m.contact_count() > 0 ? m.contact().uri
                                                   : std::string_view(opening->second.target));
    dialogs_[key] = {opening->second.party,   std::string(m.to().text), target,
                     opening->second.contact, std::move(routes),        opening->second.cseq};
}

void SubscriptionRules::on_sent(const Sight& sight) {
    const sip::Message& m = sight.message;
    if (!m.is_request()) {
        check_response(sight);
    } else if (m.method() == Method::kInvite) {
        calls_.emplace(m.call_id());
    } else if (is_event(m.method()) || opens(m.method())) {
        if (branches_.emplace("out " + std::string(m.top_via().branch)).second) {
            on_request_sent(sight);
        }
    }
}

/// RFC 3515 s.2.4.6: the id is the number of the REFER, on each leg its own.
void SubscriptionRules::check_refer_id(const Sight& sight) {
    const sip::Message& m = sight.message;
    const std::string_view event = m.value_of(HeaderId::kEvent);
    const auto id = event.find(";id=");
    if (disowned_.count(dialog_key(m.call_id(), m.to().tag, "")) > 0) {
        return;
    }
    if (m.method() == Method::kNotify && event.rfind("refer", 0) == 0 && id != event.npos &&
        refers_.count(dialog_key(m.call_id(), m.to().tag, event.substr(id + 4))) == 0) {
        findings_.say(sight, "M9", "the id of a NOTIFY is not a REFER of this leg");
    }
}

void SubscriptionRules::on_request_sent(const Sight& sight) {
    const sip::Message& m = sight.message;
    check_headers(sight);
    check_refer_id(sight);
    Count& count = crossed_[std::to_string(call_of(m.from().text)).append(m.method_name())];
    if (count.arrived < ++count.sent) {
        findings_.say(sight, "M10", "more of these sent than have come");
    }
    if (m.to().tag.empty()) {
        check_opening_sent(sight);
    } else if (Dialog* dialog = dialog_of_sent(sight)) {
        check_request(sight, *dialog);
    }
}

void SubscriptionRules::check_opening_sent(const Sight& sight) {
    const sip::Message& m = sight.message;
    if (!opens(m.method())) {
        return;
    }
    sent_[dialog_key(m.call_id(), m.from().tag, "")] = {m.cseq().number,
                                                        std::string(m.from().text),
                                                        std::string(m.contact().uri),
                                                        std::string(m.request_uri()),
                                                        {},
                                                        number_in(m.value_of(HeaderId::kExpires))};
}

SubscriptionRules::Dialog* SubscriptionRules::dialog_of_sent(const Sight& sight) {
    const sip::Message& m = sight.message;
    const std::string key = dialog_key(m.call_id(), m.from().tag, m.to().tag);
    if (const auto found = dialogs_.find(key); found != dialogs_.end()) {
        return &found->second;
    }
    const auto opening = came_.find(dialog_key(m.call_id(), m.to().tag, ""));
    if (opening != came_.end() && m.method() == Method::kNotify) {
        const Opening& of = opening->second;
        return &(dialogs_[key] = {
                     std::string(m.from().text), of.party, of.target, {}, of.record_routes, 0});
    }
    if (calls_.count(std::string(m.call_id())) == 0) {
        findings_.say(sight, "3261 s.12.2", "a request of no dialog has a To tag");
    }
    return nullptr;
}

void SubscriptionRules::check_request(const Sight& sight, Dialog& dialog) {
    const sip::Message& m = sight.message;
    if (m.from().text != dialog.our_party || m.to().text != dialog.their_party) {
        findings_.say(sight, "3261 s.12.2.1.1", "From or To is not the dialog's");
    }
    const std::string contact(m.contact().uri);
    if (!dialog.contact.empty() && dialog.contact != contact) {
        findings_.say(sight, "D10", "our Contact changed within the dialog");
    }
    dialog.contact = contact;
    if (dialog.cseq != 0 && m.cseq().number != dialog.cseq + 1) {
        findings_.say(sight, "D5",
                      "CSeq does not rise by one, last " + std::to_string(dialog.cseq));
    }
    dialog.cseq = m.cseq().number;
    if (dialog.over && dialog.asking.empty()) {
        findings_.say(sight, "M10", "a request after the subscription has ended");
    }
    if (opens(m.method())) {
        dialog.asking.insert(m.cseq().number);
    }
    check_destination(sight, dialog);
}

/// RFC 3261 s.12.2.1.1.
void SubscriptionRules::check_destination(const Sight& sight, const Dialog& dialog) {
    const sip::Message& m = sight.message;
    std::vector<std::string> routes = dialog.routes;
    std::string uri = dialog.target;
    if (!routes.empty() && routes.front().find(";lr") == std::string::npos) {
        uri = inside_angles(routes.front());
        routes.erase(routes.begin());
        routes.push_back("<" + dialog.target + ">");
    }
    if (m.request_uri() != uri || values_of(m, HeaderId::kRoute) != routes) {
        findings_.say(sight, "D8", "Request-URI or Route is not the dialog's, target " + uri);
    }
}

/// RFC 6665 s.8.2.
void SubscriptionRules::check_headers(const Sight& sight) {
    const sip::Message& m = sight.message;
    if (is_event(m.method()) && !m.has(HeaderId::kEvent)) {
        findings_.say(sight, "6665 s.8.2.1", "SUBSCRIBE or NOTIFY without Event");
    }
    if (m.method() == Method::kNotify && !m.has(HeaderId::kSubscriptionState)) {
        findings_.say(sight, "6665 s.8.2.3", "NOTIFY without Subscription-State");
    }
    if (m.contact_count() != 1) {
        findings_.say(sight, "6665 s.8.1", "not one Contact");
    }
}

void SubscriptionRules::check_response(const Sight& sight) {
    const sip::Message& m = sight.message;
    if (m.status() / 100 != 2) {
        return;
    }
    const auto ending = ending_.find(std::string(m.top_via().branch));
    if (m.method() == Method::kNotify && ending != ending_.end()) {
        dialogs_[ending->second].over = true;
    }
    const auto opening = came_.find(dialog_key(m.call_id(), m.from().tag, ""));
    const bool first = opening != came_.end() && opening->second.cseq == m.cseq().number;
    if (m.method() != Method::kSubscribe || !first) {
        return;
    }
    if (m.contact_count() != 1) {
        findings_.say(sight, "3261 s.12.1.1", "2xx to SUBSCRIBE without its one Contact");
    }
    if (!m.has(HeaderId::kExpires) ||
        opening->second.expires < number_in(m.value_of(HeaderId::kExpires))) {
        findings_.say(sight, "6665 s.4.2.1.1", "2xx grants no time, or more than was asked for");
    }
    const std::string key = dialog_key(m.call_id(), m.to().tag, m.from().tag);
    if (dialogs_.count(key) == 0) {
        const Opening& of = opening->second;
        dialogs_[key] = {std::string(m.to().text),     of.party,         of.target,
                         std::string(m.contact().uri), of.record_routes, 0};
    }
}

}  // namespace sallyport::sim
