// SPDX-License-Identifier: Apache-2.0
// Registrations while the registrar is dead (H24, mode survive): whom the registrar had accepted
// within a day may go on from the same address, for a minute at a time; everybody else is asked to
// come back. Owner: the RegisterRelay of one Shard, on its thread; the clock is handed in.
#pragma once

#include "b2bua/registration/registrar.h"
#include "b2bua/registration/upstream_watch.h"

#include <cstddef>
#include <deque>
#include <string>
#include <unordered_map>
#include <utility>

namespace sallyport::registration {

class Survival {
public:
    /// How long the word of a registrar is remembered that is dead now.
    static constexpr Millis kMemory{24 * 3600 * 1000};
    /// Seconds that a phone is granted meanwhile, and that others are asked to wait.
    static constexpr std::uint32_t kGrant = 60;

    /// All outlive it.
    Survival(const Environment& env, Registrar& registrar, Counters& counters);

    /// The registrar accepted it, whichever shard heard that.
    void remember(const Binding& binding);

    /// A REGISTER in a realm with registration = survive. True: the registrar is dead, and the
    /// request was answered.
    bool on_register(transaction::ServerHandle server, const sip::Message& request,
                     const Flow& flow, const std::string& aor, Moment now);

    /// Sends what finds out whether the registrars live, and forgets what is too old.
    void advance(Moment now);

    [[nodiscard]] UpstreamWatch& watch() noexcept { return watch_; }
    [[nodiscard]] const UpstreamWatch& watch() const noexcept { return watch_; }

private:
    struct Known {
        IpAddr source;
        Moment accepted;
    };

    const Environment& env_;
    Registrar& registrar_;
    Counters& counters_;
    UpstreamWatch watch_;
    std::unordered_map<std::string, Known> known_;      // by address-of-record
    std::deque<std::pair<Moment, std::string>> order_;  // as accepted; may hold older words, too
};

}  // namespace sallyport::registration
