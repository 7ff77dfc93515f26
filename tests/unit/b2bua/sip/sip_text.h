// SPDX-License-Identifier: Apache-2.0
// What the tests of the message grammar share: messages written with plain line ends, golden files,
// and octets that end at an unreadable page so that one octet read too far ends the test.
#pragma once

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

namespace sallyport::sip::test {

/// "\n" -> "\r\n".
inline std::string crlf(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\n') {
            out += '\r';
        }
        out += c;
    }
    return out;
}

/// A request without a fault in it: start line and the six mandatory headers, then more (each line
/// ended), then the body.
inline std::string request(std::string_view method, std::string_view more = {},
                           std::string_view body = {}) {
    const std::string name(method);
    return crlf(name +
                " sip:bob@biloxi.example.com SIP/2.0\n"
                "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK74bf9\n"
                "Max-Forwards: 70\n"
                "From: Alice <sip:alice@atlanta.example.com>;tag=9fxced76sl\n"
                "To: Bob <sip:bob@biloxi.example.com>\n"
                "Call-ID: 3848276298220188511@atlanta.example.com\n"
                "CSeq: 1 " +
                name + "\n" + std::string(more) + "\n") +
           std::string(body);
}

inline constexpr std::string_view kContactLine = "Contact: <sip:alice@192.0.2.1>\n";

inline std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline std::filesystem::path golden() {
    return std::filesystem::path(SALLYPORT_SOURCE_DIR) / "tests" / "golden";
}

/// Octets whose last one is followed by a page that may not be read.
class GuardedText {
public:
    explicit GuardedText(std::size_t capacity) {
        const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
        size_ = (capacity + page - 1) / page * page + page;
        base_ = static_cast<char*>(
            mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
        EXPECT_NE(base_, MAP_FAILED);
        end_ = base_ + size_ - page;
        EXPECT_EQ(mprotect(end_, page, PROT_NONE), 0);
    }
    ~GuardedText() { munmap(base_, size_); }
    GuardedText(const GuardedText&) = delete;
    GuardedText& operator=(const GuardedText&) = delete;

    [[nodiscard]] std::string_view put(std::string_view text) const {
        std::memcpy(end_ - text.size(), text.data(), text.size());
        return {end_ - text.size(), text.size()};
    }

private:
    std::size_t size_{0};
    char* base_{nullptr};
    char* end_{nullptr};
};

}  // namespace sallyport::sip::test
