// SPDX-License-Identifier: Apache-2.0
// Prometheus' own judgement: `promtool check metrics` says nothing about what a scrape returns,
// the exposer's own metrics included.
#include "metrics/exporter.h"
#include "tests/unit/metrics/full_exposition.h"
#include "tests/unit/metrics/http_get.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

namespace sallyport::metrics {
namespace {

/// What promtool says and its exit status.
std::string judged_by_promtool(const std::string& exposition) {
    const std::string path = testing::TempDir() + "sallyport.metrics." + std::to_string(::getpid());
    std::ofstream(path) << exposition;
    std::string said;
    std::FILE* tool = ::popen(("promtool check metrics < " + path + " 2>&1").c_str(), "r");
    for (int c = 0; tool != nullptr && (c = std::fgetc(tool)) != EOF;) {
        said += static_cast<char>(c);
    }
    said += "exit " + std::to_string(tool == nullptr ? -1 : ::pclose(tool));
    (void)std::remove(path.c_str());
    return said;
}

TEST(Promtool, FindsNothingToSay) {
    if (std::system("command -v promtool > /dev/null") != 0) {
        GTEST_SKIP() << "promtool is not installed (package prometheus)";
    }
    auto exporter =
        Exporter::start({IpAddr::v4(0x7f000001), Port{0}}, {[] { return full_exposition(2); }});
    ASSERT_TRUE(exporter) << exporter.error();
    (void)http_get(exporter.value()->port(), "/metrics");  // so that the exposer has own figures
    const std::string answer = http_get(exporter.value()->port(), "/metrics");
    const std::size_t body = answer.find("\r\n\r\n");
    ASSERT_NE(body, std::string::npos);
    ASSERT_EQ(answer.find("chunked"), std::string::npos);
    EXPECT_EQ(judged_by_promtool(answer.substr(body + 4)), "exit 0");
}

}  // namespace
}  // namespace sallyport::metrics
