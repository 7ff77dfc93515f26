// SPDX-License-Identifier: Apache-2.0
// From a URI to the list of servers that the request may be sent to (RFC 3263 s.4.1, s.4.2; I2,
// I3), as a function of the answers of the DNS: it says what to ask, takes answers in any order,
// and lists targets, all of them, so that the next is there when one fails (RFC 3263 s.4.3).
// Whatever the answers are, the work is bounded. Pure. Owner: whoever sends the request.
#pragma once

#include "b2bua/policy/randomness.h"
#include "b2bua/transport/resolver/counters.h"
#include "b2bua/transport/resolver/destination.h"
#include "b2bua/transport/resolver/dns_answer.h"
#include "b2bua/transport/resolver/services.h"
#include "b2bua/transport/resolver/target.h"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::resolver {

/// What can be reached from the egress realm.
struct Reach {
    Transports transports;
    std::vector<Family> families;  // the one to be tried first in front
    bool trusted{false};           // maddr is followed
    std::vector<IpAddr> own;       // ours: what the DNS sends there is left aside
};

class Locate {
public:
    static constexpr std::size_t kMostQuestions = 64;
    static constexpr std::size_t kMostServices = 8;
    static constexpr std::size_t kMostServers = 16;   // of one service
    static constexpr std::size_t kMostAddresses = 8;  // of one name and family
    static constexpr std::size_t kMostTargets = 32;
    static constexpr std::size_t kMostAliases = 8;  // one behind the other

    /// randomness is used until the last answer (RFC 2782 weights).
    Locate(Destination to, Reach reach, Randomness& randomness, Counters& counters);

    /// Questions that are to be asked and were not yet given out.
    [[nodiscard]] std::vector<Question> take_questions();
    /// What does not answer an open question is ignored.
    void answer(const Question& question, Answer answer);
    /// No question is open: the list is whole.
    [[nodiscard]] bool done() const noexcept { return open_ == 0; }

    /// The first to be tried in front; before it is done without those whose answers are missing.
    [[nodiscard]] const std::vector<Target>& targets() const noexcept { return targets_; }
    /// Why there is none, once it is done; kNoServer also while there are some.
    [[nodiscard]] Fault fault() const noexcept;

private:
    /// What was left aside in this evaluation.
    struct Aside {
        std::uint64_t alias_loops{0}, odd_names{0}, surplus{0}, barred{0}, downgrades{0};
    };
    /// Where the search begins.
    void start();
    void start_at(const IpAddr& ip);

    // Each evaluates what is known anew and asks for what is missing.
    void evaluate();
    void evaluate_services();
    /// nullopt: the NAPTR records are not yet known.
    [[nodiscard]] std::optional<std::vector<Service>> services();
    /// False: something is still to come.
    bool add_servers(const Service& service, bool& available);
    bool add_addresses(Transport transport, const std::string& name, Port port);
    void add_target(Transport transport, const Endpoint& remote);

    /// The answer, aliases followed; nullptr while it is missing.
    [[nodiscard]] const Answer* settled(Question question);
    [[nodiscard]] bool is_barred(const IpAddr& ip) const noexcept;
    [[nodiscard]] bool dns_failed() const noexcept;
    void count_aside() noexcept;

    Destination to_;
    const Reach reach_;
    Randomness& randomness_;
    Counters& counters_;
    std::string name_;                    // TARGET of RFC 3263 s.4, if it is a name
    std::optional<Transport> transport_;  // where no SRV record is to choose it
    std::optional<Fault> fault_;
    std::map<Question, std::optional<Answer>> asked_;
    std::vector<Question> fresh_;
    std::size_t open_{0};
    std::vector<Target> targets_;
    Aside aside_;
};

}  // namespace sallyport::resolver
