// SPDX-License-Identifier: Apache-2.0
// Questions to the dry run, and the messages they are about. Tests only.
#pragma once

#include "b2bua/explain/explain.h"
#include "b2bua/explain/pasted_message.h"
#include "dataplane/memory_relays.h"
#include "tests/sim/gate.h"
#include "tests/unit/b2bua/explain/frames.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace sallyport::explain {

inline Config with_option(const std::function<void(Config&)>& set) {
    Config config = sim::example_config();
    set(config);
    return config;
}

inline Result<Explanation, std::string> ask(const Config& config, std::string_view octets,
                                            const Claim& claim = {}, std::size_t width = 80) {
    return explain(config, {octets, claim, width}, [&config](std::function<Moment()> now) {
        return std::make_unique<dataplane::MemoryRelays>(config.realms, 1, std::move(now));
    });
}

/// A request from 10.10.0.5 or 10.20.0.2; lines: more headers, each with its LF.
inline std::string request(const std::string& method, const std::string& uri,
                           const std::string& lines = {}, const std::string& host = "10.10.0.5",
                           const std::string& body = {}) {
    return method + " " + uri + " SIP/2.0\nVia: SIP/2.0/UDP " + host +
           ";branch=z9hG4bK1\nMax-Forwards: 70\nFrom: <sip:alice@" + host + ">;tag=a1\nTo: <" +
           (method == "REGISTER" ? "sip:alice@example.com" : uri) + ">\nCall-ID: c1\nCSeq: 1 " +
           method + "\nContact: <sip:alice@" + host + ">\n" + lines +
           "Content-Length: " + std::to_string(body.size()) + "\n\n" + body;
}

inline std::string replaced(std::string text, std::string_view what, std::string_view by) {
    return text.replace(text.find(what), what.size(), by);
}

/// A SIP message in a frame that goes from here to there.
inline std::string framed(const char* from, const char* to, const std::string& text) {
    const std::string octets = read_pasted(text).octets;
    return frame(kEthernet, ip(at(from), at(to), udp(at(from), at(to), octets)));
}

}  // namespace sallyport::explain
