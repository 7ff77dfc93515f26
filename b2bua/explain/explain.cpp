// SPDX-License-Identifier: Apache-2.0
#include "b2bua/explain/explain.h"

#include "b2bua/explain/capture_reader.h"
#include "b2bua/explain/message_lines.h"
#include "b2bua/explain/pasted_message.h"
#include "b2bua/explain/teller.h"
#include "config/fault.h"

#include <algorithm>

namespace sallyport::explain {
namespace {

using Read = Result<Capture, std::string>;

/// Not a word of SIP in it: no line of a file like that could be a start line.
bool is_text(std::string_view octets) {
    return octets.find('\0') == std::string_view::npos &&
           octets.find_first_not_of(" \t\r\n") != std::string_view::npos;
}

Read read_text(std::string_view octets) {
    constexpr std::size_t kLargestDatagram = 65'507;  // of UDP over IPv4
    const std::string cure =
        "name a file with one SIP message, as it is on the wire, or a pcap or pcapng file";
    if (!is_text(octets)) {
        return Failure{
            config::sentence(octets.empty() ? "an empty file" : "neither text nor a capture",
                             "a SIP message or a capture", cure)};
    }
    if (octets.size() > kLargestDatagram) {
        return Failure{config::sentence("a text of " + std::to_string(octets.size()) + " octets",
                                        "one SIP message, which fits a datagram", cure)};
    }
    Capture one;
    one.messages.push_back(read_pasted(octets));
    return one;
}

Read read_any(std::string_view octets) {
    if (!is_capture(octets)) {
        return read_text(octets);
    }
    Read capture = read_capture(octets);
    if (!capture.ok()) {
        return Failure{config::sentence(
            printable(capture.error()),
            "a pcap or pcapng file of Ethernet, Linux cooked or raw IP frames",
            "capture with tcpdump -i any -s 0 -w FILE, or convert it with editcap -F pcap")};
    }
    if (capture->messages.empty()) {
        std::string found = "a capture without SIP over UDP";
        for (const std::string& note : capture->notes) {
            found.append("; ").append(note);
        }
        return Failure{config::sentence(found, "at least one SIP message",
                                        "capture at the gateway, or paste the message as text")};
    }
    return capture;
}

std::string title_of(const Arrival& arrival, std::size_t i, std::size_t count) {
    std::string title = "message " + std::to_string(i + 1) + " of " + std::to_string(count);
    return arrival.frame == 0 ? title : title + ", frame " + std::to_string(arrival.frame);
}

}  // namespace

Result<Explanation, std::string> explain(const Config& config, const Question& question,
                                         const MakeRelays& make_relays) {
    const Read read = read_any(question.octets);
    if (!read.ok()) {
        return Failure{read.error()};
    }
    Teller teller(config, question.claim, question.width, make_relays);
    for (std::size_t i = 0; i < read->messages.size(); ++i) {
        const Arrival& arrival = read->messages[i];
        teller.tell(arrival, title_of(arrival, i, read->messages.size()));
    }
    Explanation explanation{teller.text(), teller.passes()};
    for (const std::string& note : read->notes) {
        explanation.text += "capture: " + note + "\n";
    }
    explanation.text += teller.conclusion();
    return explanation;
}

}  // namespace sallyport::explain
