// SPDX-License-Identifier: Apache-2.0
// The thread that asks the DNS (I3): answers from memory while they hold, one query for all who ask
// the same, everything else by c-ares. Never a shard's thread. Reads the monotonic clock.
#pragma once

#include "b2bua/transport/resolver/ares_channel.h"
#include "b2bua/transport/resolver/counters.h"
#include "b2bua/transport/resolver/dns_cache.h"
#include "b2bua/transport/resolver/resolver.h"
#include "config/types/ip.h"
#include "config/types/result.h"
#include "config/types/units.h"

#include <atomic>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace sallyport::resolver {

/// What the monotonic clock says now.
[[nodiscard]] Moment monotonic_now() noexcept;

class AresResolver final : public Resolver {
public:
    struct Options {
        std::vector<Endpoint> servers;               // empty: those of /etc/resolv.conf
        std::size_t most_answers{2048};              // remembered; 26 kB each at worst
        std::size_t most_open{1024};                 // questions on the wire; more are refused
        std::function<Moment()> now{monotonic_now};  // called on the resolver's thread
    };

    /// The error is a sentence for the operator. The thread runs at once.
    [[nodiscard]] static Result<std::unique_ptr<AresResolver>, std::string> start(
        const Options& options);
    /// Stops.
    ~AresResolver() override;
    AresResolver(const AresResolver&) = delete;
    AresResolver& operator=(const AresResolver&) = delete;

    void ask(const Question& question, Ticket ticket, AnswerBox& box) noexcept override;

    /// Ends the thread; open questions get no answer. May be called again.
    void stop() noexcept;

    /// Written by the thread of the resolver.
    [[nodiscard]] const Counters& counters() const noexcept { return counters_; }

private:
    struct Asker {
        Question question;  // as it was asked
        Ticket ticket{0};
        AnswerBox* box{nullptr};
    };

    explicit AresResolver(const Options& options);
    // On the resolver's thread:
    void run() noexcept;
    void take_question(const Asker& asker);
    void take_answer(const Question& question, const Answer& came);
    static void tell(const Asker& asker, const Answer& answer);

    const std::size_t most_open_;
    const std::function<Moment()> now_;
    Counters counters_;
    DnsCache cache_;
    std::unique_ptr<AresChannel> channel_;
    std::map<Question, std::vector<Asker>> waiting_;
    Mailbox<Asker> asked_;
    std::atomic<bool> stopping_{false};  // release by stop(), acquire by the thread
    std::thread thread_;
};

}  // namespace sallyport::resolver
