// SPDX-License-Identifier: Apache-2.0
// Appends text to a caller's buffer; what does not fit is remembered and nothing is written past
// the end. Internal to b2bua/sip: Writer and Patch write through it. Pure; no allocation.
#pragma once

#include "b2bua/sip/scan.h"

#include <charconv>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace sallyport::sip {

class TextSink {
public:
    explicit TextSink(std::span<char> out) noexcept
        : begin_(out.data()), at_(out.data()), end_(out.data() + out.size()) {}

    void put(std::string_view text) noexcept {
        if (text.size() > static_cast<std::size_t>(end_ - at_)) {
            overflow_ = true;
            at_ = end_;
            return;
        }
        if (!text.empty()) {
            std::memcpy(at_, text.data(), text.size());
            at_ += text.size();
        }
    }

    /// Each run of white space that holds a CR or LF becomes one SP (A3); the rest as it is.
    void put_unfolded(std::string_view text) noexcept {
        const char* p = text.data();
        const char* const end = p + text.size();
        for (;;) {
            const char* const stop = scan::find_line_break(p, end);
            if (stop == end) {
                return put(scan::view(p, end));
            }
            const char* blank = stop;
            while (blank != p && scan::is(blank[-1], scan::kLws)) {
                --blank;
            }
            put(scan::view(p, blank));
            put(" ");
            p = scan::skip(stop, end, scan::kLws);
        }
    }

    void put_number(std::uint64_t value) noexcept {
        char digits[20];  // 2^64 - 1 has twenty
        const auto [last, fault] = std::to_chars(digits, digits + sizeof digits, value);
        put(scan::view(digits, last));
    }

    [[nodiscard]] bool overflow() const noexcept { return overflow_; }
    [[nodiscard]] std::string_view written() const noexcept { return scan::view(begin_, at_); }

private:
    char* begin_;
    char* at_;
    char* end_;
    bool overflow_{false};
};

}  // namespace sallyport::sip
