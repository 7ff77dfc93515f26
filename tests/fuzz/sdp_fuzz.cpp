// SPDX-License-Identifier: Apache-2.0
// Fuzz target of sdp-rewrite/: whatever parses is rewritten, and the result has to parse again,
// point at us, stay the same when rewritten twice, and be the source when nothing is anchored.
#include "sdp-rewrite/answer.h"
#include "sdp-rewrite/rewrite.h"

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

void require(bool holds, const char* what) {
    if (!holds) {
        std::fprintf(stderr, "property broken: %s\n", what);
        std::abort();
    }
}

std::optional<std::string> rewritten(std::string_view text, const Rewrite& plan) {
    const auto session = Session::parse(text);
    if (!session) {
        return std::nullopt;
    }
    std::vector<char> out(text.size() + kMaxGrowth);
    const auto result = rewrite(*session, plan, out);
    return result ? std::optional<std::string>(*result) : std::nullopt;
}

/// Some sections get ports in order, some odd RTCP ports, some none: the text's length decides.
Anchors anchors_for(const Session& session) {
    Anchors anchors;
    std::size_t dice = session.text().size();
    for (const MediaSection& section : session.sections()) {
        const auto rtp = static_cast<std::uint16_t>(20000 + 4 * anchors.size());
        const auto rtcp = static_cast<std::uint16_t>(rtp + 1 + dice % 3);
        const bool relayed = section.anchored && section.port.value != 0 && dice++ % 5 != 0;
        anchors.push_back(relayed ? std::optional(Anchor{{rtp}, {rtcp}}) : std::nullopt);
    }
    return anchors;
}

void check_result(const std::string& text, const Anchors& anchors, const IpAddr& ours) {
    if (text.size() > kMaxText) {
        return;  // grown beyond what the parser takes
    }
    const auto session = Session::parse(text);
    require(session.ok(), "the result parses");
    require(session->sections().size() == anchors.size(), "no m= line comes or goes");
    for (std::size_t i = 0; i < anchors.size(); ++i) {
        const MediaSection& section = session->sections()[i];
        if (!anchors[i]) {
            require(!section.anchored || section.port.value == 0, "no anchor, no live stream");
            continue;
        }
        require(section.port == anchors[i]->rtp, "the port is ours");
        require(section.address == ours || section.address.is_unspecified(), "the address is ours");
        require(!section.rtp || section.rtcp_endpoint(false).port == anchors[i]->rtcp,
                "the RTCP port is ours");
    }
}

void check_rewriting(const Session& session, const IpAddr& ours) {
    const Anchors anchors = anchors_for(session);
    const auto once = rewritten(session.text(), {ours, anchors});
    if (!once) {
        return;
    }
    check_result(*once, anchors, ours);
    if (!session.any_anchored() && !anchors.empty()) {
        require(*once == session.text(), "nothing anchored, nothing changed");
    }
    if (once->size() <= kMaxText) {
        const auto twice = rewritten(*once, {ours, anchors});
        require(twice == once, "rewriting again changes nothing");
    }
    Origin dialog;
    dialog.sent(*once);
    const auto same = rewritten(session.text(), {ours, anchors, &dialog});
    require(same == once, "the same SDP repeats its version");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const auto session = Session::parse(text);
    if (!session) {
        require(session.error().offset <= size, "the fault lies in the text");
        return 0;
    }
    const IpAddr ours[] = {IpAddr::v4(0xcb007109), *IpAddr::parse("2001:db8:9::1")};
    check_rewriting(*session, ours[size % 2]);
    rewritten(text, {ours[size % 2], {}});
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
