// SPDX-License-Identifier: Apache-2.0
// Parsing, patching and writing touch no heap: with an operator new that counts the count stands
// still, and with one that fails nothing is different. So there is no allocation that could fail.
#include "b2bua/sip/digest.h"
#include "b2bua/sip/message.h"
#include "b2bua/sip/multipart_patch.h"
#include "b2bua/sip/patch.h"
#include "b2bua/sip/retry_after.h"
#include "b2bua/sip/uri.h"
#include "b2bua/sip/writer.h"
#include "tests/unit/b2bua/sip/sip_text.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <new>

namespace {
std::size_t allocations = 0;  // one thread
bool exhausted = false;
}  // namespace

[[gnu::noinline]] void* operator new(std::size_t size) {
    ++allocations;
    void* const block = exhausted ? nullptr : std::malloc(size);
    if (block != nullptr) {
        return block;
    }
    throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* block) noexcept {
    std::free(block);
}
[[gnu::noinline]] void operator delete(void* block, std::size_t) noexcept {
    std::free(block);
}

namespace sallyport::sip {
namespace {

/// What a message goes through from datagram to datagram. False: something was refused.
bool from_datagram_to_datagram(std::string_view text, Message& message, std::span<char> out) {
    if (!message.parse(text).ok()) {
        return false;
    }
    ValueCursor routes(message, HeaderId::kRoute);
    while (routes.next()) {
    }
    const auto uri = Uri::parse(message.request_uri());
    const auto digest = Digest::parse(message.value_of(HeaderId::kAuthorization));
    const auto retry = RetryAfter::parse(message.value_of(HeaderId::kRetryAfter));
    const auto body = BodyParts::parse(message);
    if (!uri.ok() || !equivalent(*uri, *uri) || !digest.ok() || !retry.ok() || !body.ok()) {
        return false;
    }
    const PartText edit{1, "longer than before"};
    char room[512];
    const auto changed = with_contents(*body, {&edit, 1}, room);
    Patch patch(message);
    patch.set_request_uri("sip:x@y");
    patch.replace(message.from().tag, "longer than before");
    patch.append("X-A", "b");
    patch.set_body(changed.value_or(""));
    Writer writer(out.subspan(out.size() / 2));
    writer.status_line(200, default_reason(200)).copy(message, HeaderId::kVia).number(7);
    return changed && patch.encode(out.first(out.size() / 2)).ok() && writer.line_end().finish();
}

struct Input {
    std::string text = test::request(
        "INVITE",
        std::string(test::kContactLine) +
            "Route: <sip:a>, <sip:b>\nAuthorization: Digest qop=auth, realm=\"r\"\n"
            "Retry-After: 5 (soon)\nContent-Type: multipart/mixed;boundary=b\n",
        "--b\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n\r\n--b--");
    std::string broken = test::request("INVITE", "Contact: \"x <sip:a>\n");
    std::unique_ptr<Message> message = std::make_unique<Message>();
    std::vector<char> out = std::vector<char>(8192);
};

TEST(NoAllocation, from_datagram_to_datagram) {
    Input in;
    const std::size_t before = allocations;
    const bool done = from_datagram_to_datagram(in.text, *in.message, in.out);
    const bool refused = !in.message->parse(in.broken).ok();
    EXPECT_EQ(allocations, before);
    EXPECT_TRUE(done);
    EXPECT_TRUE(refused);
}

TEST(NoAllocation, nothing_changes_when_memory_is_exhausted) {
    Input in;
    exhausted = true;
    const bool done = from_datagram_to_datagram(in.text, *in.message, in.out);
    const bool refused = !in.message->parse(in.broken).ok();
    exhausted = false;
    EXPECT_TRUE(done);
    EXPECT_TRUE(refused);
}

}  // namespace
}  // namespace sallyport::sip
