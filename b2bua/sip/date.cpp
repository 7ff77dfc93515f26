// SPDX-License-Identifier: Apache-2.0
#include "b2bua/sip/date.h"

#include <array>
#include <chrono>
#include <string_view>

namespace sallyport::sip {
namespace {

constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

void two_digits(std::string& text, unsigned value) {
    text.push_back(static_cast<char>('0' + value / 10 % 10));
    text.push_back(static_cast<char>('0' + value % 10));
}

}  // namespace

std::string sip_date(std::int64_t unix_seconds) {
    const std::chrono::sys_seconds moment{std::chrono::seconds{unix_seconds}};
    const auto day = std::chrono::floor<std::chrono::days>(moment);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{moment - day};
    std::string text(kDays[std::chrono::weekday{day}.c_encoding()]);
    text.append(", ");
    two_digits(text, static_cast<unsigned>(date.day()));
    text.append(" ").append(kMonths[static_cast<unsigned>(date.month()) - 1]).append(" ");
    text.append(std::to_string(static_cast<int>(date.year()))).append(" ");
    two_digits(text, static_cast<unsigned>(time.hours().count()));
    text.append(":");
    two_digits(text, static_cast<unsigned>(time.minutes().count()));
    text.append(":");
    two_digits(text, static_cast<unsigned>(time.seconds().count()));
    return text.append(" GMT");
}

}  // namespace sallyport::sip
