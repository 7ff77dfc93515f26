// SPDX-License-Identifier: Apache-2.0
#include "b2bua/sip/delta_seconds.h"

#include <charconv>
#include <limits>

namespace sallyport::sip {

std::optional<std::uint32_t> delta_seconds(std::string_view text) noexcept {
    std::uint64_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    const bool digits = !text.empty() && end == text.data() + text.size();
    constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max();
    if (!digits || error == std::errc::invalid_argument) {
        return std::nullopt;
    }
    const bool beyond = error == std::errc::result_out_of_range || seconds > kMost;
    return static_cast<std::uint32_t>(beyond ? kMost : seconds);
}

}  // namespace sallyport::sip
