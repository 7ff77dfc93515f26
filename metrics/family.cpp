// SPDX-License-Identifier: Apache-2.0
// Expands families.def and series.def.
#include "metrics/family.h"

#include <algorithm>
#include <cassert>
#include <string>
#include <utility>

namespace sallyport::metrics {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricType;

constexpr std::array<FamilyText, kFamilies> kTexts{{
#define FAMILY(id, type, name, labels, help) {name, labels, help, MetricType::type},
#include "metrics/families.def"
#undef FAMILY
}};

constexpr SeriesRow kSeries[] = {
#define SERIES(list, counter, family, label) {List::list, #counter, {Family::family, label}},
#include "metrics/series.def"
#undef SERIES
};

Family general_family(List list) noexcept {
    switch (list) {
        case List::call:
            return Family::kSignallingEvents;
        case List::transaction:
            return Family::kTransactionEvents;
        case List::registration:
            return Family::kRegisters;
        case List::dataplane:
            break;
    }
    return Family::kDataplaneEvents;
}

}  // namespace

const FamilyText& text_of(Family family) noexcept {
    return kTexts[static_cast<std::size_t>(family)];
}

std::optional<Series> series_of(List list, std::string_view counter) noexcept {
    const auto* row =
        std::find_if(std::begin(kSeries), std::end(kSeries), [&](const SeriesRow& candidate) {
            return candidate.list == list && candidate.counter == counter;
        });
    return row == std::end(kSeries) ? std::nullopt : std::optional(row->series);
}

std::span<const SeriesRow> series_rows() noexcept {
    return kSeries;
}

ClientMetric& Exposition::series(Family family, std::initializer_list<std::string_view> labels) {
    ClientMetric metric;
    std::string_view names = text_of(family).labels;
    for (const std::string_view value : labels) {
        assert(!names.empty());
        const std::size_t comma = std::min(names.find(','), names.size());
        metric.label.push_back({std::string(names.substr(0, comma)), std::string(value)});
        names.remove_prefix(std::min(comma + 1, names.size()));
    }
    assert(names.empty());
    return series_[static_cast<std::size_t>(family)].emplace_back(std::move(metric));
}

void Exposition::add(Family family, std::initializer_list<std::string_view> labels, double value) {
    ClientMetric& metric = series(family, labels);
    if (text_of(family).type == MetricType::Counter) {
        metric.counter.value = value;
    } else {
        metric.gauge.value = value;
    }
}

void Exposition::add_counter(List list, std::string_view counter, std::uint64_t value) {
    const Series shown = series_of(list, counter).value_or(Series{general_family(list), counter});
    if (text_of(shown.family).labels.empty()) {
        add(shown.family, {}, value);
    } else {
        add(shown.family, {shown.label}, value);
    }
}

void Exposition::add(Family family, const ClientMetric::Histogram& histogram) {
    series(family, {}).histogram = histogram;
}

std::vector<prometheus::MetricFamily> Exposition::take() {
    std::vector<prometheus::MetricFamily> out;
    for (std::size_t i = 0; i < kFamilies; ++i) {
        if (series_[i].empty()) {
            continue;
        }
        prometheus::MetricFamily& family = out.emplace_back();
        family.name = kTexts[i].name;
        family.help = kTexts[i].help;
        family.type = kTexts[i].type;
        family.metric = std::move(series_[i]);
    }
    return out;
}

}  // namespace sallyport::metrics
