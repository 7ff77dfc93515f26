// SPDX-License-Identifier: Apache-2.0
// A scripted endpoint on the virtual network: it says exactly what a test tells it and keeps what
// it hears. It knows just enough of a dialog (RFC 3261 s.12) to write the lines that a script would
// only repeat. Nothing is retransmitted or answered by itself, but for a BYE, which gets 200 unless
// the test says otherwise. Tests only.
#pragma once

#include "tests/sim/network.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::call {

// Reading a message as text, without the parser that is under test.
/// Value of the first header of that name; empty when there is none.
[[nodiscard]] std::string header(std::string_view message, std::string_view name);
/// All lines of that name, each with its CRLF.
[[nodiscard]] std::string header_lines(std::string_view message, std::string_view name);
[[nodiscard]] std::string body_of(std::string_view message);
/// "sip:..." between < and > of a Contact, From or To value.
[[nodiscard]] std::string uri_of(std::string_view value);
[[nodiscard]] std::string tag_of(std::string_view value);
[[nodiscard]] std::uint32_t cseq_of(std::string_view message);
[[nodiscard]] std::string request_uri_of(std::string_view message);

/// One audio stream. direction: "sendrecv" leaves the attribute out.
[[nodiscard]] std::string sdp(std::string_view ip, std::uint16_t port,
                              std::string_view direction = "sendrecv", int version = 1);
/// Port of the n-th m= line (0 is the first); -1 when there is none.
[[nodiscard]] int port_in(std::string_view message, std::size_t n = 0);

struct Heard {
    Moment at;
    std::string text;
};

class Party {
public:
    Party(sim::Network& network, const Endpoint& own, const Endpoint& gate, std::string name);
    ~Party() {
        network_.attach(own_, [](const sim::Packet&) {});  // packets under way find nobody
    }
    Party(const Party&) = delete;
    Party& operator=(const Party&) = delete;

    // What it says.
    void say(const std::string& octets) { network_.send({own_, gate_, octets}); }
    /// Builds a request of the dialog below, or outside of one while `remote` has no tag. lines:
    /// complete lines.
    [[nodiscard]] std::string request(std::string_view method, std::uint32_t cseq,
                                      std::string_view lines = {},
                                      std::string_view body = {}) const;
    /// CANCEL of the INVITE with that number, or the ACK of its non-2xx answer: same branch and
    /// R-URI.
    [[nodiscard]] std::string companion(std::string_view method, std::uint32_t cseq) const;
    /// Builds a response to a request that was heard. tag: for To, when that has none.
    [[nodiscard]] std::string response(std::string_view request, std::string_view status,
                                       std::string_view tag, std::string_view lines = {},
                                       std::string_view body = {}) const;

    // What it has heard.
    /// The newest message that starts so; a test failure and an empty text when there is none.
    [[nodiscard]] std::string got(std::string_view start) const;
    [[nodiscard]] std::size_t count(std::string_view start) const;
    [[nodiscard]] std::vector<Heard> all(std::string_view start) const;
    void forget() { heard_.clear(); }

    // The dialog, and how it is learned.
    void dial(std::string id, std::string_view uri);
    void learn_response(std::string_view response);
    void learn_invite(std::string_view invite, std::string_view own_tag);

    std::string call_id, local, remote, target;
    std::vector<std::string> routes;
    bool answers_bye{true};
    std::string contact;  // URI
    [[nodiscard]] const Endpoint& own() const noexcept { return own_; }
    [[nodiscard]] std::string ip() const { return own_.ip.to_string(); }

private:
    [[nodiscard]] std::string build(std::string_view method, std::uint32_t cseq,
                                    std::string_view branch_method, std::string_view more) const;
    void hear(const sim::Packet& packet);

    sim::Network& network_;
    Endpoint own_, gate_;
    std::string name_;
    std::vector<Heard> heard_;
};

}  // namespace sallyport::call
