// SPDX-License-Identifier: Apache-2.0
// The exporter on loopback: what a scrape gets, what it says when it cannot listen, many scrapes at
// once, a clean end.
#include "metrics/exporter.h"

#include "tests/unit/metrics/full_exposition.h"
#include "tests/unit/metrics/http_get.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace sallyport::metrics {
namespace {

constexpr Endpoint kAnyPort{IpAddr::v4(0x7f000001), Port{0}};

TEST(Exporter, ServesAllCollectorsAtMetrics) {
    auto exporter = Exporter::start(
        kAnyPort, {[] { return build_families("9.9"); },
                   [] { return dataplane_families(two_realms(), full_dataplane()); }});
    ASSERT_TRUE(exporter) << exporter.error();
    const std::string answer = http_get(exporter.value()->port(), "/metrics");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200")) << answer.substr(0, 100);
    EXPECT_NE(answer.find("\nsallyport_build_info{version=\"9.9\"} 1"), std::string::npos);
    EXPECT_NE(answer.find("\n# TYPE sallyport_relays gauge\nsallyport_relays 2\n"),
              std::string::npos);
}

TEST(Exporter, AsksCollectorsAtEveryScrape) {
    std::atomic<std::uint64_t> calls{0};
    auto exporter = Exporter::start(kAnyPort, {[&] {
                                        SignallingSnapshot snapshot;
                                        snapshot.calls = ++calls;
                                        return signalling_families({}, snapshot);
                                    }});
    ASSERT_TRUE(exporter) << exporter.error();
    for (const char* expected : {"\nsallyport_calls 1\n", "\nsallyport_calls 2\n"}) {
        EXPECT_NE(http_get(exporter.value()->port(), "/metrics").find(expected), std::string::npos);
    }
}

TEST(Exporter, OtherPathsAreNotFound) {
    auto exporter = Exporter::start(kAnyPort, {});
    ASSERT_TRUE(exporter);
    EXPECT_TRUE(http_get(exporter.value()->port(), "/").starts_with("HTTP/1.1 404"));
}

TEST(Exporter, ScrapesAtTheSameTimeEachGetAnAnswer) {
    auto exporter = Exporter::start(kAnyPort, {[] { return full_exposition(); }});
    ASSERT_TRUE(exporter);
    const Port port = exporter.value()->port();
    std::atomic<int> good{0};
    std::vector<std::thread> scrapers;
    for (int i = 0; i < 8; ++i) {
        scrapers.emplace_back([&] {
            good += http_get(port, "/metrics").find("sallyport_build_info") != std::string::npos;
        });
    }
    for (std::thread& scraper : scrapers) {
        scraper.join();
    }
    EXPECT_EQ(good, 8);
}

TEST(Exporter, SaysThatTheAddressIsTaken) {
    auto first = Exporter::start(kAnyPort, {});
    ASSERT_TRUE(first);
    const Endpoint same{kAnyPort.ip, first.value()->port()};
    auto second = Exporter::start(same, {});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error(), "metrics: cannot listen on " + same.to_string() +
                                  ": another program does; stop it or choose another port for the "
                                  "option metrics");
}

TEST(Exporter, SaysThatTheAddressIsNotOurs) {
    const Endpoint documentation{IpAddr::v4(0xc0000201), Port{9464}};  // RFC 5737: nobody's
    auto exporter = Exporter::start(documentation, {});
    ASSERT_FALSE(exporter);
    EXPECT_EQ(
        exporter.error(),
        "metrics: cannot listen on 192.0.2.1:9464: this host does not have the address; set the "
        "option metrics to one it has");
}

TEST(Exporter, FreesItsPortWhenItEnds) {
    auto first = Exporter::start(kAnyPort, {});
    ASSERT_TRUE(first);
    const Endpoint same{kAnyPort.ip, first.value()->port()};
    first.value().reset();
    EXPECT_TRUE(Exporter::start(same, {}));
}

TEST(Exporter, SaysThatItSpeaksVersion4Only) {
    auto exporter = Exporter::start({*IpAddr::parse("::1"), Port{9464}}, {});
    ASSERT_FALSE(exporter);
    EXPECT_NE(exporter.error().find("IPv4 only"), std::string::npos);
}

TEST(Exporter, EndsWithoutWaiting) {
    auto exporter = Exporter::start(kAnyPort, {});
    ASSERT_TRUE(exporter);
    (void)http_get(exporter.value()->port(), "/metrics");
    const auto start = std::chrono::steady_clock::now();
    exporter.value().reset();
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
}

}  // namespace
}  // namespace sallyport::metrics
