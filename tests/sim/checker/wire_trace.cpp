// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/checker/wire_trace.h"

#include "tests/sim/peers/draft.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <sstream>
#include <vector>

namespace sallyport::sim {
namespace {

struct Words {
    std::vector<std::string> plain;
    std::map<std::string, std::string> named;
    [[nodiscard]] std::string get(const std::string& name, std::string otherwise = {}) const {
        const auto found = named.find(name);
        return found == named.end() ? std::move(otherwise) : found->second;
    }
};

Words words_of(std::string_view line) {
    Words words;
    std::istringstream in{std::string(line)};
    for (std::string word; in >> word;) {
        const auto equals = word.find('=');
        if (equals == word.npos) {
            words.plain.push_back(word);
        } else {
            words.named[word.substr(0, equals)] = word.substr(equals + 1);
        }
    }
    return words;
}

/// "audio:4000,video:0"
std::string session_of(const Words& words) {
    const std::string lines = words.get("sdp");
    if (lines.empty()) {
        return {};
    }
    std::string text = "v=0\r\no=" + words.get("o", "x") + " 7 " + words.get("v", "1") +
                       " IN IP4 10.10.0.1\r\ns=-\r\nc=IN IP4 10.10.0.1\r\nt=0 0\r\n";
    std::istringstream in(lines);
    for (std::string line; std::getline(in, line, ',');) {
        const auto colon = line.find(':');
        text += "m=" + line.substr(0, colon) + " " + line.substr(colon + 1) + " RTP/AVP 0\r\n";
    }
    return text;
}

/// One of the two parties; the peer's tag is p, the gateway's g.
std::string party(bool gateway, bool tagged, const Words& words) {
    const std::string tag = gateway ? "g" : "p";
    return std::string(gateway ? "<sip:c1b@example.com>" : "<sip:c1a@example.com>") +
           (tagged ? ";tag=" + words.get("to", tag) : "");
}

void optional_line(Draft& draft, std::string_view name, const std::string& value) {
    if (!value.empty()) {
        draft.line(name, value);
    }
}

}  // namespace

TraceLine read_trace_line(std::string_view line) {
    const Words words = words_of(line);
    const auto& plain = words.plain;
    TraceLine out;
    out.sent = plain[0] == "<";
    out.at = Moment{Millis{std::atoi(words.get("ms", "0").c_str())}};
    const int status = std::atoi(plain[1].c_str());
    const std::string method = status == 0 ? plain[1] : plain[2];
    const std::string number = status == 0 ? plain[2] : plain[3];
    const bool ours = out.sent == (status == 0);  // the request is the gateway's
    const bool first = std::find(plain.begin(), plain.end(), "first") != plain.end();
    Draft draft = status == 0 ? Draft::request(method, "sip:c1@10.10.1.2:5060")
                              : Draft::response(status, "Because");
    draft.line("Via", "SIP/2.0/UDP host;branch=z9hG4bK" + method + number + (ours ? "g" : "p"))
        .line("From", party(ours, true, {}))
        .line("To", party(!ours, !first, words))
        .line("Call-ID", "trace")
        .line("CSeq", number + " " + method);
    const bool refreshes = method == "INVITE" || method == "UPDATE";  // RFC 3261 s.8.1.1.8
    optional_line(draft, "Contact", refreshes ? "<sip:c1@10.10.1.2:5060>" : "");
    const std::string rseq = words.get("rseq");
    optional_line(draft, "RSeq", rseq);
    optional_line(draft, "Require", rseq.empty() ? "" : "100rel");
    const std::string rack = words.get("rack");
    optional_line(draft, "RAck", rack.empty() ? "" : rack + " 1 INVITE");
    optional_line(draft, "Retry-After", words.get("after"));
    out.octets = draft.finish(session_of(words));
    return out;
}

}  // namespace sallyport::sim
