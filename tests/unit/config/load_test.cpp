// SPDX-License-Identifier: Apache-2.0
// The whole way from arguments to Config: the published example exactly, defaults, odd but legal
// files, unreadable ones.
#include "config/load.h"

#include "tests/unit/config/loading.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <utility>
#include <variant>

namespace sallyport::config {
namespace {

void expect_globals(const Config& c) {
    EXPECT_EQ(c.workers, 1);
    EXPECT_EQ(c.shards, 1);
    EXPECT_EQ(c.metrics.to_string(), "127.0.0.1:9464");
    EXPECT_EQ(c.idle, Idle::kAdaptive);
    EXPECT_EQ(c.log_level, LogLevel::kInfo);
    EXPECT_EQ(c.hugepages, Hugepages::kAuto);
    EXPECT_EQ(c.memory, 512U);
    EXPECT_EQ(c.max_calls, 10000U);
}

void expect_realms(const Config& c) {
    ASSERT_EQ(c.realms.size(), 2U);
    EXPECT_EQ(c.realms[0].name, "inside");
    EXPECT_EQ(c.realms[0].device, "net_af_xdp0,iface=lan0");
    EXPECT_EQ(c.realms[0].tap, "sp-inside");
    EXPECT_EQ(c.realms[0].address.to_string(), "10.10.0.1/24");
    ASSERT_EQ(c.realms[0].listen.size(), 1U);
    EXPECT_EQ(c.realms[0].listen[0].transport, Transport::kUdp);
    EXPECT_EQ(c.realms[0].listen[0].port, Port{5060});
    EXPECT_EQ(c.realms[0].media_ports.first, 20000);
    EXPECT_EQ(c.realms[0].media_ports.last, 29999);
    EXPECT_TRUE(c.realms[0].nat);
    EXPECT_EQ(c.realms[1].name, "outside");
    EXPECT_EQ(c.realms[1].device, "net_af_xdp1,iface=wan0");
    EXPECT_EQ(c.realms[1].tap, "sp-outside");
    EXPECT_EQ(c.realms[1].address.to_string(), "10.20.0.1/24");
    EXPECT_EQ(c.realms[1].media_ports.first, 30000);
    EXPECT_EQ(c.realms[1].media_ports.last, 39999);
    EXPECT_FALSE(c.realms[1].nat);
}

void expect_example(const Config& c) {
    expect_globals(c);
    expect_realms(c);
    ASSERT_EQ(c.peers.size(), 1U);
    EXPECT_EQ(c.peers[0].name, "carrier");
    EXPECT_EQ(c.peers[0].realm, RealmId{1});
    EXPECT_EQ(c.peers[0].uri, "sip:10.20.0.2:5060");
    EXPECT_EQ(c.peers[0].address.to_string(), "10.20.0.2:5060");
    ASSERT_EQ(c.routes.size(), 2U);
    EXPECT_EQ(c.routes[0].name, "out");
    EXPECT_EQ(c.routes[0].from, RealmId{0});
    ASSERT_TRUE(std::holds_alternative<ToPeers>(c.routes[0].to));
    EXPECT_EQ(std::get<ToPeers>(c.routes[0].to).peers, std::vector<std::uint16_t>{0});
    EXPECT_EQ(c.routes[1].name, "in");
    EXPECT_EQ(c.routes[1].from, RealmId{1});
    EXPECT_TRUE(std::holds_alternative<ToRegistered>(c.routes[1].to));
}

TEST(Load, TheExampleExactly) {
    const auto loaded = load_text(kGood);
    ASSERT_TRUE(loaded) << all(loaded.error());
    EXPECT_EQ(loaded->mode, Mode::kRun);
    EXPECT_EQ(loaded->text, "");
    EXPECT_EQ(all(loaded->warnings), "");
    expect_example(loaded->config);
}

TEST(Load, TheInstalledExampleIsTheSame) {
    const std::vector<std::string> arguments{"--config", SALLYPORT_EXAMPLE};
    const auto loaded = load(arguments);
    ASSERT_TRUE(loaded) << all(loaded.error());
    EXPECT_EQ(all(loaded->warnings), "");
    expect_example(loaded->config);
}

TEST(Load, OneRealmIsEnoughAndDefaultsFillTheRest) {
    const auto loaded =
        load_text("[realm.r]\ndevice=0000:01:00.0\ntap=t\naddress=2001:db8::1/64\n");
    ASSERT_TRUE(loaded) << all(loaded.error());
    const Realm& realm = loaded->config.realms.at(0);
    ASSERT_EQ(realm.listen.size(), 1U);
    EXPECT_EQ(realm.listen[0].port, Port{5060});
    EXPECT_EQ(realm.media_ports.first, 20000);
    EXPECT_EQ(realm.media_ports.last, 29999);
    EXPECT_EQ(
        all(loaded->warnings),
        "FILE:1: realm.r: found no route from this realm, expected one, do add a section with "
        "'from = r' unless calls from there shall be refused\n");
}

TEST(Load, SeveralListenPointsAndVersion6Peers) {
    const auto loaded = load_text(
        "[realm.r]\ndevice=d\ntap=t\naddress=2001:db8::1/64\nlisten = udp:5060 , udp:5080\n"
        "[route.x]\nfrom=r\nto=peer.p\n[peer.p]\nrealm=r\nuri=sip:[2001:DB8::2]\n");
    ASSERT_TRUE(loaded) << all(loaded.error());
    EXPECT_EQ(loaded->config.realms[0].listen.size(), 2U);
    EXPECT_EQ(loaded->config.realms[0].listen[1].port, Port{5080});
    EXPECT_EQ(loaded->config.peers[0].address.to_string(), "[2001:db8::2]:5060");
}

TEST(Load, LineEndsMarksAndBlanksDoNotMatter) {
    std::string crlf;
    std::string cr;
    for (const char c : kGood) {
        crlf += c == '\n' ? "\r\n" : std::string(1, c);
        cr += c == '\n' ? '\r' : c;
    }
    const std::string no_last_line_end(kGood.substr(0, kGood.size() - 1));
    const std::string indented =
        "  \t\n\t" + replaced(kGood, "[realm.inside]", "  [ realm.inside ]  # side");
    for (const std::string& text :
         {crlf, cr, "\xEF\xBB\xBF" + std::string(kGood), no_last_line_end, indented}) {
        const auto loaded = load_text(text);
        ASSERT_TRUE(loaded) << all(loaded.error());
        expect_example(loaded->config);
    }
}

TEST(Load, LinesAreCountedAlikeWithEveryLineEnd) {
    for (const char* text : {"\n\nbad = 1\n", "\r\n\r\nbad = 1\r\n", "\r\rbad = 1\r"}) {
        const auto loaded = load_text(text);
        ASSERT_FALSE(loaded);
        EXPECT_EQ(loaded.error().at(0).where, "FILE:3");
    }
}

TEST(Load, AMissingFileIsOneFaultThatNamesIt) {
    const std::vector<std::string> arguments{"--config=/nowhere/at/all.conf"};
    const auto loaded = load(arguments);
    ASSERT_FALSE(loaded);
    EXPECT_EQ(
        all(loaded.error()),
        "/nowhere/at/all.conf: found 'No such file or directory', expected a readable file, do "
        "create it or name another one with --config=FILE\n");
}

TEST(Load, ADirectoryIsNoFile) {
    const std::vector<std::string> arguments{"--config=" + testing::TempDir()};
    const auto loaded = load(arguments);
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().size(), 1U);
    EXPECT_NE(all(loaded.error()).find("'Is a directory'"), std::string::npos);
}

TEST(Load, FaultsOfTheCommandLineAreToldEvenWithoutAFile) {
    const std::vector<std::string> arguments{"--config=/nowhere", "--wrokers=1"};
    const auto loaded = load(arguments);
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().size(), 2U) << all(loaded.error());
}

TEST(Load, TenMegabytesAreRefusedAtOnce) {
    const auto loaded = load_text(std::string(10 * 1024 * 1024, 'x'));
    ASSERT_FALSE(loaded);
    EXPECT_EQ(all(loaded.error()),
              "FILE: found more than 1048576 octets, expected a configuration file, which is far "
              "smaller, do name the right one with --config=FILE\n");
}

TEST(Load, AnEndlessFileIsRefused) {
    const std::vector<std::string> arguments{"--config=/dev/zero"};
    EXPECT_FALSE(load(arguments));
}

TEST(Load, ALargestFileOfJunkLinesIsReadToItsEnd) {
    std::string text;
    while (text.size() + 16 < kGood.size() + 256 * 1024) {
        text += "junk junk junk\n";
    }
    const auto loaded = load_text(text);
    ASSERT_FALSE(loaded);
    EXPECT_GT(loaded.error().size(), 17000U) << "every line is a fault of its own";
}

TEST(Load, BinaryJunkIsOneFault) {
    std::string junk;
    std::uint32_t state = 1;
    for (int i = 0; i < 100000; ++i) {
        state = state * 1664525U + 1013904223U;  // Numerical Recipes' generator: any noise does
        junk += static_cast<char>(state >> 24);
    }
    const auto loaded = load_text("# a comment\n" + std::string(1, '\0') + junk);
    ASSERT_FALSE(loaded);
    ASSERT_EQ(loaded.error().size(), 1U) << all(loaded.error());
    EXPECT_EQ(loaded.error()[0].where, "FILE:2");
    EXPECT_NE(loaded.error()[0].text.find("octets that are no text"), std::string::npos);
}

TEST(Load, NoiseOfEveryKindHarmsNothing) {
    std::uint32_t state = 7;
    const std::string letters = "[]=.#-, \trealmpeuton0123456789\xff";
    for (int round = 0; round < 300; ++round) {
        std::string text(kGood);
        for (int change = 0; change < 20; ++change) {
            state = state * 1664525U + 1013904223U;
            text[(state >> 8) % text.size()] = letters[(state >> 24) % letters.size()];
        }
        const auto loaded = load_text(text);
        if (!loaded) {
            EXPECT_FALSE(loaded.error().empty());
        }
    }
}

TEST(Load, Utf16IsNoText) {
    const auto loaded = load_text(std::string_view("\xff\xfew\0o\0r\0k\0", 10));
    ASSERT_FALSE(loaded);
    EXPECT_NE(all(loaded.error()).find("a text file in UTF-8"), std::string::npos);
}

}  // namespace
}  // namespace sallyport::config
