// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/wire_log.h"

#include "b2bua/sip/message.h"

#include <limits>
#include <set>

namespace sallyport::sim {

void WireLog::add(bool sent, RealmId realm, const Packet& packet, Moment now) {
    sip::Message parsed;
    if (!parsed.parse(packet.payload).ok()) {
        return;  // the checker complains
    }
    WireMessage message;
    message.number = messages_.size();
    message.sent = sent;
    message.realm = realm;
    message.at = now;
    message.status = parsed.is_request() ? 0 : parsed.status();
    message.method = parsed.method_name();
    message.cseq = parsed.cseq().number;
    message.branch = parsed.top_via().branch;
    message.from_tag = parsed.from().tag;
    message.to_tag = parsed.to().tag;
    message.reason = parsed.value_of(sip::HeaderId::kReason);
    message.has_body = !parsed.body().empty();
    message.octets = packet.payload;
    messages_.push_back(std::move(message));
}

Messages WireLog::select(bool sent, RealmId realm, int status, std::string_view method) const {
    Messages found;
    for (const WireMessage& message : messages_) {
        if (message.sent == sent && message.realm == realm && message.status == status &&
            message.method == method) {
            found.push_back(&message);
        }
    }
    return found;
}

std::string WireLog::text() const {
    std::string text;
    for (const WireMessage& message : messages_) {
        text += std::to_string(message.at.since_start.count()) + " ms " +
                (message.realm == kInside ? "caller" : "callee") +
                (message.sent ? " <- " : " -> ") +
                message.octets.substr(0, message.octets.find("\r\n")) + "  CSeq " +
                std::to_string(message.cseq) + " " + message.method +
                (message.reason.empty() ? "" : "  Reason " + message.reason) + "\n";
    }
    return text;
}

std::size_t transactions(const Messages& messages) {
    std::set<std::string_view> branches;
    for (const WireMessage* message : messages) {
        branches.insert(message->branch);
    }
    return branches.size();
}

bool precedes(const Messages& these, const Messages& those) {
    constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();
    return (these.empty() ? kNever : these.front()->number) <
           (those.empty() ? kNever : those.front()->number);
}

}  // namespace sallyport::sim
