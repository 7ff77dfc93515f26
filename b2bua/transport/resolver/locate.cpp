// SPDX-License-Identifier: Apache-2.0
#include "b2bua/transport/resolver/locate.h"

#include "b2bua/transport/resolver/domain_name.h"
#include "b2bua/transport/resolver/srv_order.h"

#include <algorithm>
#include <array>
#include <utility>

namespace sallyport::resolver {
namespace {

const Answer kNoAnswer{};

/// SRV records in the order in which they are to be tried.
std::vector<Srv> in_order(const std::vector<Srv>& servers, Randomness& randomness) {
    std::vector<Rank> ranks;
    ranks.reserve(servers.size());
    for (const Srv& server : servers) {
        ranks.push_back({server.priority, server.weight});
    }
    std::vector<Srv> ordered;
    ordered.reserve(servers.size());
    for (const std::size_t index : order_by_rank(ranks, randomness)) {
        ordered.push_back(servers[index]);
    }
    return ordered;
}

/// ::ffff:0:0/96 (RFC 4291 s.2.5.5.2): an IPv4 address in disguise.
bool is_v4_mapped(const IpAddr& ip) noexcept {
    constexpr std::array<std::uint8_t, 12> kPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    return ip.is_v6() && std::equal(kPrefix.begin(), kPrefix.end(), ip.octets().begin());
}

RecordType record_of(Family family) noexcept {
    return family == Family::kIpv6 ? RecordType::kAaaa : RecordType::kA;
}

}  // namespace

Locate::Locate(Destination to, Reach reach, Randomness& randomness, Counters& counters)
    : to_(std::move(to)), reach_(std::move(reach)), randomness_(randomness), counters_(counters) {
    start();
}

void Locate::start() {
    const std::string& target = reach_.trusted && !to_.maddr.empty() ? to_.maddr : to_.host;
    const auto ip = IpAddr::parse(target);
    const auto name = domain_name(target);
    transport_ = to_.transport ? to_.transport : usual_transport(to_.sips, reach_.transports);
    const bool usable = transport_ && may_use(*transport_, to_.sips, reach_.transports);
    // WebSocket is no usual transport: only NAPTR records may choose it (RFC 7118 s.5.5).
    const bool web = !to_.transport && !to_.port && !ip &&
                     (may_use(Transport::kWss, to_.sips, reach_.transports) ||
                      may_use(Transport::kWs, to_.sips, reach_.transports));
    if (!usable && !web) {
        fault_ = to_.sips ? Fault::kNotSecure : Fault::kNoTransport;  // B16: TLS or nowhere
    } else if (ip) {
        start_at(*ip);
    } else if (!name || is_reserved_name(*name)) {
        fault_ = Fault::kBadHost;
    } else {
        name_ = *name;
        evaluate();
    }
}

/// RFC 3263 s.4.2: an address needs no DNS.
void Locate::start_at(const IpAddr& ip) {
    if (std::ranges::find(reach_.families, ip.family()) == reach_.families.end()) {
        fault_ = Fault::kNoFamily;
        return;
    }
    add_target(*transport_, {ip, to_.port.value_or(default_port(*transport_))});
}

std::vector<Question> Locate::take_questions() {
    return std::exchange(fresh_, {});
}

void Locate::answer(const Question& question, Answer answer) {
    const auto asked = asked_.find(question);
    if (asked == asked_.end() || asked->second) {
        return;
    }
    answer.services = in_order(answer.services, randomness_);  // once: evaluations must agree
    asked->second = std::move(answer);
    --open_;
    evaluate();
}

Fault Locate::fault() const noexcept {
    return fault_.value_or(dns_failed() ? Fault::kDnsFailed : Fault::kNoServer);
}

bool Locate::dns_failed() const noexcept {
    return std::ranges::any_of(
        asked_, [](const auto& asked) { return asked.second && !asked.second->is_said(); });
}

void Locate::evaluate() {
    targets_.clear();
    aside_ = {};
    if (to_.port) {
        add_addresses(*transport_, name_, *to_.port);
    } else {
        evaluate_services();
    }
    if (done()) {
        count_aside();
    }
}

/// RFC 3263 s.4.2: the SRV records of each service, and where there are none the addresses of the
/// name. A service that is said not to be there (RFC 2782, ".") is not looked for in that way.
void Locate::evaluate_services() {
    const auto all = services();
    if (!all) {
        return;
    }
    bool waiting = false;
    std::optional<Transport> fallback;
    for (const Service& service : *all) {
        bool available = true;
        waiting |= !add_servers(service, available);
        if (available && !fallback) {
            fallback = service.transport;
        }
    }
    if (waiting || !targets_.empty()) {
        return;
    }
    if (fallback) {
        add_addresses(*fallback, name_, default_port(*fallback));
    } else if (!all->empty()) {
        fault_ = Fault::kNotAvailable;
    }
}

/// RFC 3263 s.4.1: the URI's transport, else what NAPTR records tell, else all that may be used.
std::optional<std::vector<Service>> Locate::services() {
    if (to_.transport) {
        return std::vector{service_of(*to_.transport, name_)};
    }
    const Answer* const pointers = settled({RecordType::kNaptr, name_});
    if (pointers == nullptr) {
        return std::nullopt;
    }
    auto told = services_of(pointers->pointers, to_.sips, reach_.transports);
    if (told.size() > kMostServices) {
        aside_.surplus += told.size() - kMostServices;
        told.resize(kMostServices);
    }
    return told.empty() ? usual_services(name_, to_.sips, reach_.transports) : told;
}

bool Locate::add_servers(const Service& service, bool& available) {
    const Answer* const answer = settled({RecordType::kSrv, service.name});
    if (answer == nullptr) {
        return false;
    }
    const auto& servers = answer->services;
    available = !(servers.size() == 1 && servers.front().target.empty());
    bool known = true;
    for (std::size_t i = 0; available && i < servers.size(); ++i) {
        const auto name = domain_name(servers[i].target);
        if (i >= kMostServers) {
            ++aside_.surplus;
        } else if (!name || is_reserved_name(*name) || servers[i].port.value == 0) {
            ++aside_.odd_names;
        } else {
            known &= add_addresses(service.transport, *name, servers[i].port);
        }
    }
    return known;
}

bool Locate::add_addresses(Transport transport, const std::string& name, Port port) {
    bool known = true;
    for (const Family family : reach_.families) {
        const Answer* const answer = settled({record_of(family), name});
        if (answer == nullptr) {
            known = false;
            continue;
        }
        std::size_t taken = 0;
        for (const Address& address : answer->addresses) {
            if (address.ip.family() != family || is_barred(address.ip)) {
                ++aside_.barred;
            } else if (++taken > kMostAddresses) {
                ++aside_.surplus;
            } else {
                add_target(transport, {address.ip, port});
            }
        }
    }
    return known;
}

void Locate::add_target(Transport transport, const Endpoint& remote) {
    const auto same = [&](const Target& t) {
        return t.transport == transport && t.remote == remote;
    };
    // B14: what cannot be verified is not sent in clear text instead.
    const auto secure = [](const Target& t) { return is_secure(t.transport); };
    if (std::ranges::any_of(targets_, same)) {
        return;
    }
    if (!is_secure(transport) && std::ranges::any_of(targets_, secure)) {
        ++aside_.downgrades;
    } else if (targets_.size() >= kMostTargets) {
        ++aside_.surplus;
    } else {
        targets_.push_back({transport, remote, domain_name(to_.host).value_or(to_.host)});
    }
}

const Answer* Locate::settled(Question question) {
    for (std::size_t aliases = 0; aliases <= kMostAliases; ++aliases) {
        const auto asked = asked_.find(question);
        if (asked == asked_.end()) {
            if (asked_.size() >= kMostQuestions) {
                ++aside_.surplus;
                return &kNoAnswer;
            }
            asked_.emplace(question, std::nullopt);
            fresh_.push_back(std::move(question));
            ++open_;
            return nullptr;
        }
        if (!asked->second) {
            return nullptr;
        }
        if (asked->second->kind != AnswerKind::kAlias) {
            return &*asked->second;
        }
        const auto name = domain_name(asked->second->alias);
        if (!name) {
            ++aside_.odd_names;
            return &kNoAnswer;
        }
        question.name = *name;
    }
    ++aside_.alias_loops;
    return &kNoAnswer;
}

bool Locate::is_barred(const IpAddr& ip) const noexcept {
    return is_v4_mapped(ip) || ip.is_loopback() || ip.is_unspecified() || ip.is_multicast() ||
           ip == IpAddr::v4(0xffffffff) || std::ranges::find(reach_.own, ip) != reach_.own.end();
}

void Locate::count_aside() noexcept {
    counters_.alias_loops.add(aside_.alias_loops);
    counters_.odd_names.add(aside_.odd_names);
    counters_.surplus.add(aside_.surplus);
    counters_.barred.add(aside_.barred);
    counters_.downgrades.add(aside_.downgrades);
}

}  // namespace sallyport::resolver
