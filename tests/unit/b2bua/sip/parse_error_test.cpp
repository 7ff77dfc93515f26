// SPDX-License-Identifier: Apache-2.0
// The fault list: labels are unique and fit for a metric, reasons for a status line.
#include "b2bua/sip/parse_error.h"

#include <gtest/gtest.h>

#include <set>

namespace sallyport::sip {
namespace {

constexpr ParseFault kFaults[] = {
#define SALLYPORT_PARSE_FAULT(name, status, text) ParseFault::name,
#include "b2bua/sip/parse_faults.def"
#undef SALLYPORT_PARSE_FAULT
};

TEST(ParseError, labels_are_unique_snake_case) {
    std::set<std::string_view> seen;
    for (const ParseFault fault : kFaults) {
        const auto label = label_for(fault);
        EXPECT_TRUE(seen.insert(label).second) << label;
        EXPECT_EQ(label.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"),
                  std::string_view::npos)
            << label;
    }
    EXPECT_EQ(label_for(ParseFault::kMissingCallId), "missing_call_id");
}

TEST(ParseError, every_answer_has_a_status_and_a_phrase) {
    for (const ParseFault fault : kFaults) {
        const int status = status_for(fault);
        EXPECT_TRUE(status == 0 || (status >= 400 && status < 600)) << label_for(fault);
        EXPECT_FALSE(reason_for(fault).empty());
    }
    EXPECT_EQ(reason_for(ParseFault::kMissingCallId), "Missing Call-ID");  // A7
    EXPECT_EQ(status_for(ParseFault::kBadVia), 0);                         // A7: unusable Via, drop
    EXPECT_EQ(status_for(ParseFault::kVersionNotSupported), 505);
    EXPECT_EQ(status_for(ParseFault::kUnsupportedUriScheme), 416);
    EXPECT_EQ(status_for(ParseFault::kRequestUriTooLong), 414);
    EXPECT_EQ(status_for(ParseFault::kBodyTooLarge), 413);
    EXPECT_EQ(status_for(ParseFault::kHeaderSectionTooLarge), 513);
    EXPECT_EQ(status_for(ParseFault::kUnknownMethodMismatch), 501);
}

}  // namespace
}  // namespace sallyport::sip
