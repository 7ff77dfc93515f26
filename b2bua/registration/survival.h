// SPDX-License-Identifier: Apache-2.0
// Registrations while the registrar is dead (H24, mode survive): whom the registrar had accepted
// within a day may go on from the same address, for a minute at a time; everybody else is asked to
// come back. Bounded: as many addresses-of-record as bindings, those accepted last; as many sources
// of each as it may have Contacts. Owner: the RegisterRelay of one Shard, on its thread; the clock
// is handed in.
#pragma once

#include "b2bua/registration/asked_register.h"
#include "b2bua/registration/registrar.h"
#include "b2bua/registration/upstream_watch.h"

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace sallyport::registration {

class Survival {
public:
    /// How long the word of a registrar is remembered that is dead now.
    static constexpr Millis kMemory{24 * 3600 * 1000};
    /// Seconds that a phone is granted meanwhile, and that others are asked to wait.
    static constexpr std::uint32_t kGrant = 60;

    /// All outlive it.
    Survival(const Environment& env, Registrar& registrar, Counters& counters);

    /// A binding that the registrar accepted, whichever shard heard that; others are no news.
    void remember(const Binding& binding);

    /// A REGISTER in a realm with registration = survive. True: the registrar is dead, and the
    /// request was answered.
    bool on_register(transaction::ServerHandle server, const sip::Message& request,
                     const AskedRegister& asked, Moment now);

    /// Sends what finds out whether the registrars live, and forgets what is too old.
    void advance(Moment now);

    [[nodiscard]] UpstreamWatch& watch() noexcept { return watch_; }
    [[nodiscard]] const UpstreamWatch& watch() const noexcept { return watch_; }
    /// Addresses-of-record that are remembered.
    [[nodiscard]] std::size_t size() const noexcept { return order_.size(); }

private:
    /// Where a phone of the address-of-record was when the registrar last accepted it from there.
    struct Source {
        RealmId realm;
        IpAddr ip;
        Moment accepted;
    };
    using Sources = std::vector<Source>;

    [[nodiscard]] bool is_known(const AskedRegister& asked, Moment now) const;
    static Moment newest(const Sources& sources) noexcept;
    void note(Sources& sources, const Source& source) const;
    void forget_oldest();

    const Environment& env_;
    Registrar& registrar_;
    Counters& counters_;
    UpstreamWatch watch_;
    std::unordered_map<std::string, Sources> known_;       // by address-of-record, none empty
    std::set<std::pair<Moment, std::string_view>> order_;  // by newest(); the view is into known_
};

}  // namespace sallyport::registration
