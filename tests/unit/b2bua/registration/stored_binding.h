// SPDX-License-Identifier: Apache-2.0
// For the tests of the store (H21): a binding with every field set, a directory of the test's own,
// and a journal that can be read. Tests only.
#pragma once

#include "b2bua/policy/journal.h"
#include "b2bua/registration/binding.h"
#include "tests/unit/b2bua/two_realms.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <string>
#include <unistd.h>
#include <vector>

namespace sallyport::registration {

constexpr Moment at(std::int64_t seconds) {
    return Moment{Millis{seconds * 1000}};
}

/// Granted to its phone until 60 s, by the registrar until 3600 s.
inline Binding stored_binding(std::string token = "0123456789abcdef0123456789abcdef") {
    Binding binding;
    binding.token = std::move(token);
    binding.aor = "bob@biloxi.example.com";
    binding.contact_uri = "sip:bob@10.0.0.5:5060;transport=udp";
    binding.instance = "\"<urn:uuid:00000000-0000-1000-8000-000A95A0E128>\"";
    binding.reg_id = 2;
    binding.call_id = "phone-1@10.0.0.5";
    binding.cseq = 4294967295;
    binding.q = 700;
    binding.flow = {kInside, Transport::kUdp, endpoint("10.10.0.1", 5060),
                    endpoint("192.0.2.10", 40000)};
    binding.registrar = routing::RegistrarId{0};
    binding.pinhole = true;
    binding.expires = at(60);
    binding.upstream_expires = at(3600);
    binding.accepted = at(1);
    binding.service_route = "<sip:s1.biloxi.example.com;lr>";
    binding.path = "<sip:p1.example.com;lr>, <sip:edge.example.com;lr;ob>";
    binding.identities = "<sip:bob@biloxi.example.com>, <tel:+15551234>";
    return binding;
}

class TestJournal final : public Journal {
public:
    void write(LogLevel level, std::string_view line) noexcept override {
        const std::lock_guard lock(mutex_);
        lines_.emplace_back((level == LogLevel::kError ? "error " : "") + std::string(line));
    }
    std::string text() const {
        const std::lock_guard lock(mutex_);
        std::string all;
        for (const std::string& line : lines_) {
            all.append(line).append("\n");
        }
        return all;
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::string> lines_;
};

/// No file of this process may grow beyond that, as on a disk without room.
class FullDisk {
public:
    explicit FullDisk(std::size_t octets) {
        handler_ = std::signal(SIGXFSZ, SIG_IGN);
        EXPECT_EQ(getrlimit(RLIMIT_FSIZE, &before_), 0);
        const rlimit now{octets, before_.rlim_max};
        EXPECT_EQ(setrlimit(RLIMIT_FSIZE, &now), 0);
    }
    ~FullDisk() {
        EXPECT_EQ(setrlimit(RLIMIT_FSIZE, &before_), 0);
        std::signal(SIGXFSZ, handler_);
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;

private:
    rlimit before_{};
    void (*handler_)(int){};
};

/// So many files more than are open now may be opened.
class FewFiles {
public:
    explicit FewFiles(rlim_t more) {
        const int next = dup(STDIN_FILENO);
        EXPECT_GE(next, 0);
        close(next);
        EXPECT_EQ(getrlimit(RLIMIT_NOFILE, &before_), 0);
        const rlimit now{static_cast<rlim_t>(next) + more, before_.rlim_max};
        EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &now), 0);
    }
    ~FewFiles() { EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &before_), 0); }
    FewFiles(const FewFiles&) = delete;
    FewFiles& operator=(const FewFiles&) = delete;

private:
    rlimit before_{};
};

/// Gone with the test; in memory where there is such a place, because the store waits for the disk.
class TestDirectory {
public:
    TestDirectory() {
        const std::string memory = "/dev/shm/";
        std::string name = std::filesystem::is_directory(memory) ? memory : ::testing::TempDir();
        name += "sallyport-test-XXXXXX";
        EXPECT_NE(mkdtemp(name.data()), nullptr);
        path_ = name;
    }
    ~TestDirectory() { std::filesystem::remove_all(path_); }
    TestDirectory(const TestDirectory&) = delete;
    TestDirectory& operator=(const TestDirectory&) = delete;

    const std::string& path() const { return path_; }
    std::string file() const { return path_ + "/bindings.mdb"; }
    std::string octets() const {
        std::ifstream in(file(), std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    void write(std::string_view octets) const {
        std::ofstream out(file(), std::ios::binary | std::ios::trunc);
        out << octets;
    }
    /// Names of files that were set aside.
    std::vector<std::string> broken() const {
        std::vector<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator(path_)) {
            if (entry.path().filename().string().starts_with("bindings.mdb.broken-")) {
                names.push_back(entry.path().string());
            }
        }
        return names;
    }

private:
    std::string path_;
};

}  // namespace sallyport::registration
