// SPDX-License-Identifier: Apache-2.0
#include "b2bua/registration/contacts.h"

#include <gtest/gtest.h>

namespace sallyport::registration {
namespace {

std::string edit(std::string_view text, const ContactEdit& edit) {
    return edited(sip::NameAddr::parse(text).value(), edit);
}

TEST(Contacts, EditKeepsWhatItDoesNotReplace) {
    EXPECT_EQ(edit("\"A\" <sip:a@1.1.1.1>;x=\"1;2\";y", {"sip:n"}), "\"A\" <sip:n>;x=\"1;2\";y");
    EXPECT_EQ(edit("sip:a@1.1.1.1;q=1", {"sip:n"}), "<sip:n>;q=1");
    EXPECT_EQ(edit("<sip:a>;expires=1", {"sip:n", 60}), "<sip:n>;expires=60");
    EXPECT_EQ(edit("<sip:a>", {"sip:n", 60}), "<sip:n>");
    EXPECT_EQ(edit("<sip:a>", {"sip:n", 60, true}), "<sip:n>;expires=60");
    EXPECT_EQ(edit("<sip:a>;REG-ID=2;EXPIRES=5", {"sip:n", 60, true, true}), "<sip:n>;EXPIRES=60");
}

RequestedContacts read(std::string_view lines) {
    static std::string text;
    static sip::Message message;
    text =
        "REGISTER sip:c SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:b@c>;tag=1\r\n"
        "To: <sip:b@c>\r\nCall-ID: 1\r\nCSeq: 1 REGISTER\r\n" +
        std::string(lines) + "Content-Length: 0\r\n\r\n";
    EXPECT_TRUE(message.parse(text).ok());
    const auto contacts = read_contacts(message);
    EXPECT_TRUE(contacts.ok());
    return contacts.ok() ? *contacts : RequestedContacts{};
}

TEST(Contacts, B2BUA_H10_ParameterBeatsHeaderBeatsDefault) {
    const auto one = read("Contact: <sip:a@h>;expires=5, <sip:b@h>\r\nExpires: 9\r\n");
    EXPECT_EQ(one.list[0].expires, 5U);
    EXPECT_EQ(one.list[1].expires, 9U);
    EXPECT_EQ(read("Contact: <sip:a@h>\r\n").list[0].expires, kDefaultExpires);
    EXPECT_EQ(read("Contact: <sip:a@h>;expires=x\r\nExpires: 9\r\n").list[0].expires,
              kDefaultExpires);
    EXPECT_TRUE(read("").list.empty());
}

TEST(Contacts, QInThousandths) {
    const std::pair<const char*, int> rows[] = {
        {"", 1000},     {";q=1", 1000},   {";q=1.0", 1000},   {";q=0", 0},
        {";q=0.", 0},   {";q=0.7", 700},  {";q=0.25", 250},   {";q=0.125", 125},
        {";q=x", 1000}, {";q=0.x", 1000}, {";q=0.1234", 123}, {";q", 1000}};
    for (const auto& [params, q] : rows) {
        EXPECT_EQ(read("Contact: <sip:a@h>" + std::string(params) + "\r\n").list[0].q, q) << params;
    }
}

}  // namespace
}  // namespace sallyport::registration
