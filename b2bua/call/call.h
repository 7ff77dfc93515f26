// SPDX-License-Identifier: Apache-2.0
// A call: the A-leg (we are its UAS), the B-leg (we are its UAC), their dialogs in pairs, the
// request exchanges under way between them, and the media. Owner: CallTable of one shard, on its
// thread. Only values here; what happens to them stands in one file per event.
#pragma once

#include "b2bua/call/dialog.h"
#include "b2bua/call/dialog_directory.h"
#include "b2bua/call/media.h"
#include "b2bua/call/media_keepalive.h"
#include "b2bua/call/reliable.h"
#include "b2bua/call/session_timer.h"
#include "b2bua/call/subscription.h"
#include "b2bua/call/target_set.h"
#include "b2bua/transaction/layer.h"
#include "config/types/id.h"
#include "config/types/units.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sallyport::call {

/// Never reused in the life of a shard, so a stale one finds nothing. Fits the lower 56 bits of a
/// UserRef.
using CallId = Id<struct CallTag, std::uint64_t>;

/// Echoed by every response to one received request (RFC 3261 s.8.2.6.2).
struct Echo {
    std::string vias;  // ready-made lines
    std::string from;
    std::string to;  // as received; our tag is added when it has none
    std::string call_id;
    std::string cseq;
    std::string record_routes;  // ready-made lines (D6)
};

struct SentAck {
    std::string octets;
    Flow flow;
};

/// One early or confirmed dialog pair. The B dialogs of a forked INVITE differ by their remote tag,
/// each has its own A dialog with its own local tag (E12).
struct DialogPair {
    Dialog a;
    Dialog b;
    bool ended{false};       // a BYE went out or came in on one of them
    bool lost{false};        // its target was given up for another one (E15)
    bool challenged{false};  // a 401 or 407 has crossed inside the dialog: credentials are wanted
    std::unique_ptr<Media> media;    // when another early dialog has Call::media (E12)
    std::optional<SentAck> own_ack;  // to a 2xx that was turned away: repeated as it was (E-R7)
    std::string preview;             // SDP that the caller was last shown without commitment (E2)
    std::string said;                // the same as it came, where the caller sees one dialog (E12)
    [[nodiscard]] Dialog& of(Side side) noexcept { return side == Side::kA ? a : b; }
};

/// A request that crosses from one leg to the other.
struct Exchange {
    sip::Method method{sip::Method::kUnknown};
    Side from{Side::kA};
    std::size_t pair{0};               // index into Call::pairs
    transaction::ServerHandle server;  // empty: we originated the request
    transaction::ClientHandle client;
    Echo echo;
    bool carries_offer{false};
    bool initial{false};      // SUBSCRIBE or REFER outside a dialog: its 2xx makes one
    ExchangeUsage usage{};    // what it does to a subscription
    bool final_sent{false};   // its server transaction has its final response
    bool knows_timer{false};  // its sender supports session timers (RFC 4028 s.9)
    std::string new_target;   // takes effect for the sender's leg if the request succeeds (D7)
    Flow new_flow;
    std::uint32_t rseq{0};  // PRACK: the RSeq that it acknowledges, on its sender's leg
};

/// What an INVITE exchange needs on top (initial and re-INVITE).
struct InviteExchange {
    Exchange exchange;
    bool initial{false};
    bool cancelled{false};         // the sender cancelled; it has its 487
    bool withdrawn{false};         // a re-INVITE that its sender cancelled: the final is still due
    bool answered{false};          // a 2xx was sent on to the sender
    bool far_done{false};          // the far leg has given its final response, or none will come
    bool heard{false};             // the far leg has given any response (I10)
    std::uint32_t client_cseq{0};  // CSeq number of the INVITE on the far leg; its ACK repeats it
    std::string ok;                // the 2xx that went to the sender, for retransmission (E-R2)
    Millis resend_after{0};
    std::string other_challenges;  // lines: of targets that were tried before (M1)
    std::optional<SentAck> ack;    // what went to the far leg, for its 2xx retransmissions (E-R3)
    bool acknowledged{false};      // the sender's own ACK has come, or is not waited for any more
    Reliable reliable;             // its provisional responses that want a PRACK (M6)
    /// Nothing is owed on either leg: another INVITE may start (E9, E10).
    [[nodiscard]] bool settled() const noexcept {
        return exchange.final_sent && far_done && (!answered || (acknowledged && ack));
    }
};

/// The BYE that one side is to get when its ACK has come (owed_bye.h).
struct OwedBye {
    Side from{Side::kB};  // who hung up
    std::string reason;   // value of its Reason header; empty: none
};

/// A re-INVITE that waits for the one before it to be complete (held_invite.h).
struct HeldInvite {
    transaction::ServerHandle server;  // the layer has its octets
    Flow flow;
    Side side{Side::kA};
    std::size_t pair{0};
};

/// A REFER of one party that is carried out here (local_transfer.h): the other one is to be joined
/// to a target, which another call goes out to. Stands with the call of these two.
struct LocalTransfer {
    Side from{Side::kA};  // the transferor's
    std::size_t pair{0};
    std::uint32_t refer{0};  // CSeq number of the REFER: what id says (RFC 3515 s.2.4.6)
    bool notifies{true};     // the transferor has a subscription
    bool hung_up{false};     // the transferor's BYE has come
    CallId attempt;          // the other call
    transaction::ClientHandle reinvite;  // to the transferee, when the target has answered
};

/// Stands with that other call, until its side A is the transferee.
struct Referral {
    CallId by;            // the call of the transferor
    std::string offer;    // of the target's 2xx
    bool hung_up{false};  // the target's BYE has come
    Moment patience{};    // the transferee has to be free for a new session by then
};

enum class CallState : std::uint8_t {
    kInviting,  // no 2xx yet
    kConfirmed,
    kEnding,     // BYE or a final non-2xx is under way; no new exchange starts
    kNoSession,  // made by SUBSCRIBE or REFER outside a dialog: never has an INVITE usage
};

/// Deadlines of one call; the earliest of them is armed.
enum class Deadline : std::uint8_t {
    kResend2xx,       // E-R2: T1 doubling to T2
    kAck,             // E-R4: 64*T1 after the 2xx
    kReliable,        // M6: a reliable 1xx again, or its PRACK did not come
    kByeAnswer,       // M5: 2 s, then the sender of a BYE gets its 200
    kSilence,         // I10: the target has not said anything
    kExpires,         // M1: of the INVITE
    kHeld,            // E10, E-R13: a re-INVITE that waits
    kSession,         // M3: nobody has refreshed the session
    kRefresh,         // M3: we have to
    kMedia,           // next look at the relay counters (G13)
    kMediaKeepalive,  // G14: next look at who is sent nothing
    kTransfer,        // M9: the transferee may be free for a new session
    kSubscription,    // the first of the subscriptions lapses
    kRemoval,         // whatever happens, the call is gone by then (E-R15)
    kCount,
};

enum class CallResult : std::uint8_t {
    kAnswered,
    kCancelled,
    kRefused,
    kChallenged,
    kUnanswered,
    kFailed
};

struct Call {
    Call(CallId own_id, dataplane::RelayControl& relays, const Config& config)
        : id(own_id), media(std::make_unique<Media>(relays, config)) {}

    CallId id;
    CallState state{CallState::kInviting};
    DialogPair root;  // what every pair of this call starts from; root.a.local_party has no tag
    std::vector<DialogPair> pairs;
    std::optional<std::size_t> confirmed;
    TargetSet targets;             // while inviting
    bool caller_knows_199{false};  // RFC 6228 s.4
    bool single{false};            // its caller sees one early dialog, whoever rings (E12)
    std::size_t shown{0};          // pair whose A dialog is that one now
    std::vector<transaction::ClientHandle> passed_over;  // of targets given up for others (I10)
    std::optional<InviteExchange> invite;  // at most one between the legs at a time (E9)
    std::optional<HeldInvite> held;
    std::optional<OwedBye> owed_bye;
    std::optional<LocalTransfer> transfer;
    std::optional<Referral> referred;
    SessionTimer session;
    std::vector<Exchange> exchanges;  // other methods
    std::vector<Subscription> subscriptions;
    std::optional<std::array<DialogChange, 2>> shared;  // what is known of it
    std::uint32_t last_subscription{0};                 // serial
    bool bye_challenged{false};             // a BYE got 401 or 407: its sender may try again (M5)
    std::optional<Moment> armed;            // when CallTable will look at the deadlines
    std::unique_ptr<Media> media;           // never null; a retry context may have handed it on
    std::optional<std::size_t> media_user;  // the early dialog pair that has it (E12)
    std::array<std::optional<Moment>, static_cast<std::size_t>(Deadline::kCount)> deadlines{};

    // For the record at the call's end (J12) and for G13.
    Moment started{};
    std::optional<Moment> answered_at;
    std::optional<CallResult> result;
    std::string ended_by;
    int final_status{0};
    MediaKeepalive media_keepalive;
    std::uint64_t media_seen{0};  // packets of all flows at the last look
    Moment media_moved{};         // when that last changed

    [[nodiscard]] std::optional<Moment>& deadline(Deadline d) noexcept {
        return deadlines[static_cast<std::size_t>(d)];
    }
    [[nodiscard]] DialogPair& pair(std::size_t index) noexcept {
        return index < pairs.size() ? pairs[index] : root;
    }
    [[nodiscard]] Media& media_of(std::size_t index) noexcept {
        const bool own = index < pairs.size() && pairs[index].media;
        return own ? *pairs[index].media : *media;
    }
    /// The pair that stands for the call: the confirmed one, else the newest early one, else the
    /// root.
    [[nodiscard]] DialogPair& current() noexcept {
        return confirmed ? pairs[*confirmed] : (pairs.empty() ? root : pairs.back());
    }
};

}  // namespace sallyport::call
