// SPDX-License-Identifier: Apache-2.0
// Names and help texts of drops and counters, and the sum over all threads' cells.
#include "dataplane/counters.h"

namespace sallyport::dataplane {

namespace {

struct Line {
    std::string_view name;
    std::string_view help;
};

constexpr std::array<Line, kDrops> kDropLines{{
#define DROP(name, help) {#name, help},
#include "dataplane/drops.def"
#undef DROP
}};

constexpr std::array<Line, kCounters> kCounterLines{{
#define COUNTER(name, help) {#name, help},
#include "dataplane/counters.def"
#undef COUNTER
}};

}  // namespace

std::string_view name_of(Drop drop) noexcept {
    return kDropLines[static_cast<std::size_t>(drop)].name;
}

std::string_view help_of(Drop drop) noexcept {
    return kDropLines[static_cast<std::size_t>(drop)].help;
}

std::string_view name_of(Counter counter) noexcept {
    return kCounterLines[static_cast<std::size_t>(counter)].name;
}

std::string_view help_of(Counter counter) noexcept {
    return kCounterLines[static_cast<std::size_t>(counter)].help;
}

void CountersSnapshot::add(const CounterBlock& block) noexcept {
    for (std::size_t i = 0; i < kCounters; ++i) {
        counters[i] += block.get(static_cast<Counter>(i));
    }
    for (std::size_t i = 0; i < kDrops; ++i) {
        drops[i] += block.get(static_cast<Drop>(i));
    }
}

}  // namespace sallyport::dataplane
