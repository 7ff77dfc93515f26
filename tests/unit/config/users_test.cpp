// SPDX-License-Identifier: Apache-2.0
// The users file (B2BUA-H23): what is read, and a row per way to get it wrong.
#include "config/users.h"

#include "config/read.h"
#include "tests/unit/config/loading.h"

#include <gtest/gtest.h>

#include <string>

namespace sallyport::config {
namespace {

const std::string kMd5 = "0123456789abcdef0123456789ABCDEF";
const std::string kSha = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

std::string read_faults(std::string_view text) {
    Faults faults;
    (void)read_users(text, faults);
    return all(faults.in_order("FILE"));
}

TEST(UsersFile, reads_users_with_their_hashes) {
    Faults faults;
    const Users users = read_users(
        "# staff\r\n"
        "alice@Example.com md5:" +
            kMd5 + " sha-256:" + kSha +
            "\r\n"
            "\n"
            "  bob@example.com\tsha-256:" +
            kSha +
            "   # the other one\n"
            "100@[2001:db8::1] md5:" +
            kMd5,
        faults);
    EXPECT_EQ(all(faults.in_order("FILE")), "");
    EXPECT_EQ(users.size(), 3U);
    const User* alice = users.find("alice", "EXAMPLE.COM");
    ASSERT_NE(alice, nullptr);
    EXPECT_EQ(alice->of(DigestAlgorithm::kMd5), "0123456789abcdef0123456789abcdef");
    EXPECT_EQ(alice->of(DigestAlgorithm::kSha256), kSha);
    ASSERT_NE(users.find("bob", "example.com"), nullptr);
    EXPECT_EQ(users.find("bob", "example.com")->of(DigestAlgorithm::kMd5), "");
    EXPECT_NE(users.find("100", "[2001:db8::1]"), nullptr);
    EXPECT_EQ(users.find("Alice", "example.com"), nullptr) << "user parts have a case";
    EXPECT_EQ(users.find("alice", "example.org"), nullptr);
    EXPECT_TRUE(users.has_domain("example.COM"));
    EXPECT_FALSE(users.has_domain("example.org"));
    EXPECT_TRUE(users.all_have(DigestAlgorithm::kSha256, "example.com"));
    EXPECT_FALSE(users.all_have(DigestAlgorithm::kMd5, "example.com")) << "bob has none";
    EXPECT_FALSE(users.all_have(DigestAlgorithm::kMd5, "example.org"));
    EXPECT_EQ(users.first_domain(), "example.com");
}

struct Row {
    const char* name;
    std::string text;
    std::string faults;
};

class UsersFault : public testing::TestWithParam<Row> {};

const std::string kExpected =
    ", expected alice@example.com md5:HA1 sha-256:HA1, do write it with: sallyport "
    "--hash-password USER@DOMAIN\n";

TEST_P(UsersFault, is_named_with_its_line) {
    EXPECT_EQ(read_faults(GetParam().text), GetParam().faults);
}

INSTANTIATE_TEST_SUITE_P(
    Ways, UsersFault,
    testing::Values(
        Row{"no_domain", "\nalice md5:" + kMd5, "FILE:2: found 'alice'" + kExpected},
        Row{"no_user", "@example.com md5:" + kMd5, "FILE:1: found '@example.com'" + kExpected},
        Row{"two_ats", "a@b@c md5:" + kMd5, "FILE:1: found 'a@b@c'" + kExpected},
        Row{"quote_in_user", "a\"b@c md5:" + kMd5, "FILE:1: found 'a\"b@c'" + kExpected},
        Row{"B2BUA_H23_port", "alice@example.com:5060 md5:" + kMd5,
            "FILE:1: found 'alice@example.com:5060'" + kExpected},
        Row{"B2BUA_H23_port_of_v6", "alice@[2001:db8::1]:5060 md5:" + kMd5,
            "FILE:1: found 'alice@[2001:db8::1]:5060'" + kExpected},
        Row{"B2BUA_H23_parameter", "alice@example.com;lr md5:" + kMd5,
            "FILE:1: found 'alice@example.com;lr'" + kExpected},
        Row{"no_hash", "alice@example.com", "FILE:1: found 'alice@example.com'" + kExpected},
        Row{"password", "alice@example.com secret", "FILE:1: found 'secret'" + kExpected},
        Row{"short_hash", "alice@example.com md5:0123", "FILE:1: found 'md5:0123'" + kExpected},
        Row{"no_hex", "alice@example.com md5:" + std::string(32, 'g'),
            "FILE:1: found 'md5:" + std::string(32, 'g') + "'" + kExpected},
        Row{"hash_twice", "alice@example.com md5:" + kMd5 + " md5:" + kMd5,
            "FILE:1: found 'md5:" + kMd5 + "'" + kExpected},
        Row{"user_twice", "alice@example.com md5:" + kMd5 + "\nalice@EXAMPLE.com md5:" + kMd5,
            "FILE:2: found 'alice@EXAMPLE.com' again, expected each user once, do remove one of "
            "the "
            "lines\n"},
        Row{"nothing_in_common",
            "alice@example.com md5:" + kMd5 + "\nbob@example.com sha-256:" + kSha,
            "FILE: example.com: found users with md5 only and users with sha-256 only, expected an "
            "algorithm that all users of the domain have, do write the lines anew with "
            "--hash-password\n"}),
    [](const testing::TestParamInfo<Row>& row) { return std::string(row.param.name); });

TEST(UsersOption, a_missing_file_matters_only_when_it_was_named) {
    EXPECT_TRUE(load_text(kGood).ok());
    const auto named = load_text("users = /nowhere/users\n" + std::string(kGood));
    ASSERT_FALSE(named.ok());
    EXPECT_EQ(all(named.error()),
              "FILE:1: users: found 'No such file or directory' for /nowhere/users, expected a "
              "readable users file, do create it or name another one with users = FILE\n");
}

TEST(HashPassword, B2BUA_H23_is_for_the_realm_of_our_challenge) {
    struct Line {
        const char* argument;
        const char* account;  // empty: a fault
    };
    for (const Line& line :
         {Line{"alice@example.com", "alice@example.com"},
          Line{"Alice@Example.COM", "Alice@example.com"},
          Line{"100@[2001:DB8::1]", "100@[2001:db8::1]"}, Line{"alice@example.com:5060", ""},
          Line{"alice@", ""}, Line{"@example.com", ""}, Line{"alice", ""},
          Line{"al ice@example.com", ""}, Line{"a@b@c", ""}}) {
        SCOPED_TRACE(line.argument);
        const std::vector<std::string> arguments{"--hash-password=" + std::string(line.argument)};
        const auto loaded = load(arguments);
        ASSERT_EQ(loaded.ok(), line.account[0] != '\0');
        if (loaded.ok()) {
            EXPECT_EQ(loaded->mode, Mode::kHashPassword);
            EXPECT_EQ(loaded->text, line.account);
        } else {
            EXPECT_EQ(all(loaded.error()),
                      "command line: hash-password: found '" + std::string(line.argument) +
                          "', expected a user and a domain without a port, do write for instance "
                          "--hash-password=alice@example.com\n");
        }
    }
}

TEST(UsersOption, faults_of_the_users_file_name_it) {
    const TemporaryFile users("alice@example.com\n", "users");
    const auto loaded = load_text("users = " + users.path() + "\n" + std::string(kGood));
    ASSERT_FALSE(loaded.ok());
    EXPECT_EQ(all(loaded.error()), users.path() + ":1: found 'alice@example.com'" + kExpected);
}

// B2BUA-H1: the gateway is the registrar where there is no other.
TEST(UsersOption, B2BUA_H1_realms_without_a_route_register_here) {
    const std::string alone =
        "[realm.inside]\ndevice = net_tap0\ntap = sp-inside\naddress = 10.10.0.1/24\n";
    EXPECT_EQ(load_text(alone)->config.realms[0].registration, RegistrationMode::kContactMap)
        << "nobody could register";
    const TemporaryFile users("alice@example.com md5:" + kMd5 + "\n", "users");
    const std::string with_users = "users = " + users.path() + "\n";
    const auto loaded = load_text(with_users + alone);
    ASSERT_TRUE(loaded.ok()) << all(loaded.error());
    EXPECT_EQ(loaded->config.realms[0].registration, RegistrationMode::kLocal);
    EXPECT_EQ(all(loaded->warnings), "") << "no route is missed";
    const auto routed = load_text(with_users + std::string(kGood));
    EXPECT_EQ(routed->config.realms[0].registration, RegistrationMode::kContactMap);
    const auto said = load_text(with_users + alone + "registration = contact-map\n");
    EXPECT_EQ(said->config.realms[0].registration, RegistrationMode::kContactMap);
    const auto nobody = load_text(alone + "registration = local\n");
    ASSERT_TRUE(nobody.ok());
    EXPECT_EQ(
        all(nobody->warnings),
        "FILE:5: realm.inside.registration: found no user in /etc/sallyport/users, expected at "
        "least one, do add a line that sallyport --hash-password=USER@DOMAIN writes\n");
}

}  // namespace
}  // namespace sallyport::config
