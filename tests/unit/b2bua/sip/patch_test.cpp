// SPDX-License-Identifier: Apache-2.0
// Edits and what becomes of the rest of the message (A2, A3, A18, D11).
#include "b2bua/sip/patch.h"

#include "tests/unit/b2bua/sip/sip_text.h"

#include <gtest/gtest.h>

#include <functional>

namespace sallyport::sip {
namespace {

const std::string kNormal =
    test::request("INVITE",
                  std::string(test::kContactLine) +
                      "X-a:  odd \tspacing \ncontent-type: a/b\nContent-Length: 4\n",
                  "v=0\n");

struct Edited {
    Message message;
    std::string source;
    std::string text;
    std::optional<PatchFault> fault;

    Edited(std::string_view input, const std::function<void(Patch&, const Message&)>& edit,
           std::size_t room = 70000)
        : source(input) {
        EXPECT_TRUE(message.parse(source).ok());
        auto patch = std::make_unique<Patch>(message);
        edit(*patch, message);
        std::vector<char> out(room);
        const auto sent = patch->encode(out);
        if (sent) {
            text = *sent;
        } else {
            fault = sent.error();
        }
    }
};

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    return text.replace(text.find(from), from.size(), to);
}

void nothing(Patch&, const Message&) {}

TEST(Patch, B2BUA_A18_without_edits_a_normal_message_is_itself) {
    EXPECT_EQ(Edited(kNormal, nothing).text, kNormal);
    const std::string response = replaced(kNormal, kNormal.substr(0, kNormal.find("\r\n")),
                                          "SIP/2.0 200 \xd0\xbd\xd0\xb5 OK");
    EXPECT_EQ(Edited(response, nothing).text, response);
}

TEST(Patch, B2BUA_A2_A3_normalises) {
    const std::string text = test::crlf(
        "\nOPTIONS   sip:b@c?x=y  sip/2.0 \nv: SIP/2.0/UDP h\n ;branch=z9hG4bK1\nFROM:\n "
        "<sip:a@b>;tag=1\n"
        "t:<sip:b@c>\nI: 1\nCSeq : 1 OPTIONS\nx-Unknown:\ta\n  b\nz: 1\nl: 00\n\ntrailing");
    EXPECT_EQ(Edited(text, nothing).text,
              test::crlf("OPTIONS sip:b@c SIP/2.0\nVia: SIP/2.0/UDP h ;branch=z9hG4bK1\n"
                         "FROM: <sip:a@b>;tag=1\nTo: <sip:b@c>\nCall-ID: 1\nCSeq : 1 OPTIONS\n"
                         "x-Unknown: a b\nz: 1\nContent-Length: 0\n\n"));
}

TEST(Patch, B2BUA_A2_tolerated_bare_lf_leaves_as_crlf) {
    std::string text = kNormal;
    std::erase(text, '\r');
    Limits tolerant;
    tolerant.tolerate_bare_lf = true;
    Message m;
    ASSERT_TRUE(m.parse(text, tolerant).ok());
    std::vector<char> out(2000);
    const auto sent = Patch(m).encode(out);
    ASSERT_TRUE(sent.ok());
    EXPECT_TRUE(m.parse(*sent).ok()) << *sent;
    EXPECT_EQ(m.body(), "v=0\n");
}

TEST(Patch, D11_content_length_is_added_at_the_end_of_the_headers) {
    const std::string text = test::request("OPTIONS", "Subject: x\n", "body");
    EXPECT_EQ(Edited(text, [](Patch& p, const Message&) { p.append("Y", "z"); }).text,
              replaced(text, "Subject: x\r\n", "Subject: x\r\nY: z\r\nContent-Length: 4\r\n"));
}

struct Edit {
    const char* name;
    std::function<void(Patch&, const Message&)> edit;
    std::string expected;
};
const Edit kEdits[] = {
    {"request_uri", [](Patch& p, const Message&) { p.set_request_uri("sip:c@192.0.2.9:5070"); },
     replaced(kNormal, "sip:bob@biloxi.example.com SIP", "sip:c@192.0.2.9:5070 SIP")},
    {"value",
     [](Patch& p, const Message& m) { p.set_value(*m.find(HeaderId::kMaxForwards), "69"); },
     replaced(kNormal, "Max-Forwards: 70", "Max-Forwards: 69")},
    {"uri", [](Patch& p, const Message& m) { p.replace(m.from().uri, "sip:x@y"); },
     replaced(kNormal, "sip:alice@atlanta.example.com>;tag", "sip:x@y>;tag")},
    {"tag_and_uri",
     [](Patch& p, const Message& m) {
         p.replace(m.from().tag, "t2");
         p.replace(m.from().uri, "sip:x@y");
     },
     replaced(kNormal, "sip:alice@atlanta.example.com>;tag=9fxced76sl", "sip:x@y>;tag=t2")},
    {"insert_piece",
     [](Patch& p, const Message& m) {
         const std::string_view end = m.to().text.substr(m.to().text.size());
         p.replace(end, ";tag=");
         p.replace(end, "abc");
     },
     replaced(kNormal, "Bob <sip:bob@biloxi.example.com>",
              "Bob <sip:bob@biloxi.example.com>;tag=abc")},
    {"erase_piece", [](Patch& p, const Message& m) { p.replace(m.from().params, ""); },
     replaced(kNormal, ";tag=9fxced76sl", "")},
    {"remove", [](Patch& p, const Message& m) { p.remove(*m.find(HeaderId::kContact)); },
     replaced(kNormal, "Contact: <sip:alice@192.0.2.1>\r\n", "")},
    {"remove_after_edit",
     [](Patch& p, const Message& m) {
         p.replace(m.contact().uri, "sip:x");
         p.remove(*m.find(HeaderId::kContact));
     },
     replaced(kNormal, "Contact: <sip:alice@192.0.2.1>\r\n", "")},
    {"prepend",
     [](Patch& p, const Message&) {
         p.prepend("A", "1");
         p.prepend("B", "2");
     },
     replaced(kNormal, "Via", "A: 1\r\nB: 2\r\nVia")},
    {"append",
     [](Patch& p, const Message&) {
         p.append("A", "1");
         p.append("B", "2");
     },
     replaced(kNormal, "\r\n\r\n", "\r\nA: 1\r\nB: 2\r\n\r\n")},
    {"insert_after",
     [](Patch& p, const Message& m) {
         p.insert_after(*m.find(HeaderId::kVia), "A", "1");
         p.insert_after(*m.find(HeaderId::kTo), "C", "3");
         p.insert_after(*m.find(HeaderId::kVia), "B", "2");
     },
     replaced(replaced(kNormal, "Max-", "A: 1\r\nB: 2\r\nMax-"), "Call-ID", "C: 3\r\nCall-ID")},
    {"replace_by_lines",
     [](Patch& p, const Message& m) {
         p.remove(*m.find(HeaderId::kVia));
         p.prepend("Via", "SIP/2.0/UDP ours");
         p.insert_after(*m.find(HeaderId::kVia), "A", "1");
     },
     replaced(kNormal, "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK74bf9",
              "Via: SIP/2.0/UDP ours\r\nA: 1")},
    {"body", [](Patch& p, const Message&) { p.set_body("v=0\r\ns=-\r\n"); },
     replaced(replaced(kNormal, "Length: 4", "Length: 10"), "v=0\n", "v=0\r\ns=-\r\n")},
    {"no_body", [](Patch& p, const Message&) { p.set_body(""); },
     replaced(replaced(kNormal, "Length: 4", "Length: 0"), "v=0\n", "")},
    {"content_length_is_ours",
     [](Patch& p, const Message& m) { p.set_value(*m.find(HeaderId::kContentLength), "9"); },
     kNormal},
    {"content_length_removed_comes_back",
     [](Patch& p, const Message& m) { p.remove(*m.find(HeaderId::kContentLength)); }, kNormal},
    {"last_write_wins",
     [](Patch& p, const Message& m) {
         p.set_value(*m.find(HeaderId::kMaxForwards), "1");
         p.set_request_uri("sip:1");
         p.set_value(*m.find(HeaderId::kMaxForwards), "2");
         p.set_request_uri("sip:2");
     },
     replaced(replaced(kNormal, "Max-Forwards: 70", "Max-Forwards: 2"),
              "sip:bob@biloxi.example.com SIP", "sip:2 SIP")},
    {"remove_twice",
     [](Patch& p, const Message& m) {
         p.remove(*m.find(HeaderId::kContact));
         p.remove(*m.find(HeaderId::kContact));
     },
     replaced(kNormal, "Contact: <sip:alice@192.0.2.1>\r\n", "")},
    {"no_line_of_its_own",
     [](Patch& p, const Message& m) {
         p.set_value(*m.find(HeaderId::kMaxForwards), "1\r\nX: y");
         p.append("A", "1\nB: 2");
     },
     replaced(replaced(kNormal, "Max-Forwards: 70", "Max-Forwards: 1  X: y"), "\r\n\r\n",
              "\r\nA: 1 B: 2\r\n\r\n")},
    {"all_removed_but_via",
     [](Patch& p, const Message& m) {
         for (const HeaderField& field : m.headers()) {
             if (field.id != HeaderId::kVia) {
                 p.remove(field);
             }
         }
     },
     test::crlf("INVITE sip:bob@biloxi.example.com SIP/2.0\nVia: SIP/2.0/UDP "
                "192.0.2.1:5060;branch=z9hG4bK74bf9\nContent-Length: 4\n\n") +
         "v=0\n"},
};

TEST(Patch, edits_of_every_kind) {
    for (const Edit& row : kEdits) {
        const Edited edited(kNormal, row.edit);
        EXPECT_FALSE(edited.fault) << row.name;
        EXPECT_EQ(edited.text, row.expected) << row.name;
    }
}

TEST(Patch, last_write_wins_on_an_empty_value) {
    const std::string text = test::request("OPTIONS", "Subject:\nContent-Length: 0\n");
    const Edited edited(text, [](Patch& p, const Message& m) {
        p.set_value(*m.find(HeaderId::kSubject), "1");
        p.set_value(*m.find(HeaderId::kSubject), " 2");
    });
    EXPECT_EQ(edited.text, replaced(text, "Subject:", "Subject: 2"));
}

TEST(Patch, edits_in_folded_and_compact_lines) {
    const std::string text =
        test::request("OPTIONS", "m: \"A\n B\" <sip:a@b>\n ;q=1,\n <sip:c@d>\nContent-Length: 0\n");
    const Edited edited(text,
                        [](Patch& p, const Message& m) { p.replace(m.contact().uri, "sip:x"); });
    EXPECT_NE(edited.text.find("\r\nContact: \"A B\" <sip:x> ;q=1, <sip:c@d>\r\n"),
              std::string::npos)
        << edited.text;
}

TEST(Patch, response_reason) {
    const std::string text =
        replaced(kNormal, kNormal.substr(0, kNormal.find("\r\n")), "SIP/2.0 404 Nope");
    const Edited edited(text,
                        [](Patch& p, const Message& m) { p.replace(m.reason(), "Not Found"); });
    EXPECT_EQ(edited.text, replaced(text, "Nope", "Not Found"));
}

struct Faulty {
    const char* name;
    std::function<void(Patch&, const Message&)> edit;
    PatchFault fault;
};
static const std::string kElsewhere = "elsewhere";
const Faulty kFaulty[] = {
    {"value_over_piece",
     [](Patch& p, const Message& m) {
         p.replace(m.from().tag, "x");
         p.set_value(*m.find(HeaderId::kFrom), "y");
     },
     PatchFault::kOverlap},
    {"piece_in_value",
     [](Patch& p, const Message& m) {
         p.set_value(*m.find(HeaderId::kFrom), "y");
         p.replace(m.from().tag, "x");
     },
     PatchFault::kOverlap},
    {"insert_in_value",
     [](Patch& p, const Message& m) {
         p.set_value(*m.find(HeaderId::kFrom), "y");
         p.replace(m.from().tag.substr(1, 0), "x");
     },
     PatchFault::kOverlap},
    {"crossing",
     [](Patch& p, const Message& m) {
         p.replace(m.from().uri.substr(0, 6), "x");
         p.replace(m.from().uri.substr(3, 6), "x");
     },
     PatchFault::kOverlap},
    {"value_of_removed",
     [](Patch& p, const Message& m) {
         p.remove(*m.find(HeaderId::kFrom));
         p.set_value(*m.find(HeaderId::kFrom), "x");
     },
     PatchFault::kOverlap},
    {"elsewhere", [](Patch& p, const Message&) { p.replace(kElsewhere, "x"); },
     PatchFault::kNotInside},
    {"nowhere", [](Patch& p, const Message&) { p.replace({}, "x"); }, PatchFault::kNotInside},
    {"header_name",
     [](Patch& p, const Message& m) { p.replace(m.name(*m.find(HeaderId::kFrom)), "x"); },
     PatchFault::kNotInside},
    {"two_headers",
     [](Patch& p, const Message& m) {
         p.replace(
             std::string_view(m.from().text.data(),
                              static_cast<std::size_t>(m.to().text.data() - m.from().text.data())),
             "x");
     },
     PatchFault::kNotInside},
    {"body_piece", [](Patch& p, const Message& m) { p.replace(m.body(), "x"); },
     PatchFault::kNotInside},
    {"version", [](Patch& p, const Message& m) { p.replace(m.octets().substr(34, 7), "x"); },
     PatchFault::kNotInside},
    {"text_room",
     [](Patch& p, const Message&) {
         const std::string big(5000, 'x');
         for (int i = 0; i < 5; ++i) {
             p.append("X", big);
         }
     },
     PatchFault::kNoRoom},
    {"edit_room",
     [](Patch& p, const Message&) {
         for (int i = 0; i < 321; ++i) {
             p.append("X", "y");
         }
     },
     PatchFault::kTooManyEdits},
    {"first_fault_stays",
     [](Patch& p, const Message& m) {
         p.replace({}, "x");
         p.replace(m.from().tag, "x");
         p.set_value(*m.find(HeaderId::kFrom), "y");
     },
     PatchFault::kNotInside},
};

TEST(Patch, faults) {
    for (const Faulty& row : kFaulty) {
        const Edited edited(kNormal, row.edit);
        ASSERT_TRUE(edited.fault) << row.name;
        EXPECT_EQ(*edited.fault, row.fault) << row.name;
    }
}

TEST(Patch, as_many_edits_as_promised) {
    const Edited edited(kNormal, [](Patch& p, const Message&) {
        for (int i = 0; i < 320; ++i) {
            p.append("X", std::to_string(i));
        }
    });
    EXPECT_FALSE(edited.fault);
    EXPECT_LT(edited.text.find("X: 0\r\nX: 1\r\n"), edited.text.find("X: 318\r\nX: 319\r\n\r\n"));
}

TEST(Patch, output_that_does_not_fit_is_a_fault_at_every_size) {
    for (std::size_t size = 0; size < kNormal.size(); ++size) {
        const Edited edited(kNormal, nothing, size);
        ASSERT_TRUE(edited.fault) << size;
        EXPECT_EQ(*edited.fault, PatchFault::kNoRoom);
    }
    EXPECT_FALSE(Edited(kNormal, nothing, kNormal.size()).fault);
}

TEST(Patch, what_was_edited_is_what_the_next_one_reads) {
    const Edited edited(kNormal, [](Patch& p, const Message& m) {
        p.set_request_uri("sips:new@[2001:db8::1]:5061;lr");
        p.replace(m.top_via().branch, "z9hG4bKnew");
        p.replace(m.from().tag, "newtag");
        p.replace(m.call_id(), "newid");
        p.set_value(*m.find(HeaderId::kCSeq), "42 INVITE");
        p.set_value(*m.find(HeaderId::kMaxForwards), "69");
        p.replace(m.contact().uri, "sip:gw@192.0.2.200:5060");
        p.prepend("Record-Route", "<sip:x;lr>");
        p.set_body("longer than before");
    });
    ASSERT_FALSE(edited.fault);
    Message m;
    ASSERT_TRUE(m.parse(edited.text).ok());
    EXPECT_EQ(m.request_uri(), "sips:new@[2001:db8::1]:5061;lr");
    EXPECT_EQ(m.top_via().branch, "z9hG4bKnew");
    EXPECT_EQ(m.from().tag, "newtag");
    EXPECT_EQ(m.call_id(), "newid");
    EXPECT_EQ(m.cseq().number, 42U);
    EXPECT_EQ(m.max_forwards(), 69);
    EXPECT_EQ(m.contact().uri, "sip:gw@192.0.2.200:5060");
    EXPECT_EQ(m.value_of(HeaderId::kRecordRoute), "<sip:x;lr>");
    EXPECT_EQ(m.body(), "longer than before");
    EXPECT_EQ(m.value_of(HeaderId::kContentLength), "18");
}

}  // namespace
}  // namespace sallyport::sip
