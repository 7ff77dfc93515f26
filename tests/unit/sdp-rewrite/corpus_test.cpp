// SPDX-License-Identifier: Apache-2.0
// Properties over the session descriptions of other people's software and of the RFCs: rewriting
// onto themselves is identity (B2BUA-F1), rewriting twice is rewriting once, and what changes is
// only what the table of B2BUA-F2 names. The samples stay outside of this project: the directory in
// SALLYPORT_MATERIAL, else ../shared/material beside the source; without it the tests are skipped.
#include "tests/unit/sdp-rewrite/sdp_text.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

namespace sallyport::sdp {
namespace {

namespace fs = std::filesystem;

struct Sample {
    std::string name;
    std::string text;
};

fs::path material() {
    const char* const named = std::getenv("SALLYPORT_MATERIAL");
    return named != nullptr ? fs::path(named)
                            : fs::path(SALLYPORT_SOURCE_DIR) / ".." / "shared" / "material";
}

/// Every sample that parses; the faults of the others are counted into refused.
std::vector<Sample> samples(std::size_t& refused) {
    std::vector<Sample> all;
    std::error_code none;
    for (const auto& entry : fs::recursive_directory_iterator(material() / "sdp", none)) {
        if (!entry.is_regular_file() || entry.path().extension() == ".tsv") {
            continue;
        }
        std::ifstream file(entry.path(), std::ios::binary);
        std::string text{std::istreambuf_iterator<char>(file), {}};
        if (Session::parse(text)) {
            all.push_back({entry.path().filename().string(), std::move(text)});
        } else {
            ++refused;
        }
    }
    return all;
}

class Corpus : public testing::Test {
protected:
    void SetUp() override {
        std::size_t refused = 0;
        samples_ = samples(refused);
        if (samples_.empty()) {
            GTEST_SKIP() << "no session descriptions under " << material() / "sdp";
        }
        std::printf("%zu session descriptions, %zu more refused by the parser\n", samples_.size(),
                    refused);
        EXPECT_LT(refused * 2, samples_.size()) << "the parser refuses too much";
    }
    std::vector<Sample> samples_;
};

std::vector<std::optional<Anchor>> anchors_for(const Session& session) {
    std::vector<std::optional<Anchor>> anchors;
    std::uint16_t port = 20000;
    for (const MediaSection& section : session.sections()) {
        const bool relayed = section.anchored && section.port.value != 0 && !section.multicast &&
                             section.port_count == 1;
        anchors.push_back(relayed ? test::pair_at(port) : std::nullopt);
        port = static_cast<std::uint16_t>(port + 2);
    }
    return anchors;
}

TEST_F(Corpus, B2BUA_F1_NothingAnchoredIsIdentity) {
    for (const Sample& sample : samples_) {
        const auto session = Session::parse(sample.text);
        if (!session->any_anchored() && !session->sections().empty()) {
            const std::vector<std::optional<Anchor>> none(session->sections().size());
            EXPECT_EQ(test::rewritten(sample.text, {test::kOurV4, none}), sample.text)
                << sample.name;
        }
    }
}

TEST_F(Corpus, B2BUA_F1_OwnAddressAndPortsAreIdentityAfterTheFirstTime) {
    for (const Sample& sample : samples_) {
        const auto session = Session::parse(sample.text);
        const auto anchors = anchors_for(*session);
        const std::string once = test::rewritten(sample.text, {test::kOurV4, anchors});
        ASSERT_NE(once.find("v=0"), std::string::npos) << sample.name << ": " << once;
        EXPECT_EQ(test::rewritten(once, {test::kOurV4, anchors}), once) << sample.name;
    }
}

/// The lines that the table names; "a=" lines by the attribute's name.
bool may_change(std::string_view line) {
    static const std::set<std::string_view> kAttributes{
        "rtcp",          "candidate",    "remote-candidates",
        "ice-ufrag",     "ice-pwd",      "ice-lite",
        "ice-options",   "ice-mismatch", "end-of-candidates",
        "ice-pacing",    "bundle-only",  "group",
        "source-filter", "altc",         "ccap"};
    if (line.starts_with("o=") || line.starts_with("c=") || line.starts_with("m=")) {
        return true;
    }
    return line.starts_with("a=") &&
           kAttributes.contains(line.substr(2, line.find_first_of(":\r\n", 2) - 2));
}

std::vector<std::string_view> fixed_lines(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t length = std::min(text.find('\n'), text.size() - 1) + 1;
        const std::string_view line = text.substr(0, length);
        text.remove_prefix(length);
        if (!may_change(line)) {
            lines.push_back(line);
        }
    }
    return lines;
}

TEST_F(Corpus, B2BUA_F1_OnlyTheNamedLinesChange) {
    for (const Sample& sample : samples_) {
        const auto session = Session::parse(sample.text);
        const auto anchors = anchors_for(*session);
        const std::string result = test::rewritten(sample.text, {test::kOurV4, anchors});
        EXPECT_EQ(fixed_lines(result), fixed_lines(sample.text)) << sample.name;
    }
}

TEST_F(Corpus, B2BUA_F3_EveryRelayedStreamPointsAtUs) {
    for (const Sample& sample : samples_) {
        const auto session = Session::parse(sample.text);
        const auto anchors = anchors_for(*session);
        const std::string result = test::rewritten(sample.text, {test::kOurV4, anchors});
        const auto after = Session::parse(result);
        ASSERT_TRUE(after) << sample.name << ": " << describe(after.error().fault);
        ASSERT_EQ(after->sections().size(), anchors.size()) << sample.name;
        for (std::size_t i = 0; i < anchors.size(); ++i) {
            const MediaSection& section = after->sections()[i];
            if (anchors[i]) {
                EXPECT_TRUE(section.address == test::kOurV4 || section.address.is_unspecified())
                    << sample.name << " section " << i;
                EXPECT_EQ(section.port, anchors[i]->rtp) << sample.name;
                EXPECT_EQ(section.rtcp_endpoint(false).port, anchors[i]->rtcp) << sample.name;
            } else if (section.anchored) {
                EXPECT_EQ(section.port.value, 0) << sample.name;
            }
        }
    }
}

}  // namespace
}  // namespace sallyport::sdp
