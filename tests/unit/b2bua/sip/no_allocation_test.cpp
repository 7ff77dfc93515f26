// SPDX-License-Identifier: Apache-2.0
// Parsing, patching and writing touch no heap: operator new counts, and the count stands still.
#include "b2bua/sip/message.h"
#include "b2bua/sip/patch.h"
#include "b2bua/sip/uri.h"
#include "b2bua/sip/writer.h"
#include "tests/unit/b2bua/sip/sip_text.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <new>

namespace {
std::size_t allocations = 0;  // one thread
}

[[gnu::noinline]] void* operator new(std::size_t size) {
    ++allocations;
    if (void* const block = std::malloc(size)) {
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

TEST(NoAllocation, from_datagram_to_datagram) {
    const std::string text = test::request(
        "INVITE", std::string(test::kContactLine) + "Route: <sip:a>, <sip:b>\n", "v=0\r\n");
    const std::string broken = test::request("INVITE", "Contact: \"x <sip:a>\n");
    const auto message = std::make_unique<Message>();
    std::vector<char> out(4096);
    const std::size_t before = allocations;
    ASSERT_TRUE(message->parse(text).ok());
    ValueCursor routes(*message, HeaderId::kRoute);
    while (routes.next()) {
    }
    const auto uri = Uri::parse(message->request_uri());
    EXPECT_TRUE(uri.ok() && equivalent(*uri, *uri) && !uri->ip());
    Patch patch(*message);
    patch.set_request_uri("sip:x@y");
    patch.replace(message->from().tag, "longer than before");
    patch.append("X-A", "b");
    EXPECT_TRUE(patch.encode(out).ok());
    Writer writer(out);
    writer.status_line(200, default_reason(200)).copy(*message, HeaderId::kVia).number(7);
    EXPECT_TRUE(writer.line_end().finish());
    EXPECT_FALSE(message->parse(broken).ok());
    EXPECT_EQ(allocations, before);
}

}  // namespace
}  // namespace sallyport::sip
