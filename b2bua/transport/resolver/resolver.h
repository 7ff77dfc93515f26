// SPDX-License-Identifier: Apache-2.0
// Who answers questions to the DNS without making anybody wait (I3): a question goes in from any
// thread, its answer comes into the mailbox of the asker. An interface, so that tests and the
// simulator answer from a zone.
#pragma once

#include "b2bua/mailbox.h"
#include "b2bua/transport/resolver/dns_answer.h"

#include <cstdint>

namespace sallyport::resolver {

/// What the asker knows its question by.
using Ticket = std::uint64_t;

struct Answered {
    Ticket ticket{0};
    Question question;  // as it was asked
    Answer answer;
};

using AnswerBox = Mailbox<Answered>;

class Resolver {
public:
    virtual ~Resolver() = default;
    /// One answer will be posted to box, from another thread; none once the resolver has stopped,
    /// until when box must live.
    virtual void ask(const Question& question, Ticket ticket, AnswerBox& box) noexcept = 0;
};

}  // namespace sallyport::resolver
