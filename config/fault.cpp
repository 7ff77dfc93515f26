// SPDX-License-Identifier: Apache-2.0
// Wording and order of configuration faults.
#include "config/fault.h"

#include <algorithm>
#include <utility>

namespace sallyport::config {

std::string to_string(const Fault& fault) {
    return fault.where + ": " + (fault.key.empty() ? "" : fault.key + ": ") + fault.text;
}

std::string to_string(Place place, std::string_view file) {
    if (place == kCommandLine) {
        return "command line";
    }
    std::string text(file);
    if (place != kWholeFile) {
        text += ':' + std::to_string(place.line);
    }
    return text;
}

std::string in_quotes(std::string_view text) {
    constexpr std::size_t kLongest = 60;
    constexpr char kDigits[] = "0123456789abcdef";
    std::string out = "'";
    for (const char c : text.substr(0, kLongest)) {
        const auto octet = static_cast<unsigned char>(c);
        if (octet >= 0x20 && octet < 0x7f) {
            out += c;
        } else {
            out += "\\x";
            out += kDigits[octet >> 4];
            out += kDigits[octet & 0xf];
        }
    }
    out += text.size() > kLongest ? "...'" : "'";
    return out;
}

std::string sentence(std::string_view found, std::string_view expected, std::string_view cure) {
    std::string out = "found ";
    out.append(found).append(", expected ").append(expected).append(", do ").append(cure);
    return out;
}

void Faults::add(Place place, std::string key, std::string text) {
    faults_.push_back({place, std::move(key), std::move(text)});
}

std::vector<Fault> Faults::in_order(std::string_view file) const {
    std::vector<Placed> placed = faults_;
    std::stable_sort(placed.begin(), placed.end(),
                     [](const Placed& a, const Placed& b) { return a.place < b.place; });
    std::vector<Fault> out;
    out.reserve(placed.size());
    for (Placed& fault : placed) {
        out.push_back({to_string(fault.place, file), std::move(fault.key), std::move(fault.text)});
    }
    return out;
}

}  // namespace sallyport::config
