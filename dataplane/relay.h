// SPDX-License-Identifier: Apache-2.0
// Media relays as the control plane sees them: create, change, destroy, read, and hear what
// happened. One of the two headers of dataplane/ that b2bua/ may include; its in-memory twin is
// dataplane/memory_relays.h. A relay joins one m-line of two legs. Each side has an RTP/RTCP port
// pair of ours in its realm (F11: even, odd). When a call forks, the early dialogs of side B answer
// one offer: their relays are branches with own A-side ports that share the B-side ports (E12, G8).
// Thread: each RelayControl belongs to one shard's thread; workers read what it publishes
// (docs/ownership.md).
#pragma once

#include "config/types/id.h"
#include "config/types/ip.h"
#include "config/types/result.h"
#include "config/types/units.h"
#include "dataplane/flow_drops.h"

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <span>

namespace sallyport::dataplane {

using RelayId = Handle<struct RelayTag>;

enum class Side : std::uint8_t { kA, kB };
[[nodiscard]] constexpr Side other(Side s) noexcept {
    return s == Side::kA ? Side::kB : Side::kA;
}

enum class Component : std::uint8_t { kRtp, kRtcp };

/// What the payload must look like to be relayed or to latch (G4).
enum class Payload : std::uint8_t {
    kRtp,     // RTP and RTCP, RFC 3550
    kOpaque,  // UDPTL and other datagrams: length >= 4
};

/// Our own addresses on one side of a relay.
struct MediaPorts {
    Endpoint rtp;
    Endpoint rtcp;
};

struct RelayPorts {
    RelayId id;
    MediaPorts a;
    MediaPorts b;
};

/// Who may become the remote end of a flow (G3, G4).
enum class LatchMode : std::uint8_t {
    kOff,         // only the SDP address; nothing is learned
    kPort,        // only the SDP address, from any of its ports
    kSignalling,  // learn a source whose IP is the leg's signalling source
    kSubnet,      // learn a source of the /24, or /56 of IPv6, of the leg's signalling source
    kAny,         // learn any source, within 30 s of the change that opened the window
};

/// DSCP of relayed audio: expedited forwarding (B2BUA-G15, RFC 4594 s.4.1).
inline constexpr std::uint8_t kExpeditedForwarding = 46;
/// That which the packet came with.
inline constexpr std::uint8_t kPreserveDscp = 0xff;

/// What signalling knows of the far end of one side. Applying the same value twice changes nothing
/// (a re-INVITE whose SDP is unchanged must not unlatch, G7); a changed rtp or rtcp endpoint opens
/// a new latch window.
struct RemoteMedia {
    Endpoint rtp;  // SDP c=/m=; unspecified IP (0.0.0.0, ::) or port 0: nothing is sent there (E11)
    Endpoint rtcp;  // a=rtcp or rtp+1; unspecified: no RTCP is sent
    // What a pending offer names in their place (E7, RFC 3264 s.8.3.1): heard too until the next
    // change, but nothing is sent there and nothing latches.
    Endpoint announced_rtp;
    Endpoint announced_rtcp;
    IpAddr signalling_source;  // for LatchMode::kSignalling and kSubnet
    LatchMode latch{LatchMode::kOff};
    std::uint8_t latch_packets{1};  // RTP packets of one SSRC, in sequence, that it takes (G5)
    bool mobility{false};  // a locked source may come back from another IP (G7); learning modes
    bool send_before_latch{
        true};  // false: the SDP address is not believed until a packet latched (G3)
    // rtp and rtcp, unspecified, only say that there is a far end: its SDP names nothing that can
    // be used (a name, a loopback address). Nothing is sent before a packet latched (F5, G3);
    // unlike on hold (E11), what latches is sent to.
    bool learn_only{false};
    bool send_media{
        true};  // false: nothing but RTCP is sent to this side (hold, E11; early gate, E13)
    bool rtcp_mux{false};  // RTCP travels on the RTP port (RFC 5761)
    Payload payload{Payload::kRtp};
    std::uint8_t dscp{kExpeditedForwarding};  // of what is sent to this side, or kPreserveDscp
    std::bitset<128> payload_types;  // negotiated RTP payload types; none set: any is accepted
    // That this side may send, RTP and RTCP each (G9); 0: any number. Octets of UDP payload.
    std::uint16_t packets_per_second{0};
    std::uint32_t octets_per_second{0};
    bool operator==(const RemoteMedia&) const noexcept = default;
};

enum class RelayFault : std::uint8_t {
    kNoPorts,  // the realm's range is exhausted or all its free ports are in quarantine (G1)
    kNoFlows,  // the flow table is full
    kStale,    // the handle's relay is gone
    kNoRealm,  // no such realm
    kTooManyBranches,  // kMaxBranches share these B-side ports already
};

/// Relays that may share one pair of B-side ports, those destroyed in the last 32 s included.
inline constexpr std::size_t kMaxBranches = 16;

/// Why the remote end of a flow is the one that it is.
enum class LatchCause : std::uint8_t {
    kNone,        // nothing is locked
    kSdp,         // the SDP of a side that is believed names it (LatchMode::kOff)
    kSignalling,  // first valid packet, from the IP of the signalling (LatchMode::kSignalling)
    kSubnet,      // first valid packet, from the subnet of the signalling (LatchMode::kSubnet)
    kSdpAddress,  // first valid packet, from the SDP's own address (LatchMode::kAny, kPort)
    kWindow,      // first valid packet within 30 s, whatever its source (LatchMode::kAny)
    kRtpAddress,  // RTCP: first valid packet, from the IP to which RTP is locked
    kRebinding,   // a NAT moved the same sender: same IP, same SSRC, sequence near the last (G7)
    kMobility,    // the same of a sender whose IP changed too (RemoteMedia::mobility)
};

struct LatchReading {
    LatchCause cause{LatchCause::kNone};
    bool after_change{false};  // a new SDP of this side had opened the window (G7)
    Millis ago{-1};            // since it was locked so; -1: nothing is
    Endpoint before;           // the remote end until then; family kNone: there was none
    // kRebinding and kMobility: RTP sequence numbers since the last packet before, and how long
    // there was none
    std::int16_t step{0};
    Millis silence{0};
};

/// The packet that was refused last at a port.
struct RefusedReading {
    Endpoint source;  // family kNone: none was
    Drop reason{Drop::kCount};
    std::uint8_t payload_type{0};  // of an RTP packet
    Millis ago{-1};
};

/// Counters of what came in from one side's remote end on one component, and what was sent to it.
struct FlowReading {
    std::uint64_t packets_in{0};   // accepted from the remote end
    std::uint64_t octets_in{0};    // UDP payload octets
    std::uint64_t packets_out{0};  // sent to the remote end
    std::uint64_t octets_out{0};
    std::uint64_t dropped{0};  // arrived on this port and refused, all reasons
    FlowDrops drops;           // by reason; those of packets_in that were not sent on, too
    RefusedReading last_refused;
    Millis last_seen_ago{-1};  // since the last accepted packet; -1: never
    Endpoint latched;          // family kNone while not latched
    LatchReading latch;        // of the remote end that is heard, learned or believed
    Endpoint sending_to;       // family kNone while nothing is sent
};

struct RelayReading {
    // [side][component]
    std::array<std::array<FlowReading, 2>, 2> flows{};
    [[nodiscard]] const FlowReading& of(Side s, Component c) const noexcept {
        return flows[static_cast<std::size_t>(s)][static_cast<std::size_t>(c)];
    }
};

struct RelayEvent {
    enum class Kind : std::uint8_t {
        kFirstMedia,
        kLatched,
        kRelatched,
        kMoving,  // between workers and control, never handed out: the next source of a flow (G7)
    };
    RelayId relay;
    Side side{Side::kA};
    Component component{Component::kRtp};
    Kind kind{Kind::kFirstMedia};
    Endpoint remote;
    LatchCause cause{LatchCause::kNone};  // of kLatched and kRelatched
    Endpoint before{};                    // kRelatched: where it was heard from until now
};

class RelayControl {
public:
    virtual ~RelayControl() = default;

    /// Takes a port pair in each realm. Nothing is relayed until set_remote on a side.
    [[nodiscard]] virtual Result<RelayPorts, RelayFault> create(RealmId a, RealmId b) noexcept = 0;

    /// Says where the remote end of one side is. Idempotent; takes effect for the next burst of
    /// every worker.
    virtual Outcome<RelayFault> set_remote(RelayId id, Side side,
                                           const RemoteMedia& remote) noexcept = 0;

    /// A relay for another early dialog of the same offer (E12): own ports on side A, in base's
    /// realm, and base's ports on side B. Nothing is relayed by it until set_remote; side B is
    /// heard by it from select(). Any relay of the set may be the base, and may go first.
    [[nodiscard]] virtual Result<RelayPorts, RelayFault> branch(RelayId base) noexcept = 0;

    /// Of the relays that share id's B-side ports, id is from now on the only one whose B-side
    /// media goes on (E13: one dialog at a time); a relay made by create() is, until another is
    /// selected. What comes from the SDP or latched address of another branch, or of one destroyed
    /// less than 32 s ago, is dropped; any other source is this branch's, if it may latch (G8).
    /// Side A is not concerned: each branch's A port sends to that branch's own far end.
    /// Idempotent.
    virtual Outcome<RelayFault> select(RelayId id) noexcept = 0;

    /// Stops the relay at once and puts its ports into quarantine (G1: at least 64 s, FIFO); ports
    /// that branches share go with the last of them. When it was the selected one, the newest of
    /// the others that knows its far end is selected.
    virtual Outcome<RelayFault> destroy(RelayId id) noexcept = 0;

    [[nodiscard]] virtual Result<RelayReading, RelayFault> read(RelayId id) const noexcept = 0;

    /// Fills out with events since the last call, oldest first; returns how many. Events of
    /// destroyed relays may appear: their handle is stale.
    virtual std::size_t events(std::span<RelayEvent> out) noexcept = 0;

    /// Recycles what every worker has let go of. Call about once per 100 ms from the owner's loop.
    virtual void tick() noexcept = 0;
};

}  // namespace sallyport::dataplane
