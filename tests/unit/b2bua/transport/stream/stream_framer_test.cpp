// SPDX-License-Identifier: Apache-2.0
// B2, A10, B17 and K38: what is cut out of a stream, whole, octet by octet and at every split.
#include "b2bua/transport/stream/stream_framer.h"

#include <gtest/gtest.h>

#include <numeric>
#include <string>
#include <vector>

namespace sallyport {
namespace {

using Kind = StreamFramer::Found::Kind;
using Pieces = std::vector<std::string>;

std::string name_of(StreamFault fault) {
    constexpr const char* kNames[] = {
#define SALLYPORT_STREAM_FAULT(name, status, help) #name,
#include "b2bua/transport/stream/stream_faults.def"
#undef SALLYPORT_STREAM_FAULT
    };
    return kNames[static_cast<std::size_t>(fault)];
}

/// "|" for a line end, so that rows stay readable.
std::string wire(std::string_view text) {
    std::string out;
    for (const char c : text) {
        out += c == '|' ? "\r\n" : std::string(1, c);
    }
    return out;
}

void feed(StreamFramer& framer, std::string_view octets, Pieces& out) {
    for (auto found = framer.next(octets); found.kind != Kind::kNothing;
         found = framer.next(octets)) {
        switch (found.kind) {
            case Kind::kMessage:
                out.emplace_back(found.text);
                break;
            case Kind::kLineEnd:
                out.emplace_back("line end");
                break;
            case Kind::kPing:
                out.emplace_back("ping");
                break;
            case Kind::kFault:
                out.emplace_back(name_of(*framer.fault()));
                return;
            case Kind::kNothing:
                break;
        }
    }
    EXPECT_TRUE(octets.empty()) << "all input is used up";
}

Pieces pieces_of(const std::vector<std::string_view>& reads, const MessageLimits& limits = {}) {
    StreamFramer framer(limits);
    Pieces out;
    for (const std::string_view read : reads) {
        feed(framer, read, out);
        if (framer.fault()) {
            break;
        }
    }
    return out;
}

struct Row {
    const char* name;
    std::string stream;
    Pieces pieces;
};

const std::string kEmpty = "A|l:0||";
const std::string kBody = "A|l: 4||body";
const std::string kHuge = "99999999999999999999999999";

const Row kRows[] = {
    {"nothing", "", {}},
    {"one", kBody, {kBody}},
    {"two_at_once", kBody + kEmpty, {kBody, kEmpty}},
    {"body_looks_like_a_message", "A|l:10||A|l:0||", {"A|l:10||A|l:0||"}},
    {"long_name", "A|Content-Length: 2||xy", {"A|Content-Length: 2||xy"}},
    {"any_case", "A|cONTENT-lENGTH: 2||xy", {"A|cONTENT-lENGTH: 2||xy"}},
    {"compact_capital", "A|L:2||xy", {"A|L:2||xy"}},
    {"blank_before_colon", "A|l \t: 2||xy", {"A|l \t: 2||xy"}},
    {"folded_value", "A|l:| |\t 2 ||xy", {"A|l:| |\t 2 ||xy"}},
    {"leading_zeros", "A|l: 0002||xy", {"A|l: 0002||xy"}},
    {"in_a_fold_it_is_no_header", "A|x: y| l: 9|l: 0||", {"A|x: y| l: 9|l: 0||"}},
    {"longer_name_is_another_header",
     "A|l: 0|Content-Length-X: 9||",
     {"A|l: 0|Content-Length-X: 9||"}},
    {"no_colon_is_no_header", "A|l 9|l: 0||", {"A|l 9|l: 0||"}},
    {"same_length_twice", "A|l: 2|Content-Length: 02||xy", {"A|l: 2|Content-Length: 02||xy"}},
    {"no_length_no_type", "A|x: y||" + kEmpty, {"A|x: y||", kEmpty}},
    {"start_line_alone", "A||" + kEmpty, {"A||", kEmpty}},
    {"leading_line_end", "|" + kEmpty, {"line end", kEmpty}},
    {"ping", "||", {"line end", "ping"}},
    {"ping_ping", "||||", {"line end", "ping", "line end", "ping"}},
    {"ping_then_message", "||" + kEmpty, {"line end", "ping", kEmpty}},
    {"line_end_does_not_wait_for_the_one_after_the_message",
     "|" + kEmpty + "|" + kEmpty,
     {"line end", kEmpty, "line end", kEmpty}},
    {"half_a_message", "A|l: 4||bod", {}},
    {"half_a_header_section", "A|l: 4|", {}},

    {"no_length_with_type", "A|c: text/plain||x", {"no_content_length"}},
    {"no_length_with_long_type", "A|Content-Type: a/b||x", {"no_content_length"}},
    {"negative", "A|l: -1||", {"bad_content_length"}},
    {"signed", "A|l: +1||", {"bad_content_length"}},
    {"no_number", "A|l: x||", {"bad_content_length"}},
    {"no_value", "A|l:||", {"bad_content_length"}},
    {"list", "A|l: 2, 2||xy", {"bad_content_length"}},
    {"folded_in_the_middle", "A|l: 1| 1||", {"bad_content_length"}},
    {"hexadecimal", "A|l: 0x2||xy", {"bad_content_length"}},
    {"two_lengths", "A|l: 2|l: 3||xy", {"content_lengths_differ"}},
    {"two_lengths_above_the_limit", "A|l: 2|l: " + kHuge + "||xy", {"content_lengths_differ"}},
    {"second_length_bad", "A|l: 2|l: two||xy", {"bad_content_length"}},
    {"overflow", "A|l: " + kHuge + "||", {"body_too_large"}},
    {"wraps_to_small_in_64_bits", "A|l: 18446744073709551618||xy", {"body_too_large"}},
    {"over_the_limit", "A|l: 32769||", {"body_too_large"}},
    {"after_a_good_one", kBody + "A|l: x||" + kBody, {kBody, "bad_content_length"}},
    {"bare_lf_in_header", "A|x: y\nl: 0||", {"bare_line_end"}},
    {"bare_lf_for_blank_line", "A|l: 0|\n", {"bare_line_end"}},
    {"bare_cr_in_header", "A|x: y\rl: 0||", {"bare_line_end"}},
    {"two_crs", "A|l: 0\r\r\n|", {"bare_line_end"}},
    {"bare_lf_between", kEmpty + "\n", {kEmpty, "bare_line_end"}},
    {"bare_cr_between", kEmpty + "\rA", {kEmpty, "bare_line_end"}},
    {"tls_client_hello", "\x16\x03\x01", {"not_a_start_line"}},
    {"blank_first", " A|l: 0||", {"not_a_start_line"}},
    {"nul", std::string(1, '\0'), {"not_a_start_line"}},
    {"body_longer_than_told", "A|l: 2||xy{more", {"A|l: 2||xy", "not_a_start_line"}},
};

class Framing : public testing::TestWithParam<Row> {
protected:
    void SetUp() override {
        stream_ = wire(GetParam().stream);
        for (const std::string& piece : GetParam().pieces) {
            wanted_.push_back(wire(piece));
        }
    }
    std::string stream_;
    Pieces wanted_;
};

TEST_P(Framing, B2BUA_K38_Whole) {
    EXPECT_EQ(pieces_of({stream_}), wanted_);
}

TEST_P(Framing, B2BUA_K38_OctetByOctet) {
    std::vector<std::string_view> octets;
    for (std::size_t i = 0; i < stream_.size(); ++i) {
        octets.push_back(std::string_view(stream_).substr(i, 1));
    }
    EXPECT_EQ(pieces_of(octets), wanted_);
}

TEST_P(Framing, B2BUA_B2_AtEverySplit) {
    const std::string_view stream = stream_;
    for (std::size_t at = 0; at <= stream.size(); ++at) {
        EXPECT_EQ(pieces_of({stream.substr(0, at), stream.substr(at)}), wanted_) << at;
    }
}

INSTANTIATE_TEST_SUITE_P(Rows, Framing, testing::ValuesIn(kRows),
                         [](const auto& param_info) { return param_info.param.name; });

struct LimitRow {
    const char* name;
    MessageLimits limits;
    std::string (*message)(std::size_t size);
    std::size_t limit;
    StreamFault fault;
};

std::string with_section_of(std::size_t size) {
    constexpr std::string_view kRest = "A\r\nl:0\r\nx:\r\n\r\n";
    return "A\r\nl:0\r\nx:" + std::string(size - kRest.size(), 'y') + "\r\n\r\n";
}

std::string with_body_of(std::size_t size) {
    return "A\r\nl:" + std::to_string(size) + "\r\n\r\n" + std::string(size, 'b');
}

std::string of_size(std::size_t size) {
    const std::size_t section = std::string_view("A\r\nl:65000\r\n\r\n").size();
    return with_body_of(size - section);
}

const LimitRow kLimitRows[] = {
    {"header_section", {}, with_section_of, 32768, StreamFault::header_section_too_large},
    {"small_header_section",
     {.header_section = 20},
     with_section_of,
     20,
     StreamFault::header_section_too_large},
    {"body", {}, with_body_of, 32768, StreamFault::body_too_large},
    {"no_body_at_all", {.body = 0}, with_body_of, 0, StreamFault::body_too_large},
    {"message", {.body = 0xffff}, of_size, 65536, StreamFault::message_too_large},
};

class Limited : public testing::TestWithParam<LimitRow> {};

TEST_P(Limited, B2BUA_A19_LastValuePassesNextDoesNot) {
    const LimitRow& row = GetParam();
    const std::string good = row.message(row.limit);
    EXPECT_EQ(pieces_of({good, good}, row.limits), (Pieces{good, good}));
    const std::string bad = row.message(row.limit + 1);
    EXPECT_EQ(pieces_of({bad}, row.limits), Pieces{name_of(row.fault)});
}

INSTANTIATE_TEST_SUITE_P(Rows, Limited, testing::ValuesIn(kLimitRows),
                         [](const auto& param_info) { return param_info.param.name; });

TEST(StreamFramer, B2BUA_A10_WhatCameOfTheMessageAtFaultIsKeptForAnAnswer) {
    StreamFramer framer({});
    const std::string text = wire("A|Via: x|l: -1||body");
    std::string_view input = text;
    const auto found = framer.next(input);
    EXPECT_EQ(found.kind, Kind::kFault);
    EXPECT_EQ(found.text, wire("A|Via: x|l: -1||"));
    EXPECT_EQ(status_for(*framer.fault()), 400);
    EXPECT_EQ(status_for(StreamFault::body_too_large), 413);
    EXPECT_EQ(status_for(StreamFault::header_section_too_large), 513);
    EXPECT_EQ(status_for(StreamFault::not_a_start_line), 0);
}

TEST(StreamFramer, B2BUA_B2_AfterAFaultTheStreamIsDead) {
    StreamFramer framer({});
    std::string_view bad = "\x16";
    EXPECT_EQ(framer.next(bad).kind, Kind::kFault);
    const std::string good = wire(kEmpty);
    std::string_view input = good;
    EXPECT_EQ(framer.next(input).kind, Kind::kFault);
    EXPECT_EQ(framer.fault(), StreamFault::not_a_start_line);
    EXPECT_EQ(input.size(), good.size()) << "nothing is read any more";
}

TEST(StreamFramer, B2BUA_B2_KnowsWhenAMessageIsUnfinished) {
    StreamFramer framer({});
    const std::string text = wire(kBody);
    std::string_view start = std::string_view(text).substr(0, text.size() - 1);
    EXPECT_FALSE(framer.inside_message());
    EXPECT_EQ(framer.next(start).kind, Kind::kNothing);
    EXPECT_TRUE(framer.inside_message());
    std::string_view rest = std::string_view(text).substr(text.size() - 1);
    EXPECT_EQ(framer.next(rest).kind, Kind::kMessage);
    EXPECT_FALSE(framer.inside_message());
    std::string_view line_end = "\r\n";
    EXPECT_EQ(framer.next(line_end).kind, Kind::kLineEnd);
    EXPECT_FALSE(framer.inside_message());
}

TEST(StreamFramer, B2BUA_A19_HoldsOneMessageAtMostAndLittleBetweenTwo) {
    StreamFramer framer({});
    const std::string large = with_body_of(32768);
    for (std::size_t i = 0; i < large.size(); ++i) {
        std::string_view octet = std::string_view(large).substr(i, 1);
        (void)framer.next(octet);
        ASSERT_LE(framer.memory(), StreamFramer::kMaxMessage);
    }
    std::string_view line_end = "\r\n";
    (void)framer.next(line_end);
    EXPECT_LE(framer.memory(), 4096U);
    const std::string endless(1 << 20, 'A');
    std::string_view input = endless;
    EXPECT_EQ(framer.next(input).kind, Kind::kFault);
    EXPECT_LE(framer.memory(), StreamFramer::kMaxMessage);
}

}  // namespace
}  // namespace sallyport
