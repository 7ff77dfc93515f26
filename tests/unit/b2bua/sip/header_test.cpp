// SPDX-License-Identifier: Apache-2.0
// Header names: long, compact and near misses (A1, A4, A6).
#include "b2bua/sip/header.h"

#include <gtest/gtest.h>

#include <cctype>
#include <string>

namespace sallyport::sip {
namespace {

struct Row {
    HeaderId id;
    const char* name;
    char compact;
    Arity arity;
};
constexpr Arity kSingle = Arity::kSingle;
constexpr Arity kList = Arity::kList;
constexpr Arity kLines = Arity::kLines;
constexpr Row kRows[] = {
#define SALLYPORT_HEADER(id, long_name, compact, arity) {HeaderId::id, long_name, compact, arity},
#include "b2bua/sip/header_table.def"
#undef SALLYPORT_HEADER
};

template <class Change>
std::string changed(std::string_view text, Change change) {
    std::string out(text);
    for (char& c : out) {
        c = static_cast<char>(change(static_cast<unsigned char>(c)));
    }
    return out;
}

TEST(Header, B2BUA_A1_every_name_is_found_in_any_case) {
    for (const Row& row : kRows) {
        EXPECT_EQ(header_id(row.name), row.id) << row.name;
        EXPECT_EQ(header_id(changed(row.name, ::tolower)), row.id) << row.name;
        EXPECT_EQ(header_id(changed(row.name, ::toupper)), row.id) << row.name;
        EXPECT_EQ(long_name(row.id), row.name);
        EXPECT_EQ(arity(row.id), row.arity);
    }
}

TEST(Header, every_octet_of_a_name_counts) {
    for (const Row& row : kRows) {
        const std::string name = row.name;
        EXPECT_EQ(header_id(name + "x"), HeaderId::kUnknown) << name;
        for (std::size_t i = 0; i < name.size(); ++i) {
            for (int c = 0; c < 256; ++c) {
                std::string other = name;
                other[i] = static_cast<char>(c);
                const bool same =
                    std::tolower(c) == std::tolower(static_cast<unsigned char>(name[i]));
                if (!same) {
                    EXPECT_NE(header_id(other), row.id) << name << " with " << c << " at " << i;
                }
            }
        }
    }
}

TEST(Header, B2BUA_A4_compact_forms) {
    constexpr std::pair<char, HeaderId> kForms[] = {
        {'a', HeaderId::kAcceptContact},   {'b', HeaderId::kReferredBy},
        {'c', HeaderId::kContentType},     {'d', HeaderId::kRequestDisposition},
        {'e', HeaderId::kContentEncoding}, {'f', HeaderId::kFrom},
        {'i', HeaderId::kCallId},          {'j', HeaderId::kRejectContact},
        {'k', HeaderId::kSupported},       {'l', HeaderId::kContentLength},
        {'m', HeaderId::kContact},         {'n', HeaderId::kIdentityInfo},
        {'o', HeaderId::kEvent},           {'r', HeaderId::kReferTo},
        {'s', HeaderId::kSubject},         {'t', HeaderId::kTo},
        {'u', HeaderId::kAllowEvents},     {'v', HeaderId::kVia},
        {'x', HeaderId::kSessionExpires},  {'y', HeaderId::kIdentity},
    };
    std::size_t known = 0;
    for (int c = 0; c < 256; ++c) {
        known += header_id(std::string(1, static_cast<char>(c))) != HeaderId::kUnknown ? 1U : 0U;
    }
    EXPECT_EQ(known, 2 * std::size(kForms));
    for (const auto& [letter, id] : kForms) {
        EXPECT_EQ(header_id(std::string(1, letter)), id) << letter;
        EXPECT_EQ(header_id(std::string(1, static_cast<char>(std::toupper(letter)))), id) << letter;
    }
}

TEST(Header, unknown_names) {
    for (const char* name : {"", "Tq", "Vib", "Froms", "X-Custom", "Call_ID", "Call\rID", "CallID",
                             "this-name-is-longer-than-the-longest-name-that-we-know"}) {
        EXPECT_EQ(header_id(name), HeaderId::kUnknown) << name;
    }
    EXPECT_EQ(long_name(HeaderId::kUnknown), "");
}

TEST(Header, B2BUA_A6_the_single_ones) {
    constexpr HeaderId kSingles[] = {
        HeaderId::kFrom,
        HeaderId::kTo,
        HeaderId::kCallId,
        HeaderId::kCSeq,
        HeaderId::kMaxForwards,
        HeaderId::kContentLength,
        HeaderId::kContentType,
        HeaderId::kExpires,
        HeaderId::kMinExpires,
        HeaderId::kEvent,
        HeaderId::kSubscriptionState,
        HeaderId::kRSeq,
        HeaderId::kRAck,
        HeaderId::kSessionExpires,
        HeaderId::kMinSe,
        HeaderId::kReplaces,
        HeaderId::kJoin,
    };
    std::size_t singles = 0;
    for (const Row& row : kRows) {
        singles += row.arity == Arity::kSingle ? 1U : 0U;
    }
    EXPECT_EQ(singles, std::size(kSingles));
    for (const HeaderId id : kSingles) {
        EXPECT_EQ(arity(id), Arity::kSingle) << long_name(id);
    }
}

}  // namespace
}  // namespace sallyport::sip
