// SPDX-License-Identifier: Apache-2.0
// Passes REGISTER to the registrar behind the other door and learns bindings from what it accepts
// (spec section H, mode contact-map; RFC 3261 s.10, RFC 5853 s.3.4). The registrar knows each phone
// by a token at our address; challenges and credentials pass through untouched (D4, D15). Owner:
// one Shard, on its thread; the clock is handed in.
#pragma once

#include "b2bua/policy/identifiers.h"
#include "b2bua/policy/journal.h"
#include "b2bua/registration/binding.h"
#include "b2bua/registration/bindings.h"
#include "b2bua/registration/counters.h"
#include "b2bua/registration/token.h"
#include "b2bua/routing/registered_lookup.h"
#include "b2bua/sip/message.h"
#include "b2bua/transaction/layer.h"
#include "b2bua/transport/flow.h"
#include "b2bua/transport/sender.h"
#include "config/config.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

namespace sallyport::registration {

/// Top octet of every UserRef of ours; the rest numbers the pending REGISTER.
inline constexpr std::uint64_t kRegistrationRef = 2ULL << 56;

/// Hard caps (J10) and the durations of section H.
struct Settings {
    std::size_t max_bindings{131072};
    std::size_t max_pending{16384};
    std::size_t contacts_per_aor{32};
    Millis upstream_expires{3600 * 1000};  // H6: what we ask of the registrar at least
    Millis nat_cap_udp{60 * 1000};         // H5: what a phone behind NAT is granted at most
    Millis retry_context{300 * 1000};      // D4
};

struct Environment {
    const Config& config;
    transaction::Layer& layer;
    Identifiers& identifiers;
    TokenKey key;
    /// Called for every change that this shard makes to the bindings; the gateway hands it to the
    /// other shards.
    std::function<void(const BindingChange&)> publish;
    Settings settings{};
    ShardId self{};
    TokenKey nonce_key{};  // new with every process (docs/decisions/0021)
    /// Seconds since 1970, for the Date of our own answers; empty: they have none.
    std::function<std::int64_t()> unix_time{};
    // For keepalives (H19); without a sender there are none.
    Sender* sender{nullptr};
    Journal* journal{nullptr};
};

class Registrar;

class RegisterRelay final : public routing::RegisteredLookup {
public:
    explicit RegisterRelay(Environment environment);
    ~RegisterRelay() override;
    RegisterRelay(const RegisterRelay&) = delete;
    RegisterRelay& operator=(const RegisterRelay&) = delete;

    /// A REGISTER that policy::admit() let through; upstream: the registrar's peer. Always answers
    /// or passes it on.
    void on_register(transaction::ServerHandle server, const sip::Message& request,
                     const Flow& flow, const Peer& upstream, Moment now);
    /// The registrar that we are ourselves: realms with registration = local (H22).
    [[nodiscard]] Registrar& registrar() noexcept;
    /// Events of client transactions whose reference has kRegistrationRef in its top octet.
    void on_response(transaction::UserRef ref, const sip::Message& response, Moment now);
    void on_failed(transaction::UserRef ref, transaction::ClientFailure failure, Moment now);

    /// Lets bindings and retry contexts lapse (H20), and keeps NATs open (H19): call every 10 ms,
    /// so that keepalives leave evenly.
    void advance(Moment now);
    /// A change that another shard made. Not published again.
    void apply(const BindingChange& change);
    /// A few blanks came over that flow: a keepalive of a phone (B20), or of who writes its
    /// address. False: nobody is bound there.
    bool heard(const Flow& flow, Moment now);
    /// True: the response was to a keepalive of ours.
    bool is_keepalive(const sip::Message& response, const Flow& flow, Moment now);
    /// See Bindings::walk().
    void walk(TableWalk& place, std::size_t most,
              const std::function<void(const Binding&)>& each) const;

    [[nodiscard]] routing::Registered by_token(std::string_view token, Moment now) const override;
    [[nodiscard]] routing::Registered by_aor(std::string_view user, std::string_view host,
                                             std::optional<routing::RegistrarId> registrar,
                                             Moment now) const override;
    [[nodiscard]] routing::Registered by_user(std::string_view user,
                                              std::optional<routing::RegistrarId> registrar,
                                              Moment now) const override;
    [[nodiscard]] bool has_identity(const Flow& flow, std::string_view uri,
                                    Moment now) const override;
    [[nodiscard]] bool has_flow(const Flow& flow, Moment now) const override;
    [[nodiscard]] std::string service_route(const Flow& flow, std::string_view uri,
                                            Moment now) const override;

    [[nodiscard]] bool survives(RealmId realm) const override;

    [[nodiscard]] std::size_t dead() const;              // realms without a living registrar (H24)
    [[nodiscard]] std::size_t size() const noexcept;     // bindings
    [[nodiscard]] std::size_t pending() const noexcept;  // REGISTERs at the registrar
    [[nodiscard]] const Counters& counters() const noexcept;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace sallyport::registration
