// SPDX-License-Identifier: Apache-2.0
// What became of a message, read from what the shard sent because of it. Pure.
#pragma once

#include "b2bua/explain/dry_run.h"
#include "b2bua/sip/message.h"

#include <cstdint>
#include <string>

namespace sallyport::explain {

enum class Verdict : std::uint8_t {
    kPasses,    // it went on to the other side
    kAnswered,  // by the gateway itself, with 2xx
    kAsked,     // by the gateway itself, for credentials
    kRefused,
    kDropped,   // it cannot be read, and nothing may be answered
    kStays,     // it is done with here, and nobody is told
    kStray,     // a response that belongs to no transaction of this run
    kNoDialog,  // a request that belongs to no dialog of this run
};

/// Positions in Effects::sent.
struct Judgement {
    Verdict verdict{Verdict::kStays};
    int crossed{-1};  // the message on the other side; -1: none
    int answer{-1};   // the final response to it; -1: none
};

/// readable: the shard's parser had no fault with it.
[[nodiscard]] Judgement judge(const sip::Message& message, bool readable, const Effects& effects);

/// For an exit status: it was refused, or dropped.
[[nodiscard]] bool is_bad(Verdict verdict) noexcept;
/// It says nothing about the others of its capture.
[[nodiscard]] bool says_nothing(Verdict verdict) noexcept;

/// One clause.
[[nodiscard]] std::string words(Verdict verdict);

}  // namespace sallyport::explain
