// SPDX-License-Identifier: Apache-2.0
// Every golden message, cut at every octet and with every octet spoiled, ending at a page that
// cannot be read. Nothing is read behind the end, views stay inside, and what parses can be sent
// on.
#include "b2bua/sip/message.h"
#include "b2bua/sip/patch.h"
#include "tests/unit/b2bua/sip/sip_text.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace sallyport::sip {
namespace {

bool inside(std::string_view part, std::string_view whole) {
    return part.empty() || (part.data() >= whole.data() &&
                            part.data() + part.size() <= whole.data() + whole.size());
}

void check(Message& m, std::string_view text) {
    const auto outcome = m.parse(text);
    EXPECT_TRUE(inside(m.octets(), text));
    for (const std::string_view part :
         {m.body(), m.request_uri(), m.reason(), m.method_name(), m.call_id(), m.top_via().text,
          m.top_via().branch, m.from().text, m.from().tag, m.to().uri, m.contact().params}) {
        ASSERT_TRUE(inside(part, text));
    }
    for (const HeaderField& field : m.headers()) {
        ASSERT_LE(field.next_line, m.octets().size());
        ASSERT_LE(field.line + field.name_length, field.value);
        ASSERT_LE(field.value + field.value_length, field.next_line);
    }
    if (!outcome) {
        ASSERT_LE(outcome.error().offset, text.size());
        return;
    }
    static std::vector<char> out(80000);
    const auto sent = Patch(m).encode(out);
    ASSERT_TRUE(sent.ok());
    static Message again;
    ASSERT_TRUE(again.parse(*sent).ok()) << text << "\n---\n" << *sent;
}

std::vector<std::string> golden_messages() {
    std::vector<std::string> all;
    for (const auto& entry : std::filesystem::directory_iterator(test::golden() / "rfc4475")) {
        if (entry.path().extension() == ".dat") {
            all.push_back(test::read_file(entry.path()));
        }
    }
    EXPECT_EQ(all.size(), 49U);
    all.push_back(
        test::request("INVITE", std::string(test::kContactLine) + "Content-Length: 4\n", "v=0\n"));
    return all;
}

TEST(Cut, every_truncation_of_every_golden_message) {
    Message m;
    for (const std::string& text : golden_messages()) {
        const test::GuardedText guarded(text.size());
        for (std::size_t size = 0; size <= text.size(); ++size) {
            check(m, guarded.put(std::string_view(text).substr(0, size)));
        }
    }
}

TEST(Cut, B2BUA_A10_a_part_of_a_message_is_never_taken_for_the_whole) {
    Message m;
    std::size_t framed = 0;
    for (const std::string& text : golden_messages()) {
        if (!m.parse(text).ok() || !m.has(HeaderId::kContentLength)) {
            continue;  // without a length the body runs to the end of the datagram
        }
        ++framed;
        const std::size_t whole = m.octets().size();
        const test::GuardedText guarded(whole);
        for (std::size_t size = 0; size < whole; ++size) {
            ASSERT_FALSE(m.parse(guarded.put(std::string_view(text).substr(0, size))).ok())
                << size << " of " << text;
        }
        ASSERT_TRUE(m.parse(guarded.put(std::string_view(text).substr(0, whole))).ok());
    }
    EXPECT_GE(framed, 20U);
}

TEST(Cut, every_octet_spoiled) {
    Message m;
    for (const std::string& text : golden_messages()) {
        if (text.size() > 1200) {
            continue;
        }
        const test::GuardedText guarded(text.size());
        for (const char bad : {'\0', '\r', '\n', ' ', '"', '<', ';', ',', ':', '@', '\xff'}) {
            std::string spoiled = text;
            for (std::size_t i = 0; i < text.size(); ++i) {
                spoiled[i] = bad;
                check(m, guarded.put(spoiled));
                spoiled[i] = text[i];
            }
        }
    }
}

TEST(Cut, rfc3665_messages_when_there) {
    const char* set = std::getenv("SALLYPORT_MATERIAL");
    const std::filesystem::path root =
        set != nullptr ? std::filesystem::path(set)
                       : std::filesystem::path(SALLYPORT_SOURCE_DIR) / ".." / "shared" / "material";
    if (!std::filesystem::exists(root / "rfc3665")) {
        GTEST_SKIP() << "no RFC 3665 messages in " << root;
    }
    Message m;
    std::size_t refused = 0;
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / "rfc3665")) {
        if (entry.path().extension() != ".sip") {
            continue;
        }
        ++count;
        const std::string text = test::read_file(entry.path());
        refused += m.parse(text).ok() ? 0U : 1U;
        const test::GuardedText guarded(text.size());
        for (std::size_t size = 0; size < text.size(); ++size) {
            check(m, guarded.put(std::string_view(text).substr(0, size)));
        }
    }
    EXPECT_EQ(count, 181U);
    EXPECT_EQ(refused, 1U) << "section 3.2 F4 alone: its Record-Route goes on without white space";
}

}  // namespace
}  // namespace sallyport::sip
