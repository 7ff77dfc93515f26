// SPDX-License-Identifier: Apache-2.0
// Fuzz target of sdp-rewrite/: whatever parses is rewritten, and the result has to parse again,
// point at us, differ from the source in the tokens of the table only (B2BUA-F1), stay the same
// when rewritten twice, and be the source when nothing is anchored.
#include "sdp-rewrite/answer.h"
#include "sdp-rewrite/rewrite.h"
#include "tests/fuzz/property.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace sallyport;
using namespace sallyport::sdp;
using Anchors = std::vector<std::optional<Anchor>>;
constexpr Anchoring kAnchoring{.plain_udp = true};

/// What is done with a description: the text's length decides.
struct Plan {
    IpAddr ours;
    Anchors anchors;
    std::bitset<kMaxSections> rejected;

    [[nodiscard]] Rewrite rewrite(const Origin* dialog = nullptr) const {
        return {ours, anchors, dialog, rejected};
    }
};

using fuzz::require;

std::optional<std::string> rewritten(std::string_view text, const Rewrite& plan) {
    const auto session = Session::parse(text, kAnchoring);
    if (!session) {
        return std::nullopt;
    }
    std::vector<char> out(text.size() + kMaxGrowth);
    const auto result = rewrite(*session, plan, out);
    return result ? std::optional<std::string>(*result) : std::nullopt;
}

/// Some sections get ports in order, some odd RTCP ports, some none, some are rejected.
Plan plan_for(const Session& session) {
    Plan plan;
    std::size_t dice = session.text().size();
    plan.ours = dice % 2 == 0 ? IpAddr::v4(0xcb007109) : *IpAddr::parse("2001:db8:9::1");
    for (const MediaSection& section : session.sections()) {
        const auto rtp = static_cast<std::uint16_t>(20000 + 4 * plan.anchors.size());
        const auto rtcp = static_cast<std::uint16_t>(rtp + 1 + dice % 3);
        plan.rejected[plan.anchors.size()] = dice % 7 == 0;
        const bool relayed = section.live() && dice++ % 5 != 0;
        plan.anchors.push_back(relayed ? std::optional(Anchor{{rtp}, {rtcp}}) : std::nullopt);
    }
    return plan;
}

/// The lines of which the table names a token; an attribute by its name, in any case.
bool may_change(std::string_view line) {
    static constexpr std::array<std::string_view, 15> kAttributes{"rtcp",
                                                                  "candidate",
                                                                  "remote-candidates",
                                                                  "ice-ufrag",
                                                                  "ice-pwd",
                                                                  "ice-lite",
                                                                  "ice-options",
                                                                  "ice-mismatch",
                                                                  "ice-pacing",
                                                                  "end-of-candidates",
                                                                  "bundle-only",
                                                                  "source-filter",
                                                                  "altc",
                                                                  "ccap",
                                                                  "group"};
    if (line.size() < 2 || line[0] == 'o' || line[0] == 'c' || line[0] == 'm') {
        return true;  // empty lines may end the text
    }
    std::string name(line.substr(2, line.find_first_of(":\r\n", 2) - 2));
    name.erase(0, std::min(name.find_first_not_of(" \t"), name.size()));
    name.erase(name.find_last_not_of(" \t") + 1);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
        return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    });
    const bool inserted = name == "inactive";  // E11, towards IPv6
    return line[0] == 'a' && (inserted || std::find(kAttributes.begin(), kAttributes.end(), name) !=
                                              kAttributes.end());
}

/// Without line ends: a line of ours below a last line without one gives it one.
std::vector<std::string_view> fixed_lines(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t length = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, length);
        text.remove_prefix(std::min(length + 1, text.size()));
        line.remove_suffix(line.ends_with('\r') ? 1 : 0);
        if (!may_change(line)) {
            lines.push_back(line);
        }
    }
    return lines;
}

void check_section(const MediaSection& section, const Plan& plan, std::size_t i) {
    if (plan.rejected[i]) {
        require(section.port.value == 0, "what is rejected has port 0");
    } else if (!plan.anchors[i]) {
        require(!section.anchored || section.port.value == 0, "no anchor, no live stream");
    } else {
        const IpAddr& address = section.address;
        require(section.port == plan.anchors[i]->rtp, "the port is ours");
        require(address == plan.ours || address.is_unspecified(), "the address is ours");
        require(!section.rtp || section.rtcp_endpoint(false).port == plan.anchors[i]->rtcp,
                "the RTCP port is ours");
    }
}

void check_result(std::string_view source, const std::string& text, const Plan& plan) {
    require(fixed_lines(text) == fixed_lines(source), "only named tokens change");
    if (text.size() > kMaxText) {
        return;  // grown beyond what the parser takes
    }
    const auto session = Session::parse(text, kAnchoring);
    require(session.ok(), "the result parses");
    require(session->sections().size() == plan.anchors.size(), "no m= line comes or goes");
    for (std::size_t i = 0; i < plan.anchors.size(); ++i) {
        check_section(session->sections()[i], plan, i);
    }
    require(rewritten(text, plan.rewrite()) == text, "rewriting again changes nothing");
}

void check_rewriting(const Session& session) {
    const Plan plan = plan_for(session);
    const auto once = rewritten(session.text(), plan.rewrite());
    if (!once) {
        return;
    }
    check_result(session.text(), *once, plan);
    if (!session.any_anchored() && !plan.anchors.empty() && plan.rejected.none()) {
        require(*once == session.text(), "nothing anchored, nothing changed");
    }
    Origin dialog;
    dialog.sent(*once);
    const auto same = rewritten(session.text(), plan.rewrite(&dialog));
    require(same == once, "the same SDP repeats its version");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const auto session = Session::parse(text, kAnchoring);
    if (!session) {
        require(session.error().offset <= size, "the fault lies in the text");
        return 0;
    }
    check_rewriting(*session);
    if (const auto hidden = rewritten(text, {IpAddr::v4(0xcb007109), {}})) {
        require(fixed_lines(*hidden) == fixed_lines(text), "hiding changes named tokens only");
    }
    std::vector<char> out(2 * size + 4096);
    if (const auto rejected = reject_answer(*session, out)) {
        const auto answer = Session::parse(*rejected);
        require(answer && answer->sections().size() == session->sections().size(),
                "a rejection answers every m= line");
        std::vector<char> same(out.size());
        require(pad_answer(*session, *answer, same).ok(), "a whole answer needs no padding");
    }
    return 0;
}
