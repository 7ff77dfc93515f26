// SPDX-License-Identifier: Apache-2.0
// sim [--first SEED] [--worlds N] [--trace [CALL]]: runs worlds from their seeds and says what was
// wrong. With --trace each message of the gateway is shown. The last line is the tally.
#include "tests/sim/world.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

using namespace sallyport::sim;

struct Wish {
    std::uint64_t first{1};
    std::uint64_t worlds{1};
    bool trace{false};
    std::string only;  // " c7 "
};

Wish read(int argc, char** argv) {
    Wish wish;
    for (int i = 1; i < argc; ++i) {
        const bool more = i + 1 < argc;
        if (std::strcmp(argv[i], "--first") == 0 && more) {
            wish.first = std::strtoull(argv[++i], nullptr, 10);
        } else if (std::strcmp(argv[i], "--worlds") == 0 && more) {
            wish.worlds = std::strtoull(argv[++i], nullptr, 10);
        } else if (std::strcmp(argv[i], "--trace") == 0) {
            wish.trace = true;
            if (more && argv[i + 1][0] != '-') {
                wish.only = " c" + std::string(argv[++i]) + " ";
            }
        } else {
            (void)std::fprintf(stderr, "usage: sim [--first SEED] [--worlds N] [--trace [CALL]]\n");
            std::exit(2);
        }
    }
    return wish;
}

}  // namespace

int main(int argc, char** argv) {
    const Wish wish = read(argc, argv);
    Tally tally;
    std::uint64_t findings = 0;
    for (std::uint64_t seed = wish.first; seed < wish.first + wish.worlds; ++seed) {
        World world(seed);
        if (wish.trace) {
            world.trace([&wish](const std::string& line) {
                if (line.find(wish.only) != std::string::npos) {
                    (void)std::printf("%s\n", line.c_str());
                }
            });
        }
        world.run();
        tally += world.tally();
        for (const Finding& finding : world.findings()) {
            ++findings;
            (void)std::printf("seed %lu call %d at %.3f s: %s: %s\n", seed, finding.call,
                              static_cast<double>(finding.at.since_start.count()) / 1000.0,
                              finding.rule.c_str(), finding.text.c_str());
        }
        if (!world.findings().empty() && !wish.trace) {
            (void)std::printf("replay: %s --first %lu --trace %d\n", argv[0], seed,
                              world.findings().front().call);
        }
    }
    (void)std::printf("%s; %lu violations\n", tally.text().c_str(), findings);
    return findings == 0 ? 0 : 1;
}
