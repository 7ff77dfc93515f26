// SPDX-License-Identifier: Apache-2.0
// What a RegisterRelay holds and does, in two halves: the phone's REGISTER on its way to the
// registrar (register_request.cpp), and the registrar's answer on its way back
// (register_answer.cpp). Private to registration/.
#pragma once

#include "b2bua/policy/header_policy.h"
#include "b2bua/registration/asked_register.h"
#include "b2bua/registration/bindings.h"
#include "b2bua/registration/contacts.h"
#include "b2bua/registration/intake.h"
#include "b2bua/registration/keepalive.h"
#include "b2bua/registration/register_contexts.h"
#include "b2bua/registration/register_relay.h"
#include "b2bua/registration/registrar.h"
#include "b2bua/registration/survival.h"
#include "b2bua/routing/flow_token.h"

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace sallyport::registration {

/// A REGISTER as it came in.
struct Arrival {
    transaction::ServerHandle server;
    const sip::Message& request;
    const Flow& flow;
    const Peer& upstream;
};

/// A REGISTER at the registrar. Keeps what a 2xx makes bindings of (H2).
struct PendingRegister : AskedRegister {
    transaction::ServerHandle server{};
    const Peer* upstream{nullptr};
    std::string context{};  // key
    bool by_path{false};    // in mode path: its Contacts are the phone's own (H15)
    bool retried{false};    // after a 423 to our own value (H11)
};

/// What the registrar's 2xx says of one of the phone's Contacts.
struct Granted {
    std::optional<std::uint32_t> expires;  // nullopt: the Contact is not in it (H4)
    std::string_view service_route;        // H16
    std::string_view identities;           // H2
};

/// What the phone is granted for one of its Contacts.
struct Grant {
    std::string_view token;
    std::string_view uri;
    std::uint32_t expires{0};
};

[[nodiscard]] constexpr Millis to_millis(std::uint32_t seconds) noexcept {
    return Millis{std::int64_t{seconds} * 1000};
}

/// All values of that header, separated by commas.
[[nodiscard]] std::string values_of(const sip::Message& message, sip::HeaderId header);

/// nullptr: the token is not among them.
[[nodiscard]] const Grant* grant_of(const std::vector<Grant>& grants, std::string_view token);

/// The shortest grant: the phone comes back in time for all of its Contacts. nullopt: none.
[[nodiscard]] std::optional<std::uint32_t> shortest(const std::vector<Grant>& grants);

struct RegisterRelay::State {
    explicit State(Environment e);

    void on_register(const Arrival& arrival, Moment now);
    void on_response(transaction::UserRef ref, const sip::Message& response, Moment now);
    void on_failed(transaction::UserRef ref, transaction::ClientFailure failure, Moment now);

    Environment env;
    routing::FlowTokens flow_tokens;
    Bindings bindings;
    RegisterContexts contexts;
    std::unordered_map<std::uint64_t, PendingRegister> pending;
    std::vector<Intake> intakes;  // by index in Config::peers
    std::uint64_t next{1};
    Counters counters;
    Registrar registrar;
    Survival survival;
    std::vector<char> scratch;  // room for one message
    Keepalive keepalive;        // reads what stands above

    // register_request.cpp
    bool in_order(const PendingRegister& asked, const sip::Message& request, Moment now);
    bool has_room(const PendingRegister& asked, Moment now);
    [[nodiscard]] bool is_due(const PendingRegister& asked, const sip::Message& request,
                              Moment now);
    [[nodiscard]] Intake& intake(const PendingRegister& asked);
    /// Takes it out of those at the registrar; nullopt: nobody waits for it.
    std::optional<PendingRegister> close(transaction::UserRef ref, bool served, Moment now);
    void send(PendingRegister&& asked, const sip::Message& request, Moment now);
    void refuse(transaction::ServerHandle server, int status, std::string_view reason, Moment now);
    void refuse_for_now(transaction::ServerHandle server, int status, std::uint64_t seconds,
                        Moment now);
    [[nodiscard]] policy::Crossing crossing(const PendingRegister& asked, bool request) const;
    [[nodiscard]] std::string path_of(const PendingRegister& asked,
                                      const sip::Message& request) const;

    // refresh.cpp
    /// H7: what the phone is granted without asking; nullopt: the registrar has to be asked.
    [[nodiscard]] std::optional<std::vector<Grant>> refreshable(const PendingRegister& asked,
                                                                const sip::Message& request,
                                                                Moment now);
    /// True: it was answered.
    bool refreshed_here(const PendingRegister& asked, const sip::Message& request, Moment now);
    [[nodiscard]] std::string shown_again(const KeptAnswer& kept, const std::vector<Grant>& grants,
                                          Moment now) const;

    // register_answer.cpp
    /// H5: seconds that the phone may have of those; in a crowd up to a tenth less.
    [[nodiscard]] std::uint32_t capped(const PendingRegister& asked, std::uint32_t seconds,
                                       Moment now);
    std::vector<Grant> commit(const PendingRegister& asked, const sip::Message& response,
                              Moment now);
    Grant commit_contact(const PendingRegister& asked, const RequestedContact& contact,
                         const Granted& granted, Moment now);
    void forget(const PendingRegister& asked);
    void erase(const std::string& token, Moment asked);
    bool retry_longer(PendingRegister& asked, const sip::Message& response, Moment now);
    [[nodiscard]] std::string shown_service_route(const PendingRegister& asked,
                                                  const sip::Message& response) const;
    void answer(const PendingRegister& asked, const sip::Message& response,
                const std::vector<Grant>& grants, Moment now);
    [[nodiscard]] std::optional<std::string> shown_as(const PendingRegister& asked,
                                                      const sip::NameAddr& contact,
                                                      std::string_view token,
                                                      const std::vector<Grant>& grants) const;
    void keep_answer(const PendingRegister& asked, const sip::Message& request, KeptAnswer&& answer,
                     const std::vector<Grant>& grants);
    void count(int status);
    [[nodiscard]] std::string_view token_in(const sip::NameAddr& contact) const;
    /// The token of the binding that a Contact of the registrar's 2xx is; empty: none of ours.
    [[nodiscard]] std::string known_as(const PendingRegister& asked,
                                       const sip::NameAddr& contact) const;
    [[nodiscard]] std::optional<std::uint32_t> granted_to(const PendingRegister& asked,
                                                          std::string_view token,
                                                          const sip::Message& response,
                                                          std::uint32_t otherwise) const;
};

}  // namespace sallyport::registration
