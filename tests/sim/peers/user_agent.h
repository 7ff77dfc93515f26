// SPDX-License-Identifier: Apache-2.0
// What a model without calls needs to talk: its transactions, what it writes, a registration (RFC
// 3261 s.8, s.10.2, s.12.2). Who owns one decides what is said. Tests only.
#pragma once

#include "b2bua/sip/message.h"
#include "tests/sim/peers/draft.h"
#include "tests/sim/peers/transactions.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::sim {

struct AgentPlace {
    Endpoint own;
    std::optional<Endpoint> proxy;  // everything goes there; none: where the route set says
    std::string name;
};

/// One side of a dialog, or what a request outside of one is written from.
struct AgentDialog {
    std::string call_id;
    std::string local_tag, local_party, remote_party;  // the parties with their tags
    std::string target;
    std::vector<std::string> routes;
    std::uint32_t cseq{0};
    std::optional<std::uint32_t> remote_cseq;
};

struct Body {
    std::string text;
    std::string_view type{"text/plain"};
};

class UserAgent {
public:
    UserAgent(Network& network, AgentPlace place, TransactionUser& user);

    /// From and Call-ID of a request to that URI, without a To tag.
    [[nodiscard]] AgentDialog address(const std::string& uri);
    /// The next request of the dialog, from complete header lines. Returns its branch.
    std::string send(AgentDialog& dialog, std::string_view method, std::string_view lines,
                     const Body& body = {});
    /// tag: for To, when the request has none.
    void respond(const sip::Message& request, const Packet& packet, int status,
                 std::string_view tag, std::string_view lines = {});
    /// In order (RFC 3261 s.12.2.2)? Remembers the number.
    [[nodiscard]] static bool in_order(AgentDialog& dialog, const sip::Message& request);

    void register_at(const std::string& domain);
    void on_registered(const sip::Message& response);

    /// Runs it unless a restart came between.
    void after(Millis delay, std::function<void()> what);
    /// Forgets its transactions and what it was about to do.
    void restart();

    [[nodiscard]] std::string contact_line() const;
    [[nodiscard]] std::string new_tag() { return std::to_string(network_.random().next()); }
    [[nodiscard]] static std::string credentials(std::string_view user);
    [[nodiscard]] Network& network() noexcept { return network_; }
    [[nodiscard]] const std::string& name() const noexcept { return place_.name; }
    [[nodiscard]] Transactions& transactions() noexcept { return transactions_; }

private:
    [[nodiscard]] Endpoint hop(const AgentDialog& dialog) const;
    void send_register(std::string_view credentials);

    Network& network_;
    AgentPlace place_;
    Transactions transactions_;
    AgentDialog registration_;
    std::uint64_t life_{0};
};

}  // namespace sallyport::sim
