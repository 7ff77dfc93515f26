// SPDX-License-Identifier: Apache-2.0
// A request as the route table sees it, for tests. Owner: one test.
#pragma once

#include "b2bua/routing/router.h"
#include "b2bua/sip/message.h"
#include "tests/unit/b2bua/seeded_random.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace sallyport::routing {

class Asking {
public:
    /// lines: more headers, each with its CRLF.
    explicit Asking(std::string_view uri, std::string_view method = "INVITE",
                    std::string_view lines = {})
        : uri_(uri), text_(std::string(method) + " sip:x@example.net SIP/2.0\r\n") {
        text_.append("Via: SIP/2.0/UDP 10.10.0.5;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\n");
        text_.append("To: <sip:b@c>\r\nCall-ID: 1\r\nContact: <sip:a@10.10.0.5>\r\nCSeq: 1 ");
        text_.append(method).append("\r\n").append(lines).append("Content-Length: 0\r\n\r\n");
        EXPECT_TRUE(message_.parse(text_).ok()) << text_;
    }
    Asking(const Asking&) = delete;
    Asking& operator=(const Asking&) = delete;

    /// The Request-URI is not the message's: a Route may have said another (D9).
    [[nodiscard]] Asked from(RealmId realm) const { return {realm, uri_, message_}; }

private:
    std::string uri_;
    std::string text_;
    sip::Message message_;
};

/// choose() for an INVITE.
inline Result<Targets, Refusal> choose_for(const Config& config, const RegisteredLookup& registered,
                                           RealmId from, std::string_view uri, Moment now) {
    SeededRandom random(1);
    const Asking asking(uri);
    return choose(config, registered, asking.from(from), random, now);
}

}  // namespace sallyport::routing
