// SPDX-License-Identifier: Apache-2.0
// B22: slow readers, aborted connections and a process without descriptors cost nobody else
// anything, and leave nothing behind.
#include "tests/unit/b2bua/transport/stream/stream_bed.h"

#include <sys/resource.h>

#include <algorithm>
#include <optional>
#include <thread>

namespace sallyport::test {
namespace {

TEST(StreamResources, B2BUA_B22_SlowReaderIsCutOff) {
    StreamOptions options;
    options.write_queue = 64 * 1024;
    Bed bed(options);
    const Client slow(bed.at(), 4096);
    const Client good(bed.at());
    ASSERT_TRUE(slow.write(sip_message()));
    ASSERT_TRUE(bed.user.wait_for_messages(1));
    const ConnectionId id = bed.user.messages[0].connection;
    const std::string much(64 * 1024, 'x');
    for (std::size_t seen = 2; bed.closed(CloseReason::write_queue_full) == 0; ++seen) {
        bed.server->send(id, much);
        ASSERT_TRUE(good.write(sip_message()));
        ASSERT_TRUE(bed.user.wait_for_messages(seen)) << "nobody else is kept waiting";
    }
    ASSERT_TRUE(bed.user.wait_for_closes(1));
    EXPECT_EQ(bed.user.closed[id], CloseReason::write_queue_full);
}

TEST(StreamResources, B2BUA_B22_AThousandAbortsLeaveNothing) {
    StreamOptions options;
    options.connections_per_source = 2000;
    Bed bed(options);
    const std::size_t before = open_descriptors();
    for (int i = 0; i < 1000; ++i) {
        Client client(bed.at());
        ASSERT_TRUE(client.connected());
        if (i % 2 == 0) {
            ASSERT_TRUE(client.write("OPTIONS"));
        }
        client.abort();
    }
    // A reset before the acceptance is none of ours: the last one is accepted after all of them.
    const Client last(bed.at());
    ASSERT_TRUE(last.write(sip_message()));
    ASSERT_TRUE(bed.user.wait_for_messages(1));
    const auto& counters = bed.server->counters();
    ASSERT_TRUE(bed.user.wait_for_closes(counters.accepted.read() - 1));
    bed.server->close(bed.user.messages[0].connection);
    EXPECT_TRUE(last.at_end());
    EXPECT_LE(open_descriptors(), before + 2) << "the last client and its connection";
}

TEST(StreamResources, B2BUA_B22_RefusedConnectsLeaveNothing) {
    Endpoint nobody;
    {
        const Bed gone;
        nobody = gone.at();
    }
    Bed bed;
    const std::size_t before = open_descriptors();
    for (int i = 0; i < 200; ++i) {
        bed.server->send(bed.server->connect({.remote = nobody}), sip_message());
    }
    ASSERT_TRUE(bed.user.wait_for_closes(200));
    EXPECT_EQ(bed.closed(CloseReason::connect_failed), 200U);
    // The last socket is closed before its end is told.
    EXPECT_EQ(open_descriptors(), before);
}

/// Leaves the process without a descriptor to spare, until it ends.
class NoDescriptors {
public:
    NoDescriptors() {
        getrlimit(RLIMIT_NOFILE, &before_);
        const rlimit less{std::min<rlim_t>(before_.rlim_cur, 256), before_.rlim_max};
        setrlimit(RLIMIT_NOFILE, &less);
        for (int fd = ::dup(0); fd >= 0; fd = ::dup(0)) {
            fillers_.push_back(fd);
        }
    }
    ~NoDescriptors() {
        while (!fillers_.empty()) {
            free_one();
        }
        setrlimit(RLIMIT_NOFILE, &before_);
    }
    void free_one() {
        ::close(fillers_.back());
        fillers_.pop_back();
    }

private:
    rlimit before_{};
    std::vector<int> fillers_;
};

TEST(StreamResources, B2BUA_B22_WithoutDescriptorsItWaitsForSome) {
    StreamOptions options;
    options.times.check = Millis{5};
    Bed bed(options);
    std::optional<NoDescriptors> none(std::in_place);
    none->free_one();
    const Client client(bed.at());
    ASSERT_TRUE(client.connected());
    while (bed.server->counters().accept_failures.read() == 0) {
        std::this_thread::yield();
    }
    none.reset();
    ASSERT_TRUE(client.write(sip_message()));
    EXPECT_TRUE(bed.user.wait_for_messages(1));
}

}  // namespace
}  // namespace sallyport::test
