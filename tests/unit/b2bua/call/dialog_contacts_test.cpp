// SPDX-License-Identifier: Apache-2.0
// Who stands behind a Contact that we issued (B2BUA-D10, B2BUA-D11; RFC 5589 s.6.1).
#include "b2bua/call/dialog_contacts.h"

#include "tests/unit/b2bua/two_realms.h"

#include <gtest/gtest.h>

namespace sallyport::call {
namespace {

const Endpoint kAlice = endpoint("10.10.0.5", 5060);
const Endpoint kAmy = endpoint("10.10.0.6", 5060);

DialogChange change(const std::string& call_id, const Endpoint& near, const std::string& target) {
    DialogChange change;
    change.call_id = call_id;
    change.local_tag = "s";
    change.contact = "sip:pbx@10.10.0.1:5060";
    change.near = near;
    change.behind.target = target;
    return change;
}

DialogChange erased(DialogChange change) {
    change.kind = DialogChange::Kind::kErase;
    return change;
}

std::string found(const DialogContacts& contacts, std::string_view uri, const Endpoint& sender) {
    const auto target = contacts.find(sip::Uri::parse(uri).value(), sender);
    return target ? target->request_uri : "";
}

TEST(DialogContacts, B2BUA_D11_the_senders_newest_dialog_else_the_newest) {
    DialogContacts contacts;
    contacts.apply(change("1", kAlice, "sip:one"), Moment{});
    contacts.apply(change("2", kAlice, "sip:two"), Moment{});
    contacts.apply(change("3", kAmy, "sip:three"), Moment{});
    EXPECT_EQ(found(contacts, "sip:pbx@10.10.0.1", kAlice), "sip:two");  // 5060 is the default
    EXPECT_EQ(found(contacts, "sip:pbx@10.10.0.1:5060;x=y", kAmy), "sip:three");
    EXPECT_EQ(found(contacts, "sip:pbx@10.10.0.1", endpoint("10.10.0.7", 5060)), "sip:three");
    EXPECT_EQ(found(contacts, "sip:PBX@10.10.0.1", kAlice), "");
    EXPECT_EQ(found(contacts, "sip:pbx@10.10.0.1:5062", kAlice), "");
    EXPECT_EQ(found(contacts, "sip:pbx@10.20.0.1", kAlice), "");  // another realm's
}

TEST(DialogContacts, B2BUA_D7_a_target_refresh_keeps_its_place) {
    DialogContacts contacts;
    contacts.apply(change("1", kAlice, "sip:one"), Moment{});
    contacts.apply(change("2", kAlice, "sip:two"), Moment{});
    contacts.apply(change("1", kAlice, "sip:one;new"), Moment{});
    EXPECT_EQ(found(contacts, "sip:pbx@10.10.0.1", kAlice), "sip:two");
    EXPECT_EQ(contacts.size(), 2U);
}

TEST(DialogContacts, RFC5589_s6_1_a_call_that_is_over_is_known_for_a_while) {
    DialogContacts contacts;
    const DialogChange one = change("1", kAlice, "sip:one");
    contacts.apply(one, Moment{});
    contacts.apply(erased(one), Moment{});
    contacts.apply(erased(one), Moment{Millis{1}});
    contacts.apply(erased(change("9", kAmy, "")), Moment{Millis{299'999}});
    EXPECT_EQ(found(contacts, "sip:pbx@10.10.0.1", kAlice), "sip:one");
    contacts.apply(erased(change("9", kAmy, "")), Moment{Millis{300'000}});
    EXPECT_EQ(found(contacts, "sip:pbx@10.10.0.1", kAlice), "");
    EXPECT_EQ(contacts.size(), 0U);
}

TEST(DialogContacts, What_has_ended_is_bounded) {
    DialogContacts contacts;
    for (std::size_t i = 0; i < DialogContacts::kMaxEnded + 10; ++i) {
        const DialogChange one = change(std::to_string(i), kAlice, "sip:one");
        contacts.apply(one, Moment{});
        contacts.apply(erased(one), Moment{});
    }
    EXPECT_LE(contacts.size(), DialogContacts::kMaxEnded + 1);
}

}  // namespace
}  // namespace sallyport::call
