// SPDX-License-Identifier: Apache-2.0
// Whether the registrars of realms with registration = survive are alive (H24, I5): OPTIONS now and
// then. Three failures in a row mean that a registrar is down, two successes that it is back. A
// REGISTER that was passed on and failed only brings the next OPTIONS forward: anybody can send one
// that fails. Owner: the RegisterRelay of one Shard, on its thread; the clock is handed in.
#pragma once

#include "b2bua/registration/register_relay.h"
#include "b2bua/transaction/layer.h"
#include "config/config.h"
#include "config/types/units.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::registration {

/// Set in the number of a UserRef of ours: it is a probe's, not a pending REGISTER's.
inline constexpr std::uint64_t kProbe = 1ULL << 55;

/// What a response says of whoever sent it (I5): 408 and 503 speak for somebody behind it, or for a
/// server that is none.
[[nodiscard]] constexpr bool is_alive(int status) noexcept {
    return status != 408 && status != 503;
}

class UpstreamWatch {
public:
    static constexpr Millis kEvery{30'000};
    /// While it is down, or may be: somebody waits for it.
    static constexpr Millis kEveryInDoubt{10'000};
    /// An OPTIONS that had no answer by then has failed, however long its transaction goes on.
    static constexpr Millis kPatience{8'000};
    /// Between two OPTIONS at least, however many REGISTERs fail.
    static constexpr Millis kApart{5'000};
    static constexpr int kFailures = 3;
    static constexpr int kSuccesses = 2;

    /// env outlives it.
    explicit UpstreamWatch(const Environment& env);

    /// Sends the probes that are due. Call about once a second or more often.
    void advance(Moment now);
    /// The answer to a probe: anything but 408 and 503 is a sign of life.
    void on_response(transaction::UserRef ref, int status, Moment now);
    void on_failed(transaction::UserRef ref, Moment now);
    /// What a REGISTER brought that was passed on to that peer: a sign of life counts, a failure
    /// asks for an OPTIONS. Others than those watched are ignored.
    void heard(const Peer& peer, bool alive, Moment now);

    /// Every peer that the realm's route leads to is down. False where nothing is watched.
    [[nodiscard]] bool is_down(RealmId realm) const;
    /// When that peer was last found to be back: it may have forgotten what it said before. The
    /// beginning of time: it was never down.
    [[nodiscard]] Moment back_since(const Peer& peer) const;
    /// Realms of which that is so.
    [[nodiscard]] std::size_t down() const;

private:
    struct Watched {
        std::size_t peer{0};  // index in Config::peers
        std::string call_id;
        std::string tag;
        std::uint32_t cseq{0};
        Moment due{};            // of the next probe
        Moment sent{-kApart};    // the last one
        std::uint64_t probe{0};  // number of the one under way; 0: none
        Moment given_up{};       // when it will have failed
        int failures{0};         // in a row
        int successes{0};
        bool down{false};
        Moment back{};  // when it was no longer down
    };

    [[nodiscard]] Watched* of(std::size_t peer);
    [[nodiscard]] std::size_t index_of(const Peer& peer) const;
    void probe(Watched& watched, Moment now);
    void count(Watched& watched, bool alive, Moment now);

    const Environment& env_;
    std::vector<Watched> watched_;
    std::uint64_t next_{1};
};

}  // namespace sallyport::registration
