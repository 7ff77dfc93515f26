// SPDX-License-Identifier: Apache-2.0
// A message and the octets that it is a view of, for tests of pure pieces. Owner: one test.
#pragma once

#include "b2bua/sip/message.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

namespace sallyport::call {

inline constexpr std::string_view kHead =
    "Via: SIP/2.0/UDP 10.10.0.5:5060;branch=z9hG4bK1\r\n"
    "From: \"Alice\" <sip:alice@10.10.0.5>;tag=a1\r\n"
    "To: <sip:bob@10.10.0.1>;tag=b1\r\n"
    "Call-ID: near\r\n";

struct MessageText {
    std::string octets;
    sip::Message message;

    explicit MessageText(std::string text) : octets(std::move(text)) {
        const auto parsed = message.parse(octets);
        EXPECT_TRUE(parsed.ok()) << octets;
    }
    MessageText(const MessageText&) = delete;
    MessageText& operator=(const MessageText&) = delete;

    /// lines: complete lines.
    static std::string request(std::string_view method, std::string_view lines,
                               std::string_view body = {}) {
        std::string text(method);
        text.append(" sip:bob@10.10.0.1 SIP/2.0\r\n").append(kHead);
        text.append("Max-Forwards: 70\r\nCSeq: 5 ").append(method).append("\r\n").append(lines);
        return finish(std::move(text), body);
    }
    static std::string response(std::string_view status, std::string_view lines,
                                std::string_view body = {}) {
        std::string text = "SIP/2.0 ";
        text.append(status).append("\r\n").append(kHead).append("CSeq: 5 INVITE\r\n").append(lines);
        return finish(std::move(text), body);
    }

private:
    static std::string finish(std::string text, std::string_view body) {
        text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n");
        return text.append(body);
    }
};

}  // namespace sallyport::call
