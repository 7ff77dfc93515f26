// SPDX-License-Identifier: Apache-2.0
// The metric families of families.def and the set of them that one scrape fills. Built and read on
// the scraping thread; no state between scrapes.
#pragma once

#include <prometheus/metric_family.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace sallyport::metrics {

enum class Family : std::uint8_t {
#define FAMILY(id, type, name, labels, help) id,
#include "metrics/families.def"
#undef FAMILY
    kCount,
};
inline constexpr std::size_t kFamilies = static_cast<std::size_t>(Family::kCount);

struct FamilyText {
    std::string_view name;
    std::string_view labels;  // names, separated by commas
    std::string_view help;
    prometheus::MetricType type;
};
[[nodiscard]] const FamilyText& text_of(Family family) noexcept;

/// The owners' lists of counters that series.def names.
enum class List : std::uint8_t { call, transaction, registration, dataplane };

/// Where a counter of a list is shown. Nothing: in the list's general family, under its own name.
struct Series {
    Family family;
    std::string_view label;
};
[[nodiscard]] std::optional<Series> series_of(List list, std::string_view counter) noexcept;

/// Every row of series.def, for the tests.
struct SeriesRow {
    List list;
    std::string_view counter;
    Series series;
};
[[nodiscard]] std::span<const SeriesRow> series_rows() noexcept;

/// What one collector answers to one scrape: families in the order of families.def, only those that
/// got a series.
class Exposition {
public:
    /// labels: one value per label name of the family, in its order.
    void add(Family family, std::initializer_list<std::string_view> labels, double value);
    void add(Family family, std::initializer_list<std::string_view> labels, std::uint64_t value) {
        add(family, labels, static_cast<double>(value));
    }
    /// A counter of an owner's list, by series.def.
    void add_counter(List list, std::string_view counter, std::uint64_t value);
    void add(Family family, const prometheus::ClientMetric::Histogram& histogram);

    [[nodiscard]] std::vector<prometheus::MetricFamily> take();

private:
    prometheus::ClientMetric& series(Family family, std::initializer_list<std::string_view> labels);

    std::array<std::vector<prometheus::ClientMetric>, kFamilies> series_;
};

}  // namespace sallyport::metrics
