// SPDX-License-Identifier: Apache-2.0
// Reliable provisional responses of one INVITE (spec M6, E1; RFC 3262 s.3, s.4). Towards the sender
// of the INVITE we are the UAS: we number them, repeat them until its PRACK comes, and give up when
// none does. Towards the far leg we are the UAC: repetitions and numbers out of order stop here.
// Owner: an InviteExchange of a Call, on its shard's thread.
#pragma once

#include "b2bua/sip/message.h"
#include "b2bua/transaction/layer.h"
#include "config/types/units.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sallyport::call {

/// Sent to the INVITE's sender and not acknowledged yet. At most one for each early dialog: the
/// next one of the far leg is left to its own repetitions until this one has its PRACK (RFC 3262
/// s.3: no second one before the first is acknowledged).
struct Unacknowledged {
    std::size_t pair{0};        // index into Call::pairs
    std::uint32_t rseq{0};      // ours, on the leg of the INVITE's sender
    std::uint32_t far_rseq{0};  // theirs
    bool session{false};        // it carries a session description: the 2xx waits for its PRACK
    bool offer{false};          // which is an offer: the PRACK carries the answer
    bool pracked{false};        // its PRACK came, or none is awaited; kept until one has succeeded
    std::string octets;
    Millis resend_after{0};
    Moment resend_at{};
    Moment give_up_at{};
};

/// The two number spaces of one early dialog pair.
struct ReliableNumbers {
    std::size_t pair{0};
    std::uint32_t far{0};   // RSeq received last in order
    std::uint32_t near{0};  // RSeq sent last; 0: none yet
    /// A reliable 1xx brought the answer to the INVITE's offer, or an offer of its own: session
    /// descriptions in later responses to the INVITE change nothing (E1).
    bool negotiated{false};
};

/// A 2xx that came while its dialog's PRACK is awaited (RFC 3262 s.3).
struct WithheldAnswer {
    transaction::ClientHandle client;
    std::string octets;
    Flow flow;
};

struct Reliable {
    bool understood{false};  // the INVITE's sender knows 100rel
    std::vector<ReliableNumbers> numbers;
    std::vector<Unacknowledged> unacknowledged;
    std::optional<WithheldAnswer> withheld;

    [[nodiscard]] bool negotiated(std::size_t pair) const noexcept;
    /// True: the next one of that dialog, never seen before.
    [[nodiscard]] bool is_next(std::size_t pair, std::uint32_t far_rseq) const noexcept;
    /// True while a 2xx of that dialog must wait.
    [[nodiscard]] bool withholds(std::size_t pair) const noexcept;
    [[nodiscard]] ReliableNumbers& numbers_of(std::size_t pair);
    /// The early dialog is over: nothing of it is repeated or missed any more, but a PRACK that
    /// still comes has its response (RFC 3262 s.3).
    void lose(std::size_t pair);
    /// The INVITE goes to another target: so with all dialogs of the one before (E15).
    void start_over();
};

/// The request says in Supported or Require that its sender knows the extension.
[[nodiscard]] bool knows_extension(const sip::Message& request, std::string_view tag) noexcept;

/// RSeq of a 101-199 that is to be acknowledged; nullopt when it is not reliable. Without a
/// readable RSeq nobody can acknowledge it, whatever it requires.
[[nodiscard]] std::optional<std::uint32_t> reliable_number(const sip::Message& response) noexcept;

}  // namespace sallyport::call
