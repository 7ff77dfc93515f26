// SPDX-License-Identifier: Apache-2.0
// Two runs of the gateway with threads, shards and the state directory, without packets (H21,
// K52): who registered in the first run is called in the second, on every shard.
#include "b2bua/binding_writer.h"
#include "b2bua/gateway.h"
#include "dataplane/memory_datagrams.h"
#include "dataplane/memory_relays.h"
#include "tests/unit/b2bua/registration/stored_binding.h"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <deque>
#include <optional>
#include <thread>

namespace sallyport {
namespace {

using dataplane::Datagram;
using dataplane::MemoryDatagrams;
using Stored = MemoryDatagrams::Stored;

const Endpoint kPhone = endpoint("192.0.2.10", 40000);
const Endpoint kRegistrar = endpoint("10.20.0.2", 5060);

/// A datagram port between the test's thread and a shard's.
class ThreadPort final : public dataplane::DatagramPort {
public:
    std::size_t receive(std::span<Datagram> out) noexcept override {
        const std::lock_guard lock(mutex_);
        batch_.clear();
        while (!waiting_.empty() && batch_.size() < out.size()) {
            batch_.push_back(std::move(waiting_.front()));
            waiting_.pop_front();
        }
        for (std::size_t i = 0; i < batch_.size(); ++i) {
            out[i] = {batch_[i].realm, batch_[i].local, batch_[i].remote, batch_[i].payload};
        }
        return batch_.size();
    }
    dataplane::SendResult send(RealmId realm, const Endpoint& local, const Endpoint& remote,
                               std::string_view payload) noexcept override {
        const std::lock_guard lock(mutex_);
        sent_.push_back({realm, local, remote, std::string(payload)});
        return dataplane::SendResult::kQueued;
    }
    void wait(Millis) noexcept override {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    void inject(Stored datagram) {
        const std::lock_guard lock(mutex_);
        waiting_.push_back(std::move(datagram));
    }
    /// The first message to that address that begins so; empty after five seconds.
    std::string heard(const Endpoint& remote, std::string_view begin) {
        for (int i = 0; i < 5000; ++i) {
            {
                const std::lock_guard lock(mutex_);
                for (const Stored& sent : sent_) {
                    if (sent.remote == remote && sent.payload.starts_with(begin)) {
                        return sent.payload;
                    }
                }
            }
            wait(Millis{1});
        }
        return {};
    }

private:
    std::mutex mutex_;
    std::deque<Stored> waiting_;
    std::deque<Stored> batch_;
    std::vector<Stored> sent_;
};

std::string header(const std::string& message, const std::string& name) {
    const auto begin = message.find("\r\n" + name + ": ");
    const auto end = message.find("\r\n", begin + 2);
    return begin == std::string::npos ? "" : message.substr(begin + 2, end - begin);
}

class OneRun {
public:
    explicit OneRun(const std::string& directory)
        : relays_{dataplane::MemoryRelays{config_.realms, 1, [] { return Moment{}; }},
                  dataplane::MemoryRelays{config_.realms, 2, [] { return Moment{}; }}} {
        config_.shards = 2;
        auto opened =
            registration::BindingStore::open({directory, config_, journal_}, instant_now());
        EXPECT_TRUE(opened.ok());
        gateway_.emplace(
            config_, std::vector<ShardPorts>{{&ports[0], &relays_[0]}, {&ports[1], &relays_[1]}},
            journal_, std::move(*opened));
    }
    std::array<ThreadPort, 2> ports;
    Gateway& gateway() { return *gateway_; }

private:
    Config config_ = two_realms();
    registration::TestJournal journal_;
    std::array<dataplane::MemoryRelays, 2> relays_;
    std::optional<Gateway> gateway_;
};

/// The contact that the registrar was told, without its brackets.
std::string register_phone(ThreadPort& port) {
    port.inject({kInside, endpoint("10.10.0.1", 5060), kPhone,
                 "REGISTER sip:biloxi.example.com SIP/2.0\r\n"
                 "Via: SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bKp1\r\nMax-Forwards: 70\r\n"
                 "From: <sip:bob@biloxi.example.com>;tag=1\r\nTo: <sip:bob@biloxi.example.com>\r\n"
                 "Call-ID: phone-1\r\nCSeq: 1 REGISTER\r\n"
                 "Contact: <sip:bob@10.0.0.5:5060>\r\nExpires: 3600\r\nContent-Length: 0\r\n\r\n"});
    const std::string request = port.heard(kRegistrar, "REGISTER ");
    std::string answer = "SIP/2.0 200 OK\r\n";
    for (const char* name : {"Via", "From", "To", "Call-ID", "CSeq", "Contact"}) {
        answer += header(request, name);
    }
    port.inject(
        {kOutside, endpoint("10.20.0.1", 5060), kRegistrar, answer + "Content-Length: 0\r\n\r\n"});
    EXPECT_NE(port.heard(kPhone, "SIP/2.0 200"), "");
    const std::string contact = header(request, "Contact");
    const auto begin = contact.find('<') + 1;
    return contact.substr(begin, contact.find('>') - begin);
}

std::string options_to(const std::string& uri, const std::string& call_id) {
    return "OPTIONS " + uri + " SIP/2.0\r\nVia: SIP/2.0/UDP 10.20.0.2:5060;branch=z9hG4bK" +
           call_id +
           "\r\nMax-Forwards: 70\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:bob@biloxi.example.com>\r\n"
           "Call-ID: " +
           call_id + "\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";
}

TEST(Restart, B2BUA_H21_and_K52_called_at_once_in_the_next_run) {
    const registration::TestDirectory directory;
    std::string contact;
    {
        OneRun first(directory.path());
        contact = register_phone(first.ports[0]);
        ASSERT_NE(contact.find('@'), std::string::npos) << contact;
    }
    OneRun second(directory.path());
    for (std::size_t shard = 0; shard < 2; ++shard) {
        ThreadPort& port = second.ports[shard];
        port.inject({kOutside, endpoint("10.20.0.1", 5060), kRegistrar,
                     options_to(contact, "call-" + std::to_string(shard))});
        const std::string request = port.heard(kPhone, "OPTIONS sip:bob@10.0.0.5:5060 ");
        EXPECT_NE(request, "") << "shard " << shard;
    }
    EXPECT_EQ(second.gateway().store_counters()->restored.read(), 1U);
    EXPECT_EQ(register_phone(second.ports[1]), contact) << "the token is the same";
}

// The writer's period leaves three quarters of the second to the disk; how long a busy machine
// takes is no test's business.
TEST(Restart, B2BUA_H21_on_disk_without_being_asked) {
    static_assert(BindingWriter::kPeriod <= Millis{250});
    const registration::TestDirectory directory;
    OneRun run(directory.path());
    const auto begin = std::chrono::steady_clock::now();
    (void)register_phone(run.ports[0]);
    while (run.gateway().store_counters()->stored.read() == 0 &&
           std::chrono::steady_clock::now() - begin < std::chrono::seconds(30)) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    EXPECT_NE(directory.octets().find("bob@10.0.0.5"), std::string::npos);
}

TEST(BindingWriter, B2BUA_H21_a_disk_that_was_full_has_everything_in_the_end) {
    const registration::TestDirectory directory;
    const Config config = two_realms();
    registration::TestJournal journal;
    auto opened =
        registration::BindingStore::open({directory.path(), config, journal}, instant_now());
    ASSERT_TRUE(opened.ok());
    BindingWriter writer(std::move(*opened), journal);
    std::vector<registration::Binding> table;
    for (int i = 0; i < 200; ++i) {
        table.push_back(registration::stored_binding("t" + std::to_string(i)));
        table.back().upstream_expires = instant_now().monotonic + Millis{3'600'000};
    }
    const auto posts = [&](std::size_t i) {
        writer.changes().post({registration::BindingChange::Kind::kPut, table[i]});
    };
    {
        const registration::FullDisk full(directory.octets().size());
        for (std::size_t i = 0; i + 1 < table.size(); ++i) {
            posts(i);
        }
        for (int i = 0; i < 5000 && writer.counters().store_failed.read() == 0; ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }
    EXPECT_EQ(writer.counters().store_failed.read(), 1U);
    EXPECT_NE(journal.text().find("error bindings cannot be written"), std::string::npos);
    posts(table.size() - 1);
    for (int i = 0; i < 8000 && writer.counters().stored.read() == 0; ++i) {
        if (const std::uint64_t wanted = writer.changes().wanted()) {
            writer.changes().restate(wanted, std::vector(table.begin(), table.end() - 1), true);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    EXPECT_EQ(writer.counters().stored.read(), table.size());
    EXPECT_NE(journal.text().find("written to the state directory again"), std::string::npos);
}

}  // namespace
}  // namespace sallyport
