// SPDX-License-Identifier: Apache-2.0
// The command line: it wins over the file, every key has its place there, its faults are told like
// those of the file.
#include "config/load.h"
#include "config/version.h"
#include "tests/unit/config/loading.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sallyport::config {
namespace {

TEST(CommandLine, WinsOverTheFile) {
    const auto loaded =
        load_text(kGood, {"--workers", "4", "--realm.inside.address=10.99.0.1/16", "--idle=poll",
                          "--log-level", "debug", "--realm.outside.nat", "true", "--hugepages=off",
                          "--memory=1024"});
    ASSERT_TRUE(loaded) << all(loaded.error());
    EXPECT_EQ(loaded->config.workers, 4);
    EXPECT_EQ(loaded->config.realms[0].address.to_string(), "10.99.0.1/16");
    EXPECT_EQ(loaded->config.realms[0].tap, "sp-inside") << "what it does not name stays";
    EXPECT_EQ(loaded->config.idle, Idle::kPoll);
    EXPECT_EQ(loaded->config.log_level, LogLevel::kDebug);
    EXPECT_TRUE(loaded->config.realms[1].nat);
    EXPECT_EQ(loaded->config.hugepages, Hugepages::kOff);
    EXPECT_EQ(loaded->config.memory, 1024U);
}

TEST(CommandLine, MendsAFaultOfTheFile) {
    const auto loaded =
        load_text(replaced(kGood, "workers = 1", "workers = many"), {"--workers=2"});
    ASSERT_TRUE(loaded) << all(loaded.error());
    EXPECT_EQ(loaded->config.workers, 2);
}

TEST(CommandLine, AddsSectionsBehindThoseOfTheFile) {
    const auto loaded =
        load_text(kGood, {"--realm.third.device=net_tap0", "--realm.third.tap=sp-third",
                          "--realm.third.address=10.30.0.1/24", "--route.third.from=third",
                          "--route.third.to=registered"});
    ASSERT_TRUE(loaded) << all(loaded.error());
    ASSERT_EQ(loaded->config.realms.size(), 3U);
    EXPECT_EQ(loaded->config.realms[2].name, "third");
    EXPECT_EQ(loaded->config.routes[2].from, RealmId{2});
}

TEST(CommandLine, IsEnoughWithoutTheDefaultFile) {
    const std::vector<std::string> arguments{"--realm.r.device=net_tap0", "--realm.r.tap=t",
                                             "--realm.r.address=10.30.0.1/24"};
    const auto loaded = load(arguments);
    ASSERT_TRUE(loaded) << all(loaded.error());
    EXPECT_EQ(loaded->config.realms.at(0).name, "r");
}

TEST(CommandLine, SaysWhatIsToBeExplained) {
    const auto plain = load_text(kGood, {"--explain", "-"});
    ASSERT_TRUE(plain) << all(plain.error());
    EXPECT_EQ(plain->mode, Mode::kExplain);
    EXPECT_EQ(plain->explain.file, "-");
    EXPECT_FALSE(plain->explain.realm);
    EXPECT_FALSE(plain->explain.source);
    const auto placed = load_text(kGood, {"--explain=invite.sip", "--explain-realm=outside",
                                          "--explain-source=[2001:db8::9]:5070"});
    ASSERT_TRUE(placed) << all(placed.error());
    EXPECT_EQ(placed->explain.realm, RealmId{1});
    ASSERT_TRUE(placed->explain.source);
    EXPECT_EQ(placed->explain.source->to_string(), "[2001:db8::9]:5070");
    const auto usual = load_text(kGood, {"--explain=x", "--explain-source", "192.0.2.9"});
    ASSERT_TRUE(usual) << all(usual.error());
    EXPECT_EQ(usual->explain.source->to_string(), "192.0.2.9:5060");
}

TEST(CommandLine, NamesTheFaultsOfWhatIsToBeExplained) {
    const auto loaded =
        load_text(kGood, {"--explain=x", "--explain-realm=insde", "--explain-source=phone:1"});
    ASSERT_FALSE(loaded);
    EXPECT_EQ(all(loaded.error()),
              "command line: explain-realm: found 'insde', expected a realm of the configuration: "
              "inside, outside, do name one of them\n"
              "command line: explain-source: found 'phone:1', expected an address and a port, do "
              "write for instance --explain-source=192.0.2.10:5060\n");
}

TEST(CommandLine, HelpAndVersionNeedNoFileAndForgiveFaults) {
    const std::vector<std::string> help{"--nonsense", "--help", "--config=/nowhere"};
    const auto helped = load(help);
    ASSERT_TRUE(helped);
    EXPECT_EQ(helped->mode, Mode::kHelp);
    EXPECT_NE(helped->text.find("--realm.NAME.media-ports FIRST-LAST"), std::string::npos);
    const std::vector<std::string> version_only{"--version"};
    const auto told = load(version_only);
    ASSERT_TRUE(told);
    EXPECT_EQ(told->mode, Mode::kVersion);
    EXPECT_EQ(told->text, "sallyport " + std::string(version()) + "\n");
}

TEST(CommandLine, CheckSaysWhatIsThere) {
    const auto loaded = load_text(kGood, {"--check"});
    ASSERT_TRUE(loaded);
    EXPECT_EQ(loaded->mode, Mode::kCheck);
    EXPECT_NE(loaded->text.find(": good: 2 realms, 1 peer, 2 routes, 0 warnings\n"),
              std::string::npos);
}

TEST(CommandLine, NamesOneFile) {
    const TemporaryFile file(kGood);
    const std::vector<std::string> arguments{"--config=" + file.path(), "--config=/nowhere"};
    const auto loaded = load(arguments);
    ASSERT_FALSE(loaded);
    EXPECT_EQ(all(loaded.error()),
              "command line: config: found a second file, expected the name of one file, do write "
              "--config=FILE once\n");
}

struct BadRow {
    const char* name;
    std::vector<std::string> arguments;
    std::string faults;
};

class BadArguments : public testing::TestWithParam<BadRow> {};

TEST_P(BadArguments, AreAllTold) {
    const auto loaded = load_text(kGood, GetParam().arguments);
    ASSERT_FALSE(loaded);
    EXPECT_EQ(all(loaded.error()), GetParam().faults);
}

INSTANTIATE_TEST_SUITE_P(
    CommandLine, BadArguments,
    testing::Values(
        BadRow{"bare_word",
               {"sallyport.conf"},
               "command line: found 'sallyport.conf', expected options of the form --KEY=VALUE, do "
               "name "
               "a file with --config=FILE; --help lists the options\n"},
        BadRow{"short_form",
               {"-h"},
               "command line: found '-h', expected options of the form --KEY=VALUE, do name a file "
               "with "
               "--config=FILE; --help lists the options\n"},
        BadRow{"bare_dashes",
               {"--"},
               "command line: found '--', expected options of the form --KEY=VALUE, do name a file "
               "with "
               "--config=FILE; --help lists the options\n"},
        BadRow{"unknown",
               {"--wokers=2"},
               "command line: wokers: found an unknown option, expected one that --help lists, do "
               "write --workers\n"},
        BadRow{"abbreviated",
               {"--work=2"},
               "command line: work: found an unknown option, expected one that --help lists, do "
               "remove "
               "it, or name its section: --realm.NAME.KEY=VALUE\n"},
        BadRow{
            "underscore",
            {"--log_level=info"},
            "command line: log_level: found an unknown option, expected one that --help lists, do "
            "write --log-level\n"},
        BadRow{
            "unknown_section",
            {"--relm.inside.nat=true"},
            "command line: found 'relm.inside.nat', expected realm.NAME, peer.NAME, group.NAME or "
            "route.NAME, do write realm.NAME\n"},
        BadRow{
            "unknown_key_of_section",
            {"--realm.inside.adress=10.0.0.1/24"},
            "command line: realm.inside.adress: found an unknown key, expected one of those that "
            "stand in a realm, do write address\n"},
        BadRow{"no_key",
               {"--realm.inside=1"},
               "command line: realm.inside: found no key, expected section and key, do write "
               "--realm.NAME.KEY=VALUE\n"},
        BadRow{"no_value",
               {"--workers"},
               "command line: workers: found no value, expected one, do write --workers=VALUE\n"},
        BadRow{"no_value_before_another",
               {"--workers", "--shards=1"},
               "command line: workers: found no value, expected one, do write --workers=VALUE\n"},
        BadRow{"empty_value",
               {"--realm.inside.tap="},
               "command line: realm.inside.tap: found no value, expected one, do write "
               "--realm.inside.tap=VALUE\n"},
        BadRow{"switch_with_value",
               {"--check=yes"},
               "command line: check: found a value, expected none, do write --check alone\n"},
        BadRow{"twice",
               {"--workers=1", "--workers=1"},
               "command line: workers: found the key a second time, expected once on the command "
               "line, "
               "do remove one of the two\n"},
        BadRow{
            "bad_value",
            {"--workers=0"},
            "command line: workers: found '0', expected a whole number from 1 to 64, do write for "
            "instance 'workers = 1'\n"},
        BadRow{
            "all_at_once",
            {"--workers=0", "x", "--shrads=1", "--realm.inside.nat=maybe"},
            "command line: found 'x', expected options of the form --KEY=VALUE, do name a file "
            "with "
            "--config=FILE; --help lists the options\n"
            "command line: shrads: found an unknown option, expected one that --help lists, do "
            "write --shards\n"
            "command line: workers: found '0', expected a whole number from 1 to 64, do write for "
            "instance 'workers = 1'\n"
            "command line: realm.inside.nat: found 'maybe', expected true or false, do write 'nat "
            "= "
            "true' or false\n"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace sallyport::config
