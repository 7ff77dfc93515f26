// SPDX-License-Identifier: Apache-2.0
#include "b2bua/registration/upstream_watch.h"

#include "b2bua/routing/own_address.h"

#include <algorithm>
#include <variant>

namespace sallyport::registration {
namespace {

constexpr std::uint64_t kNumber = kProbe - 1;

/// The peers that what a realm asks for is led to as a rule.
std::vector<std::uint16_t> registrars_of(const Config& config, RealmId realm) {
    const Route* route = routing::route_of_all(config, realm);
    const auto* to = route == nullptr ? nullptr : std::get_if<ToPeers>(&route->to);
    return to == nullptr ? std::vector<std::uint16_t>{} : to->peers;
}

/// A fifth more or less, so that the probes of many gateways and shards spread.
Millis jittered(Millis length, std::uint64_t random) {
    const std::int64_t fifth = length.count() / 5;
    return Millis{length.count() - fifth +
                  static_cast<std::int64_t>(random % static_cast<std::uint64_t>(2 * fifth + 1))};
}

/// What of an OPTIONS is the dialog's, so to speak: it stays, but for the number.
struct Probe {
    std::string_view tag;
    std::string_view call_id;
    std::uint32_t cseq{0};
};

std::string options(const Peer& peer, const Endpoint& ours, std::string_view branch,
                    const Probe& probe) {
    const std::string own = ours.to_string();
    std::string text = "OPTIONS " + peer.uri + " SIP/2.0\r\n";
    text.append("Via: SIP/2.0/UDP ").append(own).append(";branch=").append(branch);
    text.append(";rport\r\nMax-Forwards: 70\r\nFrom: <sip:").append(own).append(">;tag=");
    text.append(probe.tag).append("\r\nTo: <").append(peer.uri).append(">\r\nCall-ID: ");
    text.append(probe.call_id).append("\r\nCSeq: ").append(std::to_string(probe.cseq));
    return text.append(" OPTIONS\r\nAccept: application/sdp\r\nContent-Length: 0\r\n\r\n");
}

}  // namespace

UpstreamWatch::UpstreamWatch(const Environment& env) : env_(env) {
    for (std::size_t i = 0; i < env.config.realms.size(); ++i) {
        if (env.config.realms[i].registration != RegistrationMode::kSurvive) {
            continue;
        }
        for (const std::uint16_t peer :
             registrars_of(env.config, RealmId{static_cast<std::uint8_t>(i)})) {
            if (of(peer) == nullptr) {
                Watched& added = watched_.emplace_back();
                added.peer = peer;
                added.call_id = env.identifiers.call_id();
                added.tag = env.identifiers.tag();
                added.cseq = env.identifiers.first_cseq();
            }
        }
    }
}

UpstreamWatch::Watched* UpstreamWatch::of(std::size_t peer) {
    const auto found = std::find_if(watched_.begin(), watched_.end(),
                                    [peer](const Watched& one) { return one.peer == peer; });
    return found == watched_.end() ? nullptr : &*found;
}

void UpstreamWatch::advance(Moment now) {
    for (Watched& one : watched_) {
        if (one.probe != 0 && one.given_up <= now) {
            one.probe = 0;
            count(one, false, now);
        }
        if (one.probe == 0 && one.due <= now) {
            probe(one, now);
        }
    }
}

void UpstreamWatch::probe(Watched& watched, Moment now) {
    const Peer& peer = env_.config.peers[watched.peer];
    watched.probe = next_++;
    watched.sent = now;
    watched.given_up = now + kPatience;
    const transaction::UserRef ref{kRegistrationRef | kProbe | watched.probe};
    const std::string text =
        options(peer, routing::listen_point(env_.config, peer.realm), env_.identifiers.branch(),
                {watched.tag, watched.call_id, ++watched.cseq});
    if (!env_.layer.request(text, routing::flow_to(env_.config, peer), ref, now)) {
        watched.probe = 0;  // no room: that says nothing of the peer
        watched.due = now + kEveryInDoubt;
    }
}

void UpstreamWatch::on_response(transaction::UserRef ref, int status, Moment now) {
    for (Watched& one : watched_) {
        if (status >= 200 && one.probe == (ref.value & kNumber)) {
            one.probe = 0;
            count(one, is_alive(status), now);
        }
    }
}

void UpstreamWatch::on_failed(transaction::UserRef ref, Moment now) {
    on_response(ref, 408, now);
}

void UpstreamWatch::heard(const Peer& peer, bool alive, Moment now) {
    Watched* watched = of(index_of(peer));
    if (watched != nullptr && alive) {
        count(*watched, true, now);
    } else if (watched != nullptr) {
        watched->due = std::min(watched->due, std::max(now, watched->sent + kApart));
    }
}

void UpstreamWatch::count(Watched& watched, bool alive, Moment now) {
    watched.failures = alive ? 0 : std::min(watched.failures + 1, kFailures);
    watched.successes = alive ? std::min(watched.successes + 1, kSuccesses) : 0;
    const bool was_down = watched.down;
    watched.down = was_down ? watched.successes < kSuccesses : watched.failures >= kFailures;
    watched.back = was_down && !watched.down ? now : watched.back;
    const bool doubtful = watched.down || watched.failures != 0;
    const Millis wait = jittered(doubtful ? kEveryInDoubt : kEvery, env_.identifiers.number());
    // Much traffic must not put the next probe off for ever, nor a success that was long due.
    watched.due = watched.due > now ? std::min(watched.due, now + wait) : now + wait;
}

bool UpstreamWatch::is_down(RealmId realm) const {
    if (env_.config.realms[realm.value].registration != RegistrationMode::kSurvive) {
        return false;
    }
    const std::vector<std::uint16_t> peers = registrars_of(env_.config, realm);
    return !peers.empty() && std::all_of(peers.begin(), peers.end(), [&](std::size_t peer) {
        return std::any_of(watched_.begin(), watched_.end(),
                           [peer](const Watched& one) { return one.peer == peer && one.down; });
    });
}

Moment UpstreamWatch::back_since(const Peer& peer) const {
    const auto found =
        std::find_if(watched_.begin(), watched_.end(),
                     [index = index_of(peer)](const Watched& one) { return one.peer == index; });
    return found == watched_.end() ? Moment{} : found->back;
}

std::size_t UpstreamWatch::index_of(const Peer& peer) const {
    return static_cast<std::size_t>(&peer - env_.config.peers.data());
}

std::size_t UpstreamWatch::down() const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < env_.config.realms.size(); ++i) {
        count += is_down(RealmId{static_cast<std::uint8_t>(i)}) ? 1 : 0;
    }
    return count;
}

}  // namespace sallyport::registration
