// SPDX-License-Identifier: Apache-2.0
// A gateway's media half on a bench: two IPv4 realms and one IPv6 realm, one worker, one shard, a
// clock that stands until moved. Frames go in at a realm and come out as octets, through the real
// parser, classifier and media stage.
#pragma once

#include "config/config.h"
#include "dataplane/counters.h"
#include "dataplane/epoch.h"
#include "dataplane/flow_table.h"
#include "dataplane/media_stage.h"
#include "dataplane/realm_table.h"
#include "dataplane/relay_control.h"
#include "dataplane/relay_events.h"
#include "tests/unit/dataplane/media/wire.h"

#include <rte_mempool.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace sallyport::dataplane::test {

inline constexpr RealmId kInside{0};
inline constexpr RealmId kOutside{1};
inline constexpr RealmId kSix{2};

[[nodiscard]] Config rig_config();

/// What became of one packet.
struct Relayed {
    Edge edge{Edge::kDrop};
    Drop drop{Drop::kCount};
    RealmId egress{};
    std::optional<ReadFrame> frame;  // kForward only
};

class MediaRig {
public:
    explicit MediaRig(std::uint32_t flows = 1024, std::uint8_t workers = 1);
    ~MediaRig();
    MediaRig(const MediaRig&) = delete;
    MediaRig& operator=(const MediaRig&) = delete;

    /// One frame through one burst; its mbuf is given back.
    Relayed pass(RealmId realm, const Octets& frame, std::size_t segment = 0);
    Relayed send(RealmId realm, const Endpoint& from, const Endpoint& to, const Octets& payload) {
        return pass(realm, frame(from, to, payload));
    }
    /// Counters and drops that differ from the last call, by name.
    std::map<std::string, std::uint64_t> delta();
    std::vector<RelayEvent> events();

    /// Copies a frame into mbufs of at most segment octets each (0: one) and parses it.
    [[nodiscard]] Packet load(RealmId realm, const Octets& frame, std::size_t segment = 0);
    [[nodiscard]] static Octets octets_of(const rte_mbuf* mbuf);
    [[nodiscard]] BurstContext context() {
        return {WorkerId{0}, 0, static_cast<std::uint64_t>(now.since_start.count()), *counters};
    }
    [[nodiscard]] std::size_t mbufs_in_use() const;

    Config config = rig_config();
    Moment now{Millis{1'000'000}};
    RealmTable realms{config};
    FlowTable flows;
    Epoch epoch;
    RelayEvents rings;
    std::unique_ptr<CounterBlock> counters = std::make_unique<CounterBlock>();
    MediaTables tables{flows, realms, rings};
    ShardRelays relays;

private:
    rte_mempool* pool_;
    std::map<std::string, std::uint64_t> last_;
};

/// RemoteMedia the way a leg behind NAT gives it: learn from the signalling source.
[[nodiscard]] RemoteMedia behind_nat(const Endpoint& sdp, std::string_view signalling_source);
/// The way a trunk gives it: nothing is learned.
[[nodiscard]] RemoteMedia trunk(const Endpoint& sdp);

}  // namespace sallyport::dataplane::test
