// SPDX-License-Identifier: Apache-2.0
#include "b2bua/explain/message_lines.h"

#include <algorithm>
#include <array>
#include <utility>

namespace sallyport::explain {
namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

/// A header line with its folds as single spaces.
std::string unfolded(std::string_view line) {
    std::string out;
    bool fold = false;
    for (const char c : line) {
        const bool end = c == '\r' || c == '\n';
        if (!end && (!fold || (c != ' ' && c != '\t'))) {
            out.append(fold ? " " : "").push_back(c);
            fold = false;
        }
        fold = fold || end;
    }
    return out;
}

Line header_line(const sip::Message& message, const sip::HeaderField& field) {
    const std::string_view octets = message.octets();
    const std::string_view name = message.name(field);
    const std::string_view known = sip::long_name(field.id);
    return {Part::kHeader, field.id, lower(known.empty() ? name : known),
            printable(unfolded(octets.substr(field.line, field.next_line - field.line)))};
}

/// "a=rtpmap:0 PCMU/8000" is of kind "a=rtpmap:", "m=audio 4000 ..." of kind "m=".
std::string body_key(std::string_view line) {
    if (line.size() < 2 || line[1] != '=') {
        return {};
    }
    return lower(line.starts_with("a=") ? line.substr(0, line.find(':')) : line.substr(0, 2));
}

void add_body(std::vector<Line>& lines, std::string_view body) {
    while (!body.empty()) {
        const std::size_t end = body.find('\n');
        std::string_view line = body.substr(0, end);
        body = end == std::string_view::npos ? std::string_view{} : body.substr(end + 1);
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        lines.push_back({Part::kBody, {}, body_key(line), printable(line)});
    }
}

/// What it is worth to set the two beside each other; 0: they have nothing to do with each other.
int likeness(const Line& a, const Line& b) {
    constexpr int kSame = 5, kKind = 2;
    if (a.part != b.part || a.key != b.key) {
        return 0;
    }
    return a.text == b.text ? kSame : a.part == Part::kBody && a.key.empty() ? 0 : kKind;
}

/// Longest common subsequence, by likeness. Best sums of the two rests, row by row.
class Alignment {
public:
    Alignment(std::span<const Line> before, std::span<const Line> after)
        : before_(before),
          after_(after),
          width_(after.size() + 1),
          best_((before.size() + 1) * width_, 0) {
        for (std::size_t i = before.size(); i-- > 0;) {
            for (std::size_t j = after.size(); j-- > 0;) {
                at(i, j) = std::max({at(i + 1, j), at(i, j + 1), paired(i, j)});
            }
        }
    }

    std::vector<Pair> walk() {
        std::vector<Pair> pairs;
        std::size_t i = 0, j = 0;
        while (i < before_.size() || j < after_.size()) {
            const bool both = i < before_.size() && j < after_.size();
            if (both && at(i, j) == paired(i, j) && likeness(before_[i], after_[j]) > 0) {
                pairs.push_back({i++, j++});
            } else if (j == after_.size() || (both && at(i, j) == at(i + 1, j))) {
                pairs.push_back({i++, std::nullopt});
            } else {
                pairs.push_back({std::nullopt, j++});
            }
        }
        return pairs;
    }

private:
    int& at(std::size_t i, std::size_t j) { return best_[i * width_ + j]; }
    int paired(std::size_t i, std::size_t j) {
        return at(i + 1, j + 1) + likeness(before_[i], after_[j]);
    }

    std::span<const Line> before_;
    std::span<const Line> after_;
    std::size_t width_;
    std::vector<int> best_;
};

/// Far more than a message of sane lines has; beyond it the comparison would take too long.
constexpr std::size_t kMostCells = 4'000'000;

}  // namespace

std::string printable(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string out;
    bool c1 = false;  // behind the first octet of U+0080 .. U+00BF
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        const bool control = octet < 0x20 || octet == 0x7f || (c1 && octet >= 0x80 && octet < 0xa0);
        c1 = octet == 0xc2;
        if (c == '\t') {
            out.push_back(' ');
        } else if (control) {
            out.append("\\x").push_back(kDigits[octet >> 4]);
            out.push_back(kDigits[octet & 15]);
        } else {
            out.push_back(c);
        }
    }
    return out;
}

std::vector<Line> lines_of(const sip::Message& message) {
    std::vector<Line> lines;
    const std::string_view start = message.octets().substr(0, message.first_header_offset());
    lines.push_back({Part::kStart, {}, {}, printable(unfolded(start))});
    for (const sip::HeaderField& field : message.headers()) {
        lines.push_back(header_line(message, field));
    }
    if (!message.body().empty()) {
        lines.push_back({Part::kEmpty, {}, {}, {}});
        add_body(lines, message.body());
    }
    return lines;
}

std::vector<Pair> align(std::span<const Line> before, std::span<const Line> after) {
    if ((before.size() + 1) * (after.size() + 1) <= kMostCells) {
        return Alignment(before, after).walk();
    }
    std::vector<Pair> pairs;
    for (std::size_t i = 0; i < std::max(before.size(), after.size()); ++i) {
        pairs.push_back({i < before.size() ? std::optional(i) : std::nullopt,
                         i < after.size() ? std::optional(i) : std::nullopt});
    }
    return pairs;
}

}  // namespace sallyport::explain
