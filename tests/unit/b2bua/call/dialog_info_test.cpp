// SPDX-License-Identifier: Apache-2.0
// Bodies of the dialog event package, said for the other side (B2BUA-D14, B2BUA-D16, B2BUA-D19;
// RFC 4235 s.4).
#include "b2bua/call/dialog_info.h"

#include "b2bua/call/dialog_names.h"
#include "tests/unit/b2bua/call/message_text.h"
#include "tests/unit/b2bua/two_realms.h"

#include <array>

namespace sallyport::call {
namespace {

/// alice inside calls her dialog near/a1 with us as s1; bob outside calls it far/b1 with us as s2.
class OneCall final : public DialogDirectory {
public:
    std::optional<NamedDialog> behind(std::string_view call_id, std::string_view local_tag,
                                      std::string_view remote_tag) override {
        if (call_id == "far&x" && local_tag == "s2" && remote_tag == "b1") {
            return NamedDialog{"near<1>", "a1", "s1", "sip:alice@10.10.0.5", {kInside, {}, {}, {}}};
        }
        return std::nullopt;
    }
    std::optional<routing::Target> behind_contact(const sip::Uri&, const Endpoint&) const override {
        return std::nullopt;
    }
    std::string_view other_call_id(std::string_view) const override { return {}; }
};

class NoPhones final : public routing::RegisteredLookup {
public:
    routing::Registered by_token(std::string_view, Moment) const override { return {}; }
    routing::Registered by_aor(std::string_view, std::string_view,
                               std::optional<routing::RegistrarId>, Moment) const override {
        return {};
    }
    routing::Registered by_user(std::string_view, std::optional<routing::RegistrarId>,
                                Moment) const override {
        return {};
    }
    bool has_identity(const Flow&, std::string_view, Moment) const override { return false; }
    bool has_flow(const Flow&, Moment) const override { return false; }
    std::string service_route(const Flow&, std::string_view, Moment) const override { return {}; }
};

class DialogInfoBodies : public ::testing::Test {
protected:
    DialogInfoBodies() { config.dialog_info = DialogInfo::kTranslate; }

    /// From bob's side to alice's.
    std::optional<std::string> crossed(std::string_view document) {
        return crossed_dialog_info(document, naming());
    }
    Naming naming() {
        return {calls, phones, sealed, config, {kOutside, {}, {}, {}}, kInside, Moment{}, &unread};
    }

    OneCall calls;
    NoPhones phones;
    const std::array<std::uint8_t, 32> secret{1};
    const routing::SealedTargets sealed{secret};
    Config config = two_realms();
    Counter unread;
};

TEST_F(DialogInfoBodies, B2BUA_D14_ids_and_addresses_change_and_nothing_else) {
    const auto text = crossed(
        "<?xml version=\"1.0\"?>\r\n<dialog-info  xmlns=\"urn:ietf:params:xml:ns:dialog-info\"\n"
        "  version='3' state=\"partial\" entity=\"sip:bob@10.20.0.2\">\n"
        " <!-- pbx 10.20.0.3 -->"
        "<dialog id=\"d1\" call-id=\"far&amp;x\"\tlocal-tag='b1' remote-tag=\"s2\" "
        "direction=\"recipient\">\n"
        "  <state event=\"x\">confirmed</state><duration>3</duration>\n"
        "  <replaces call-id='far&#38;x' remote-tag='s2' local-tag='b1' />\n"
        "  <local><identity display=\"B &amp; Co\"> sip:bob@10.20.0.2:5070;user=phone\n</identity>"
        "<target uri=\"sip:bob@10.20.0.7?x=y\"><param pname='+sip.x' pval='1'/></target></local>\n"
        "  <remote><identity>sip:alice@example.com</identity>"
        "<target uri='sip:alice@10.20.0.1:5060;a=b&amp;c'/></remote>\n"
        " </dialog></dialog-info>\n");
    ASSERT_TRUE(text.has_value());
    EXPECT_EQ(
        *text,
        "<?xml version=\"1.0\"?>\r\n<dialog-info  xmlns=\"urn:ietf:params:xml:ns:dialog-info\"\n"
        "  version='3' state=\"partial\" entity=\"sip:bob@10.10.0.1:5060\">\n"
        " "
        "<dialog id=\"d1\" call-id=\"near&lt;1&gt;\"\tlocal-tag='s1' remote-tag=\"a1\" "
        "direction=\"recipient\">\n"
        "  <state event=\"x\">confirmed</state><duration>3</duration>\n"
        "  <replaces call-id='near&lt;1&gt;' remote-tag='a1' local-tag='s1' />\n"
        "  <local><identity display=\"B &amp; Co\"> sip:bob@10.10.0.1:5060;user=phone\n</identity>"
        "<target uri=\"sip:bob@10.10.0.1:5060?x=y\"><param pname='+sip.x' pval='1'/></target>"
        "</local>\n"
        "  <remote><identity>sip:alice@example.com</identity>"
        "<target uri='sip:alice@10.10.0.1:5060;a=b&amp;c'/></remote>\n"
        " </dialog></dialog-info>\n");
}

struct Row {
    const char* name;
    const char* document;
    const char* expected;
};

const Row kRows[] = {
    {"nobodys dialog keeps its names",
     "<i><dialog id='x' call-id='q@h.example' local-tag='b1'/></i>",
     "<i><dialog id='x' call-id='q@h.example' local-tag='b1'/></i>"},
    {"names that show an address are taken out",
     "<i><dialog id='x' call-id='q@10.20.0.2' local-tag='b1' remote-tag='s9' "
     "direction='initiator'/></i>",
     "<i><dialog id='x' direction='initiator'/></i>"},
    {"so are those of a dialog that is still being made",
     "<i><dialog call-id='10.20.0.2' local-tag='b1' id='x'/></i>", "<i><dialog id='x'/></i>"},
    {"the reader's own address may stand there",
     "<i><dialog id='x' call-id='q@10.10.0.5' local-tag='b1'/></i>",
     "<i><dialog id='x' call-id='q@10.10.0.5' local-tag='b1'/></i>"},
    {"prefixed elements",
     "<d:i xmlns:d='u'><d:dialog d:id='x' call-id='far&amp;x' local-tag='b1' "
     "remote-tag='s2'/></d:i>",
     "<d:i xmlns:d='u'><d:dialog d:id='x' call-id='near&lt;1&gt;' local-tag='s1' "
     "remote-tag='a1'/></d:i>"},
    {"descriptions and routes are left out",
     "<i><route-set><hop>sip:10.20.0.3;lr</hop></route-set><session-description "
     "type='application/sdp'>c=IN IP4 10.20.0.2</session-description></i>",
     "<i><route-set><hop></hop></route-set><session-description "
     "type='application/sdp'></session-description></i>"},
    {"addresses in elements that nobody knows",
     "<i><e:x e:at='sips:p@10.20.0.9'>sip:10.20.0.9</e:x></i>",
     "<i><e:x e:at='sips:p@10.10.0.1:5060'>sip:10.10.0.1:5060</e:x></i>"},
    {"referred-by", "<i><referred-by display-name='P'>sip:p@[2001:db8::2]:5070</referred-by></i>",
     "<i><referred-by display-name='P'>sip:p@10.10.0.1:5060</referred-by></i>"},
};

TEST_F(DialogInfoBodies, B2BUA_D19_what_is_shown_of_the_other_side) {
    for (const Row& row : kRows) {
        EXPECT_EQ(crossed(row.document).value_or("unreadable"), row.expected) << row.name;
    }
}

TEST_F(DialogInfoBodies, RFC4235_s4_1_1_an_id_stays_the_same_and_shows_no_address) {
    const auto one = crossed("<i><dialog id='q@10.20.0.2'/><dialog id='r@10.20.0.2'/></i>");
    ASSERT_TRUE(one.has_value());
    EXPECT_EQ(one->find("10.20."), std::string::npos);
    EXPECT_EQ(one, crossed("<i><dialog id='q@10.20.0.2'/><dialog id='r@10.20.0.2'/></i>"));
    const auto first = one->substr(0, one->find("/>"));
    EXPECT_EQ(one->find(first.substr(first.find("id=")), first.size()), std::string::npos);
}

TEST_F(DialogInfoBodies, What_cannot_be_read) {
    for (const char* document : {"", "no document", "<i><dialog></i>", "<!DOCTYPE i><i/>",
                                 "<i><![CDATA[sip:10.20.0.2]]></i>"}) {
        EXPECT_FALSE(crossed(document).has_value()) << document;
    }
}

std::string notify(std::string_view type, std::string_view body, std::string_view lines = {}) {
    std::string all = "Event: dialog\r\nContent-Type: ";
    all.append(type).append("\r\n").append(lines);
    return MessageText::request("NOTIFY", all, body);
}

TEST_F(DialogInfoBodies, B2BUA_D16_parts_of_a_body) {
    constexpr std::string_view kDocument = "<i a='sip:10.20.0.2'/>";
    const MessageText whole(notify("Application/Dialog-Info+XML;charset=utf-8", kDocument));
    const auto one = crossed_dialog_infos(whole.message, naming());
    ASSERT_EQ(one.size(), 1U);
    EXPECT_EQ(one[0].part, 0U);
    EXPECT_EQ(one[0].text, "<i a='sip:10.10.0.1:5060'/>");
    EXPECT_EQ(unread.read(), 0U);

    const std::string parts =
        "--b\r\nContent-Type: text/plain\r\n\r\n<\r\n--b\r\nContent-Type: "
        "application/dialog-info+xml\r\n\r\n" +
        std::string(kDocument) + "\r\n--b--\r\n";
    const MessageText mixed(notify("multipart/mixed;boundary=b", parts));
    const auto second = crossed_dialog_infos(mixed.message, naming());
    ASSERT_EQ(second.size(), 1U);
    EXPECT_EQ(second[0].part, 2U);

    const MessageText other(notify("application/pidf+xml", kDocument));
    EXPECT_TRUE(crossed_dialog_infos(other.message, naming()).empty());

    const MessageText packed(
        notify("application/dialog-info+xml", kDocument, "Content-Encoding: gzip\r\n"));
    const auto left_out = crossed_dialog_infos(packed.message, naming());
    ASSERT_EQ(left_out.size(), 1U);
    EXPECT_EQ(left_out[0].text, "");
    EXPECT_EQ(unread.read(), 1U);

    config.dialog_info = DialogInfo::kPass;
    EXPECT_TRUE(crossed_dialog_infos(whole.message, naming()).empty());
}

}  // namespace
}  // namespace sallyport::call
