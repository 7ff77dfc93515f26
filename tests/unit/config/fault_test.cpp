// SPDX-License-Identifier: Apache-2.0
// All faults in one run and in the order of the file; one mistake is one fault; warnings do not
// stop anything.
#include "config/fault.h"

#include "tests/unit/config/loading.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sallyport::config {
namespace {

TEST(Faults, AreAllToldInTheOrderOfTheFileThenTheCommandLine) {
    const auto loaded = load_text(
        "workers = 0\n"
        "sharts = 1\n"
        "[realm.inside]\n"
        "device = a b\n"
        "tap = sp-inside-building-7\n"
        "nat = perhaps\n"
        "[route.x]\n"
        "from = outside\n"
        "junk\n",
        {"--memory=1"});
    ASSERT_FALSE(loaded);
    std::vector<std::string> places;
    for (const Fault& fault : loaded.error()) {
        places.push_back(fault.where + " " + fault.key);
    }
    const std::vector<std::string> expected{"FILE:1 workers",
                                            "FILE:2 sharts",
                                            "FILE:3 realm.inside.address",
                                            "FILE:4 realm.inside.device",
                                            "FILE:5 realm.inside.tap",
                                            "FILE:6 realm.inside.nat",
                                            "FILE:7 route.x.to",
                                            "FILE:8 route.x.from",
                                            "FILE:9 ",
                                            "command line memory"};
    EXPECT_EQ(places, expected) << all(loaded.error());
}

TEST(Faults, AnEmptyFileLacksARealm) {
    for (const char* text : {"", "\n", "# only a comment", "workers = 1\n", "\xEF\xBB\xBF"}) {
        const auto loaded = load_text(text);
        ASSERT_FALSE(loaded);
        EXPECT_EQ(
            all(loaded.error()),
            "FILE: realm: found no realm, expected at least one, do add a section [realm.inside] "
            "with device, tap and address\n");
    }
}

TEST(Faults, ABadValueIsNotToldTwice) {
    // Both realms lack a good address and device: no rule that compares them may speak.
    const auto loaded = load_text(
        "[realm.a]\ndevice = x y\ntap = a\naddress = 1\nmedia-ports = 1\nlisten = udp:5060\n"
        "[realm.b]\ndevice = x y\ntap = b\naddress = 1\n[peer.p]\nrealm = a\nuri = sip:1.2.3.4\n");
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().size(), 5U) << all(loaded.error());
}

TEST(Faults, TooManyRealmsAreOneFault) {
    std::string text;
    for (int i = 0; i < 17; ++i) {
        const std::string n = std::to_string(i);
        text += "[realm.r" + n + "]\ndevice=net_tap" + n + "\ntap=t" + n + "\naddress=10." + n +
                ".0.1/24\n[route.r" + n + "]\nfrom=r" + n + "\nto=registered\n";
    }
    const auto loaded = load_text(text);
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().at(0).text,
              "found 17 sections of this kind, expected at most 16, do remove some");
}

TEST(Warnings, NetworksThatOverlap) {
    const auto loaded = load_text(replaced(kGood, "10.20.0.1/24", "10.10.0.9/16"));
    ASSERT_TRUE(loaded) << all(loaded.error());
    EXPECT_EQ(
        all(loaded->warnings),
        "FILE:16: realm.outside.address: found network 10.10.0.9/16, expected one that does not "
        "overlap 10.10.0.1/24 of realm inside, do check the lengths; the kernel takes one of the "
        "taps for both\n");
}

TEST(Warnings, MoreCallsThanMediaPorts) {
    const auto loaded = load_text(replaced(kGood, "shards  = 1", "max-calls = 6000"));
    ASSERT_TRUE(loaded);
    ASSERT_EQ(loaded->warnings.size(), 2U);
    EXPECT_EQ(
        to_string(loaded->warnings[0]),
        "FILE:10: realm.inside.media-ports: found room for 5000 calls with audio, expected room "
        "for max-calls = 6000, do widen the range or lower max-calls");
}

TEST(Quoted, ShowsEveryOctetAndStaysShort) {
    EXPECT_EQ(in_quotes("a b"), "'a b'");
    EXPECT_EQ(in_quotes(std::string_view("\0\x7f\xff", 3)), "'\\x00\\x7f\\xff'");
    EXPECT_EQ(in_quotes(std::string(61, 'x')), "'" + std::string(60, 'x') + "...'");
    EXPECT_EQ(in_quotes(""), "''");
}

}  // namespace
}  // namespace sallyport::config
