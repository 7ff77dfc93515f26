// SPDX-License-Identifier: Apache-2.0
// Replaces, Join and Target-Dialog values (RFC 3891 s.6.1, RFC 3911 s.7.1, RFC 4538 s.7).
#include "b2bua/sip/dialog_reference.h"

#include <gtest/gtest.h>

namespace sallyport::sip {
namespace {

TEST(DialogReference, RFC3891_s6_1_legal) {
    struct Row {
        const char* text;
        const char* call_id;
        const char* local;
        const char* remote;
        bool early_only;
    };
    constexpr Row kRows[] = {
        {"98732@sip.example.com\r\n ;from-tag=r33th4x0r\r\n ;to-tag=ff87ff",
         "98732@sip.example.com", "ff87ff", "r33th4x0r", false},
        {"12adf2f34456gs5;to-tag=12345;from-tag=54321;early-only", "12adf2f34456gs5", "12345",
         "54321", true},
        {"87134@171.161.34.23;TO-TAG=24796;x=y;From-Tag=0", "87134@171.161.34.23", "24796", "0",
         false},
        {" <a\"b>:[1]{?} ; to-tag = a ; from-tag = b ", "<a\"b>:[1]{?}", "a", "b", false},
    };
    for (const Row& row : kRows) {
        const auto reference = DialogReference::parse(row.text, ReferenceForm::kToFrom);
        ASSERT_TRUE(reference.ok()) << row.text;
        EXPECT_EQ(reference->call_id, row.call_id) << row.text;
        EXPECT_EQ(reference->local_tag, row.local) << row.text;
        EXPECT_EQ(reference->remote_tag, row.remote) << row.text;
        EXPECT_EQ(reference->early_only, row.early_only) << row.text;
    }
}

TEST(DialogReference, RFC3891_s6_1_illegal) {
    constexpr const char* kRows[] = {
        "",
        ";to-tag=a;from-tag=b",
        "c",
        "c;to-tag=a",
        "c;from-tag=b",
        "c;to-tag=a;to-tag=a;from-tag=b",
        "c;to-tag;from-tag=b",
        "c;to-tag=\"a\";from-tag=b",
        "c;to-tag=a;from-tag=b;;",
        "c, d;to-tag=a;from-tag=b",
        "c d;to-tag=a;from-tag=b",
        "c;local-tag=a;remote-tag=b",
    };
    for (const char* text : kRows) {
        const auto reference = DialogReference::parse(text, ReferenceForm::kToFrom);
        ASSERT_FALSE(reference.ok()) << text;
        EXPECT_EQ(reference.error().fault, ParseFault::kBadDialogReference) << text;
    }
}

TEST(DialogReference, RFC4538_s7_target_dialog) {
    const auto reference = DialogReference::parse(
        "fa77as7dad8-sd98ajzz@host.example.com"
        ";local-tag=kkaz-;remote-tag=6544",
        ReferenceForm::kLocalRemote);
    ASSERT_TRUE(reference.ok());
    EXPECT_EQ(reference->local_tag, "kkaz-");
    EXPECT_EQ(reference->remote_tag, "6544");
    EXPECT_FALSE(DialogReference::parse("c;to-tag=a;from-tag=b", ReferenceForm::kLocalRemote).ok());
}

}  // namespace
}  // namespace sallyport::sip
