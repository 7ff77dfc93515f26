// SPDX-License-Identifier: Apache-2.0
// The text ends where the readable memory ends: a read past it faults. Every prefix of a rich SDP
// is parsed and, when it parses, rewritten.
#include "tests/unit/sdp-rewrite/sdp_text.h"

#include <sys/mman.h>

#include <cstring>
#include <unistd.h>

namespace sallyport::sdp {
namespace {

/// Two pages, the second without access.
class GuardedPage {
public:
    GuardedPage()
        : size_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))),
          base_(static_cast<char*>(mmap(nullptr, 2 * size_, PROT_READ | PROT_WRITE,
                                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {
        EXPECT_NE(base_, MAP_FAILED);
        EXPECT_EQ(mprotect(base_ + size_, size_, PROT_NONE), 0);
    }
    ~GuardedPage() { munmap(base_, 2 * size_); }
    GuardedPage(const GuardedPage&) = delete;
    GuardedPage& operator=(const GuardedPage&) = delete;

    std::string_view place_at_end(std::string_view text) {
        char* const at = base_ + size_ - text.size();
        std::memcpy(at, text.data(), text.size());
        return {at, text.size()};
    }

private:
    std::size_t size_;
    char* base_;
};

TEST(GuardPage, NoPrefixIsReadPastItsEnd) {
    const std::string text = test::crlf(
        "v=0|o=alice 5 6 IN IP4 10.0.0.5|s=-|c=IN IP4 10.0.0.5/127|t=0 0|a=group:BUNDLE 0|"
        "a=sendonly|m=message 7 TCP/MSRP *|i=x|m=audio 4000/1 RTP/AVP 0 8|c=IN IP6 2001:db8::1|"
        "a=rtcp:4001 IN IP6 2001:db8::1|a=candidate:1|a=rtcp-mux|m=video 0 RTP/AVP 96");
    GuardedPage page;
    const std::array anchors{std::optional<Anchor>{}, test::ports(20000, 20005),
                             std::optional<Anchor>{}};
    std::size_t parsed = 0;
    for (std::size_t length = 0; length <= text.size(); ++length) {
        const std::string_view prefix = page.place_at_end({text.data(), length});
        const auto session = Session::parse(prefix);
        if (session) {
            ++parsed;
            const std::size_t count = session->sections().size();
            test::rewritten(prefix, {test::kOurV6, std::span(anchors).first(count)});
        }
    }
    EXPECT_GT(parsed, 100U);
}

}  // namespace
}  // namespace sallyport::sdp
