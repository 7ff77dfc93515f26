// SPDX-License-Identifier: Apache-2.0
// A message with chosen header lines, for tests of what crosses. Owner: one test.
#pragma once

#include "b2bua/sip/message.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace sallyport::policy {

inline constexpr std::string_view kMandatory =
    "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1\r\n"
    "From: <sip:a@example.com>;tag=1\r\n"
    "To: <sip:b@example.com>\r\n"
    "Call-ID: c1\r\n";

struct CrossingMessage {
    std::string octets;
    sip::Message message;

    static std::string request(std::string_view method, std::string_view lines) {
        std::string text(method);
        text.append(" sip:b@example.com SIP/2.0\r\n").append(kMandatory);
        text.append("CSeq: 1 ").append(method).append("\r\n");
        if (method == "INVITE") {
            text.append("Contact: <sip:a@192.0.2.1>\r\n");
        }
        return text.append(lines).append("Content-Length: 0\r\n\r\n");
    }
    static std::string response(std::string_view status, std::string_view lines) {
        std::string text = "SIP/2.0 ";
        text.append(status).append("\r\n").append(kMandatory);
        return text.append("CSeq: 1 INVITE\r\n").append(lines).append("Content-Length: 0\r\n\r\n");
    }
    explicit CrossingMessage(std::string text) : octets(std::move(text)) {
        const auto parsed = message.parse(octets);
        EXPECT_TRUE(parsed.ok()) << octets << sip::label_for(parsed.error().fault);
    }
};

}  // namespace sallyport::policy
