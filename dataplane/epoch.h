// SPDX-License-Identifier: Apache-2.0
// Grace periods for everything that workers read without locks: adjacency tables, retired flows. A
// thin owner of one rte_rcu_qsbr. Readers: workers report a quiescent state once per loop and never
// block; shards are offline except inside a ReadGuard. Writers: take a token after unpublishing,
// free when passed(token).
#pragma once

#include <rte_rcu_qsbr.h>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace sallyport::dataplane {

class Epoch {
public:
    using Token = std::uint64_t;

    /// readers: how many reader ids (0 .. readers-1) will ever be used.
    explicit Epoch(std::uint32_t readers);
    ~Epoch() = default;
    Epoch(const Epoch&) = delete;
    Epoch& operator=(const Epoch&) = delete;

    /// Reader: from now on writers wait for this reader, until leave().
    void join(std::uint32_t reader) noexcept;
    void leave(std::uint32_t reader) noexcept;
    /// Reader: holds no reference to anything shared at this moment.
    void quiescent(std::uint32_t reader) noexcept { rte_rcu_qsbr_quiescent(rcu(), reader); }

    /// Writer: call after the old object became unreachable for new readers.
    [[nodiscard]] Token retire() noexcept { return rte_rcu_qsbr_start(rcu()); }
    /// Writer: true when no reader can still hold what was retired before the token. Never waits.
    [[nodiscard]] bool passed(Token token) noexcept {
        return rte_rcu_qsbr_check(rcu(), token, false) == 1;
    }

    /// For readers that are seldom inside: joins, then leaves at the end of the scope.
    class ReadGuard {
    public:
        ReadGuard(Epoch& epoch, std::uint32_t reader) noexcept : epoch_(epoch), reader_(reader) {
            rte_rcu_qsbr_thread_online(epoch_.rcu(), reader_);
        }
        ~ReadGuard() { rte_rcu_qsbr_thread_offline(epoch_.rcu(), reader_); }
        ReadGuard(const ReadGuard&) = delete;
        ReadGuard& operator=(const ReadGuard&) = delete;

    private:
        Epoch& epoch_;
        std::uint32_t reader_;
    };

    /// Reader that will use ReadGuard: known to the writers, but not waited for while outside.
    void enroll(std::uint32_t reader) noexcept;

private:
    struct Free {
        void operator()(void* memory) const noexcept;
    };
    [[nodiscard]] rte_rcu_qsbr* rcu() noexcept { return static_cast<rte_rcu_qsbr*>(memory_.get()); }
    std::unique_ptr<void, Free> memory_;
};

}  // namespace sallyport::dataplane
