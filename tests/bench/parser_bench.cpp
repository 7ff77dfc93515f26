// SPDX-License-Identifier: Apache-2.0
// The SIP parser beside libosip2, sofia-sip and libre on the messages of RFC 3665. One iteration
// parses every message with its mandatory headers typed; the time per item is the time per message.
// What one of the four refuses none of them gets. Messages are read from
// $SALLYPORT_MATERIAL/rfc3665, by default ../shared/material beside the source tree.
#include "b2bua/sip/message.h"
#include "b2bua/sip/patch.h"
#include "tests/bench/peers/peers.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace sallyport::bench {
namespace {

using Texts = std::vector<std::string>;
using Parse = bool (*)(const std::string&);

bool parse_ours(const std::string& text) {
    static sip::Message message;
    return message.parse(text).ok();
}

Texts read_messages() {
    const char* const set = std::getenv("SALLYPORT_MATERIAL");
    const std::filesystem::path root =
        std::filesystem::path(set != nullptr ? set : SALLYPORT_SOURCE_DIR "/../shared/material") /
        "rfc3665";
    Texts texts;
    std::error_code missing;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root, missing)) {
        if (entry.path().extension() == ".sip") {
            std::ifstream file(entry.path(), std::ios::binary);
            texts.emplace_back(std::istreambuf_iterator<char>(file),
                               std::istreambuf_iterator<char>());
        }
    }
    std::sort(texts.begin(), texts.end());
    return texts;
}

/// Those that all four take.
Texts common_messages() {
    Texts texts = read_messages();
    const std::size_t read = texts.size();
    std::erase_if(texts, [](const std::string& text) {
        return !parse_ours(text) || !parse_osip(text) || !parse_sofia(text) || !parse_libre(text);
    });
    std::fprintf(stderr, "RFC 3665: %zu messages read, %zu taken by all four parsers\n", read,
                 texts.size());
    return texts;
}

const Texts& messages() {
    static const Texts texts = common_messages();
    return texts;
}

void count(benchmark::State& state) {
    std::size_t octets = 0;
    for (const std::string& text : messages()) {
        octets += text.size();
    }
    const auto rounds = state.iterations();
    const auto parsed = rounds * static_cast<std::int64_t>(messages().size());
    state.SetItemsProcessed(parsed);
    state.SetBytesProcessed(rounds * static_cast<std::int64_t>(octets));
    state.counters["per_message"] = benchmark::Counter(
        static_cast<double>(parsed), benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void parser(benchmark::State& state, Parse parse) {
    if (messages().empty()) {
        state.SkipWithError("no RFC 3665 messages: set SALLYPORT_MATERIAL");
        return;
    }
    for (auto _ : state) {
        for (const std::string& text : messages()) {
            benchmark::DoNotOptimize(parse(text));
        }
    }
    count(state);
}
BENCHMARK_CAPTURE(parser, sallyport, parse_ours)->MinTime(1.0);
BENCHMARK_CAPTURE(parser, osip2, parse_osip)->MinTime(1.0);
BENCHMARK_CAPTURE(parser, sofia_sip, parse_sofia)->MinTime(1.0);
BENCHMARK_CAPTURE(parser, libre, parse_libre)->MinTime(1.0);

/// Parsing and sending on with the edits of a leg crossing: new Via for the old ones, Max-Forwards,
/// URI, tags, Call-ID.
void parse_edit_encode(benchmark::State& state) {
    if (messages().empty()) {
        state.SkipWithError("no RFC 3665 messages: set SALLYPORT_MATERIAL");
        return;
    }
    static sip::Message message;
    std::vector<char> out(65536);
    for (auto _ : state) {
        for (const std::string& text : messages()) {
            if (!message.parse(text)) {
                continue;
            }
            sip::Patch patch(message);
            for (const sip::HeaderField& field : message.headers()) {
                if (field.id == sip::HeaderId::kVia) {
                    patch.remove(field);
                }
            }
            patch.prepend("Via",
                          "SIP/2.0/UDP 198.51.100.1:5060;branch=z9hG4bK0123456789abcdef;rport");
            patch.replace(message.from().tag, "0123456789abcdef");
            patch.replace(message.call_id(), "0123456789abcdef0123456789abcdef");
            if (const auto* const hops = message.find(sip::HeaderId::kMaxForwards)) {
                patch.set_value(*hops, "69");
            }
            if (message.is_request()) {
                patch.set_request_uri("sip:bob@198.51.100.2:5060");
            }
            benchmark::DoNotOptimize(patch.encode(out).ok());
        }
    }
    count(state);
}
BENCHMARK(parse_edit_encode)->MinTime(1.0);

}  // namespace
}  // namespace sallyport::bench

BENCHMARK_MAIN();
