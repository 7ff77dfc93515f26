// SPDX-License-Identifier: Apache-2.0
// A message while a model of a peer writes it: start line, header lines in order, body. It shares
// nothing with the gateway's writer. Tests only.
#pragma once

#include <string>
#include <string_view>

namespace sallyport::sim {

class Draft {
public:
    [[nodiscard]] static Draft request(std::string_view method, std::string_view uri) {
        Draft draft;
        draft.text_.append(method).append(" ").append(uri).append(" SIP/2.0\r\n");
        return draft;
    }
    [[nodiscard]] static Draft response(int status, std::string_view reason) {
        Draft draft;
        draft.text_.append("SIP/2.0 ").append(std::to_string(status)).append(" ");
        draft.text_.append(reason).append("\r\n");
        return draft;
    }
    Draft& line(std::string_view name, std::string_view value) {
        text_.append(name).append(": ").append(value).append("\r\n");
        return *this;
    }
    /// Complete lines, each with its CRLF, or nothing.
    Draft& lines(std::string_view ready) {
        text_.append(ready);
        return *this;
    }
    [[nodiscard]] std::string finish(std::string_view body = {},
                                     std::string_view type = "application/sdp") {
        if (!body.empty()) {
            line("Content-Type", type);
        }
        line("Content-Length", std::to_string(body.size()));
        text_.append("\r\n").append(body);
        return std::move(text_);
    }

private:
    Draft() { text_.reserve(1024); }
    std::string text_;
};

}  // namespace sallyport::sim
