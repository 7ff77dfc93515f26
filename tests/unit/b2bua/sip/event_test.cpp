// SPDX-License-Identifier: Apache-2.0
// Event and Subscription-State (RFC 6665 s.8.2.1, s.8.2.3, s.8.4).
#include "b2bua/sip/event.h"

#include "b2bua/sip/subscription_state.h"

#include <gtest/gtest.h>

namespace sallyport::sip {
namespace {

TEST(Event, RFC6665_s8_2_1_legal) {
    struct Row {
        const char* text;
        const char* package;
        const char* id;
    };
    constexpr Row kRows[] = {
        {"refer", "refer", ""},
        {"refer;id=93809823", "refer", "93809823"},
        {" presence.winfo ; ID = a.B ", "presence.winfo", "a.B"},
        {"dialog;call-id=\"a;id=7@b\";to-tag=1", "dialog", ""},
        {"x;a;b=c;id=0", "x", "0"},
        {"message-summary\r\n ;id=1", "message-summary", "1"},
    };
    for (const Row& row : kRows) {
        const auto event = Event::parse(row.text);
        ASSERT_TRUE(event.ok()) << row.text;
        EXPECT_EQ(event->package, row.package) << row.text;
        EXPECT_EQ(event->id, row.id) << row.text;
    }
}

TEST(Event, RFC6665_s8_2_1_illegal) {
    struct Row {
        const char* text;
        ParseFault fault;
    };
    constexpr Row kRows[] = {
        {"", ParseFault::kBadEvent},
        {" ;id=1", ParseFault::kBadEvent},
        {"refer refer", ParseFault::kBadEvent},
        {"refer, dialog", ParseFault::kBadEvent},
        {"refer;id", ParseFault::kBadEvent},
        {"refer;id=1;id=2", ParseFault::kBadEvent},
        {"refer;;id=1", ParseFault::kEmptyParameter},
        {"refer;id=", ParseFault::kBadParameter},
        {"refer;x=\"1", ParseFault::kUnterminatedQuote},
    };
    for (const Row& row : kRows) {
        const auto event = Event::parse(row.text);
        ASSERT_FALSE(event.ok()) << row.text;
        EXPECT_EQ(event.error().fault, row.fault) << row.text;
    }
}

TEST(SubscriptionState, RFC6665_s8_2_3_legal) {
    struct Row {
        const char* text;
        Substate state;
        std::optional<std::uint32_t> expires;
    };
    constexpr Row kRows[] = {
        {"active", Substate::kActive, {}},
        {"Active;expires=3600", Substate::kActive, 3600},
        {"pending ; EXPIRES = 007", Substate::kPending, 7},
        {"TERMINATED;reason=noresource;retry-after=5", Substate::kTerminated, {}},
        {"waiting;expires=0", Substate::kOther, 0},
        {"active;expires=99999999999999999999", Substate::kActive, 4294967295U},
    };
    for (const Row& row : kRows) {
        const auto state = SubscriptionState::parse(row.text);
        ASSERT_TRUE(state.ok()) << row.text;
        EXPECT_EQ(state->state, row.state) << row.text;
        EXPECT_EQ(state->expires, row.expires) << row.text;
    }
}

TEST(SubscriptionState, RFC6665_s8_2_3_illegal) {
    struct Row {
        const char* text;
        ParseFault fault;
    };
    constexpr Row kRows[] = {
        {"", ParseFault::kBadSubscriptionState},
        {";expires=1", ParseFault::kBadSubscriptionState},
        {"active expires=1", ParseFault::kBadSubscriptionState},
        {"active;expires", ParseFault::kBadSubscriptionState},
        {"active;expires=-1", ParseFault::kBadSubscriptionState},
        {"active;expires=1;expires=2", ParseFault::kBadSubscriptionState},
        {"active;;", ParseFault::kEmptyParameter},
    };
    for (const Row& row : kRows) {
        const auto state = SubscriptionState::parse(row.text);
        ASSERT_FALSE(state.ok()) << row.text;
        EXPECT_EQ(state.error().fault, row.fault) << row.text;
    }
}

}  // namespace
}  // namespace sallyport::sip
