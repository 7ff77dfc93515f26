// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/b2bua/transport/resolver/locate_bed.h"

#include "tests/unit/b2bua/seeded_random.h"

#include <deque>

namespace sallyport::resolver {

Reach usual_reach() {
    return {{Transport::kUdp, Transport::kTcp, Transport::kTls}, {Family::kIpv4}, false, {}};
}

std::string words(const std::vector<Target>& targets) {
    constexpr const char* kNames[] = {"udp", "tcp", "tls", "ws", "wss"};
    std::string text;
    for (const Target& target : targets) {
        text += text.empty() ? "" : ", ";
        text += kNames[static_cast<std::size_t>(target.transport)];
        text += " " + target.remote.to_string();
    }
    return text;
}

std::string words(Fault fault) {
    constexpr const char* kNames[] = {"bad URI",   "bad host",      "no transport", "not secure",
                                      "no family", "not available", "no server",    "DNS failed"};
    return kNames[static_cast<std::size_t>(fault)];
}

Located locate(std::string_view uri, const Reach& reach, std::string_view zone, Counters& counters,
               AnswerOrder order) {
    const auto to = Destination::of(sip::Uri::parse(uri).value());
    if (!to) {
        return {words(to.error()), {}, {}};
    }
    SeededRandom random(1);
    Locate search(*to, reach, random, counters);
    const Zone dns(zone);
    Located located;
    std::deque<Question> open;
    for (;;) {
        for (const Question& question : search.take_questions()) {
            open.push_back(question);
            located.asked.push_back(question);
        }
        if (open.empty()) {
            break;
        }
        const bool first = order == AnswerOrder::kFirstAsked;
        const Question question = first ? open.front() : open.back();
        first ? open.pop_front() : open.pop_back();
        search.answer(question, dns(question));
    }
    located.targets = !search.done()             ? "never done"
                      : search.targets().empty() ? words(search.fault())
                                                 : words(search.targets());
    for (const Target& target : search.targets()) {
        located.tls_names.push_back(target.tls_name);
    }
    return located;
}

}  // namespace sallyport::resolver
