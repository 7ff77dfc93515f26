// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/checker/message_rules.h"

namespace sallyport::sim {

using sip::HeaderId;
using sip::Method;

MessageRules::MessageRules(const Config& config) {
    for (const Realm& realm : config.realms) {
        const std::string ip = realm.address.address.to_string();
        networks_.push_back(ip.substr(0, ip.find('.', ip.find('.') + 1) + 1));
        own_.push_back({realm.address.address, realm.listen.front().port});
    }
}

void MessageRules::on_sent(const Sight& sight, std::size_t packet_octets,
                           Findings& findings) const {
    const sip::Message& message = sight.message;
    for (std::size_t realm = 0; realm < networks_.size(); ++realm) {
        if (realm != sight.realm.value &&
            message.octets().find(networks_[realm]) != std::string_view::npos) {
            findings.say(sight, "D19", "names an address of the other realm");
        }
    }
    const std::string_view length = message.value_of(HeaderId::kContentLength);
    if (length != std::to_string(message.body().size()) ||
        message.octets().size() != packet_octets) {
        findings.say(sight, "F8", "Content-Length is not the length of the body");
    }
    if (message.from().tag.empty()) {
        findings.say(sight, "3261 s.8.1.1.3", "From without a tag");
    }
    if (!message.body().empty() && !message.has(HeaderId::kContentType)) {
        findings.say(sight, "3261 s.20.15", "a body without Content-Type");
    }
    if (message.is_request()) {
        check_request(sight, findings);
    } else {
        check_response(sight, findings);
    }
}

void MessageRules::check_request(const Sight& sight, Findings& findings) const {
    const sip::Message& message = sight.message;
    const sip::Via& via = message.top_via();
    const Endpoint& own = own_[sight.realm.value];
    if (message.via_count() != 1) {
        findings.say(sight, "D11", "more than one Via");
    }
    if (via.host != own.ip.to_string() || via.port.value_or(Port{5060}) != own.port) {
        findings.say(sight, "B8", "Via does not name our port");
    }
    if (!via.rport) {
        findings.say(sight, "B8", "Via does not ask for rport");
    }
    if (!via.rfc3261_branch) {
        findings.say(sight, "3261 s.8.1.1.7", "branch without the magic cookie");
    }
    if (message.max_forwards().value_or(0) == 0 || message.max_forwards().value_or(0) > 70) {
        findings.say(sight, "C20", "Max-Forwards is none, 0 or above 70");
    }
    const Method method = message.method();
    const bool names_target = method == Method::kInvite || method == Method::kSubscribe ||
                              method == Method::kRefer || method == Method::kUpdate ||
                              method == Method::kRegister;
    if (names_target && message.contact_count() != 1) {
        findings.say(sight, "3261 s.8.1.1.8", "not one Contact");
    }
    if ((method == Method::kAck || method == Method::kCancel) &&
        (message.has(HeaderId::kRequire) || message.has(HeaderId::kProxyRequire))) {
        findings.say(sight, "3261 s.8.1.1.9", "Require in ACK or CANCEL");
    }
}

void MessageRules::check_response(const Sight& sight, Findings& findings) const {
    const sip::Message& message = sight.message;
    const int status = message.status();
    const bool invite = message.method() == Method::kInvite;
    if (status != 100 && message.to().tag.empty()) {
        findings.say(sight, "3261 s.8.2.6.2", "To without a tag");
    }
    if (!invite && status > 100 && status < 200) {
        findings.say(sight, "4320 s.4.1", "1xx above 100 to a non-INVITE");
    }
    if (!invite && status == 408) {
        findings.say(sight, "4320 s.4.2", "408 to a non-INVITE");
    }
    if (invite && status / 100 == 2 && message.contact_count() != 1) {
        findings.say(sight, "3261 s.12.1.1", "2xx to INVITE without its one Contact");
    }
    if (status == 401 && !message.has(HeaderId::kWwwAuthenticate)) {
        findings.say(sight, "3261 s.21.4.2", "401 without a challenge");
    }
    if (status == 407 && !message.has(HeaderId::kProxyAuthenticate)) {
        findings.say(sight, "3261 s.21.4.8", "407 without a challenge");
    }
    if (status == 405 && !message.has(HeaderId::kAllow)) {
        findings.say(sight, "3261 s.8.2.1", "405 without Allow");
    }
    if (status == 420 && !message.has(HeaderId::kUnsupported)) {
        findings.say(sight, "3261 s.8.2.2.3", "420 without Unsupported");
    }
}

}  // namespace sallyport::sim
