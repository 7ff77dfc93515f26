// SPDX-License-Identifier: Apache-2.0
// The registrar that the gateway itself is for realms with registration = local (H1, H22, H23;
// RFC 3261 s.10.3, RFC 5626 s.6): users of the users file prove who they are and bind their
// phones; whoever calls from such a realm proves it, too. Owner: the RegisterRelay of one Shard, on
// its thread; the clock is handed in.
#pragma once

#include "b2bua/registration/asked_register.h"
#include "b2bua/registration/bindings.h"
#include "b2bua/registration/counters.h"
#include "b2bua/registration/register_relay.h"
#include "b2bua/registration/sender_proof.h"
#include "b2bua/sip/message.h"
#include "b2bua/transaction/layer.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::registration {

class Registrar {
public:
    /// Shortest and longest life of a binding in seconds (H22; RFC 3261 s.10.3 step 7).
    static constexpr std::uint32_t kLeast = 60;
    static constexpr std::uint32_t kMost = 3600;
    /// How often a client with flows of its own keeps them open (RFC 5626 s.4.4.2, B19).
    static constexpr std::uint32_t kFlowTimer = 25;

    /// All outlive it.
    Registrar(const Environment& env, Bindings& bindings, Counters& counters);

    /// Whether a request that has no transaction yet comes from a user of ours. False: it was
    /// challenged, 401 or 407, and leaves nothing behind.
    [[nodiscard]] bool knows_sender(const sip::Message& request, const Flow& flow, Moment now);

    /// A REGISTER that knows_sender() and policy::admit() let through. Always answers it.
    void on_register(transaction::ServerHandle server, const sip::Message& request,
                     const Flow& flow, Moment now);

    /// The same for one whose sender need not prove itself (H24), and whose bindings last so many
    /// seconds at most.
    void on_known(transaction::ServerHandle server, const sip::Message& request, const Flow& flow,
                  std::uint32_t most, Moment now);

    /// Whether a request outside a dialog that knows_sender() let through comes under its sender's
    /// own address. False: it was answered 403.
    [[nodiscard]] bool admits(transaction::ServerHandle server, const sip::Message& request,
                              Moment now);

private:
    struct Asked : AskedRegister {
        std::string path{};             // values, separated by commas (RFC 3327 s.5.3)
        std::uint32_t most{kMost};      // seconds
        bool registrar_is_dead{false};  // whose word on the binding stays as it was (H24)
    };
    struct Refusal {
        int status{0};
        std::string_view reason{};
        std::string lines{};
    };

    /// nullopt: it cannot be read, and was answered.
    [[nodiscard]] std::optional<Asked> read(transaction::ServerHandle server,
                                            const sip::Message& request, const Flow& flow,
                                            bool registrar_is_dead, Moment now);
    [[nodiscard]] Asked asked(const ReceivedRegister& received, std::string aor,
                              RequestedContacts contacts, bool registrar_is_dead) const;
    /// Steps 6 to 8. False: it was refused.
    bool serve(transaction::ServerHandle server, Asked& asked, Moment now);
    [[nodiscard]] std::optional<Refusal> refuse_path(const sip::Message& request,
                                                     const Asked& asked) const;
    [[nodiscard]] std::optional<Refusal> refuse_sender(const std::string& aor);
    [[nodiscard]] std::optional<Refusal> refuse_contacts(Asked& asked, Moment now) const;
    [[nodiscard]] std::optional<Refusal> refuse_order(const Asked& asked) const;
    [[nodiscard]] std::optional<Refusal> refuse_amount(const Asked& asked) const;
    [[nodiscard]] const Binding* same_binding(const Asked& asked,
                                              const RequestedContact& contact) const;
    void bind(const Asked& asked, Moment now);
    void put(const Asked& asked, const RequestedContact& contact, Moment now);
    void erase(const std::string& token, Moment asked);
    [[nodiscard]] std::string bound_lines(const Asked& asked, Moment now) const;
    void answer(transaction::ServerHandle server, const Refusal& refusal, Moment now);

    const Environment& env_;
    Bindings& bindings_;
    Counters& counters_;
    SenderProof proof_;
};

}  // namespace sallyport::registration
