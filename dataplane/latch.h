// SPDX-License-Identifier: Apache-2.0
// Who may be the remote end of a media port: the decision of B2BUA-G3 to G7 (RFC 7362 s.4, s.5) as
// a pure function of what is known of the flow, what the packet says and the time. The media stage
// carries out what it answers. Steady traffic never comes here: a packet from the locked source is
// recognised before (flow.h, kSettled).
#pragma once

#include "config/types/ip.h"
#include "dataplane/counters.h"
#include "dataplane/relay.h"
#include "dataplane/rtp.h"

#include <bitset>
#include <cstdint>

namespace sallyport::dataplane {

enum class LatchState : std::uint8_t {
    kOpen,      // a window: the first packet that is admitted locks it
    kClaiming,  // a worker is writing down the source that it admitted
    kLocked,    // only one source is heard (G5)
};

/// LatchMode::kAny believes a stranger for this long after the change that opened the window (G4).
inline constexpr std::uint64_t kAnyWindowMs = 30'000;
/// A locked source that has been silent for this long may have been moved by its NAT (G7).
inline constexpr std::uint64_t kRebindSilenceMs = 2'000;
/// For so long a new call does not listen to whom its port heard in the call before (G9).
inline constexpr std::uint64_t kFormerSourceMs = 5'000;
/// How far the RTP sequence may have moved over such a change, either way (G7).
inline constexpr std::int32_t kRebindSequence = 3'000;

/// What signalling decided for one port; cold part of a flow, immutable once published.
struct FlowRules {
    Endpoint sdp;        // where the far end said it is; family kNone: nothing is known yet
    Endpoint previous;   // valid before the last change; heard until the new source speaks (G7, E7)
    Endpoint announced;  // named by a pending offer; heard besides (E7)
    Endpoint former;     // whom the port heard in the call before (G9)
    std::uint64_t former_until_ms{0};
    IpAddr signalling_source;
    LatchMode mode{LatchMode::kOff};
    std::uint8_t latch_packets{1};  // RTP in sequence that it takes to latch (G5)
    bool mobility{false};           // a source that moved may have another IP (G7)
    Component component{Component::kRtp};
    Payload payload{Payload::kRtp};
    Side side{Side::kA};
    std::uint8_t shard{0};
    bool send_before_latch{false};
    bool reopened{false};            // the window is one that a changed SDP opened (G7)
    std::bitset<128> payload_types;  // none: any
    std::uint64_t opened_ms{0};      // when the window opened
    std::uint32_t rtp_flow{0};       // RTCP flows: the flow whose latch decides the IP (G6)
    RelayId relay;                   // whom to tell
};

/// What the last accepted packet left behind: the evidence that a moved source is the same sender.
struct LatchEvidence {
    std::uint32_t ssrc{0};
    std::uint16_t sequence{0};
    bool known{false};
};

/// RTP that would have latched, had there been enough of it (G5).
struct LatchCandidate {
    std::uint32_t ssrc{0};
    std::uint16_t sequence{0};  // of the last of them
    std::uint8_t packets{0};    // one after the other; 0: none
    constexpr bool operator==(const LatchCandidate&) const noexcept = default;

    /// The same after one more packet: counted when it is of the same SSRC and no more than
    /// kCandidateGap ahead, else the first of its own.
    [[nodiscard]] LatchCandidate and_then(const MediaFacts& facts) const noexcept;
};
inline constexpr std::uint16_t kCandidateGap = 8;

struct LatchQuestion {
    LatchState state{LatchState::kOpen};
    bool previous_heard{false};  // rules.previous is still valid
    Endpoint locked;             // kLocked only
    LatchEvidence evidence;
    std::uint64_t last_seen_ms{0};
    IpAddr rtp_ip;  // RTCP flows: what the RTP flow is locked to; family kNone: nothing
    bool of_other_branch{false};  // the source is known as another early dialog's (G8)
    LatchCandidate candidate;
    const FlowRules& rules;
};

struct LatchPacket {
    Endpoint source;
    MediaKind kind{MediaKind::kRtp};
    bool valid{false};  // passed the checks of its kind that latching asks for (G4)
    MediaFacts facts;
};

struct LatchVerdict {
    enum class Act : std::uint8_t {
        kAccept,          // from the locked source
        kAcceptPrevious,  // from the source of before the change; locks nothing
        kLatch,           // first admitted packet: lock to its source
        kRebind,          // the locked sender came back from another port of the same IP
        kCount,           // dropped, but more of the same will latch
        kMove,            // dropped, but control is to lock to the locked sender's other IP
        kDrop,
    };
    Act act{Act::kDrop};
    Drop drop{Drop::rtp_wrong_source};
    constexpr bool operator==(const LatchVerdict&) const noexcept = default;
};

[[nodiscard]] LatchVerdict decide(const LatchQuestion& flow, const LatchPacket& packet,
                                  std::uint64_t now_ms) noexcept;

}  // namespace sallyport::dataplane
