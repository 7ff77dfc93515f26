// SPDX-License-Identifier: Apache-2.0
#include "b2bua/transport/udp.h"

namespace sallyport {
namespace {

constexpr std::string_view kVersion = "SIP/2.0 ";

/// Method of a response that we wrote: its CSeq stands as "CSeq: <number> <method>".
sip::Method response_method(std::string_view message) noexcept {
    const auto cseq = message.find("\r\nCSeq: ");
    if (cseq == std::string_view::npos) {
        return sip::Method::kUnknown;
    }
    const auto end = message.find("\r\n", cseq + 2);
    const std::string_view line = message.substr(cseq, end - cseq);
    const auto space = line.rfind(' ');
    return sip::method_of(line.substr(space + 1));
}

void count(MessageCounts& counts, std::string_view message) noexcept {
    if (message.substr(0, kVersion.size()) == kVersion && message.size() > kVersion.size()) {
        const int status_class = message[kVersion.size()] - '0';
        counts.count(response_method(message), status_class * 100);
    } else {
        counts.count(sip::method_of(message.substr(0, message.find(' '))), 0);
    }
}

}  // namespace

bool UdpTransport::send(const Flow& flow, std::string_view message) noexcept {
    // Answers to STUN and keepalives of line ends are no messages.
    const bool is_sip = !message.empty() && message.front() > ' ';
    if (is_sip && flow.realm.value < kMaxRealms) {
        count(counters_.sent[flow.realm.value], message);
    }
    const auto sent = port_.send(flow.realm, flow.local, flow.remote, message);
    return sent == dataplane::SendResult::kQueued;
}

}  // namespace sallyport
