// SPDX-License-Identifier: Apache-2.0
#include "b2bua/explain/comparison.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace sallyport::explain {
namespace {

constexpr std::string_view kIndent = "  ";

/// Columns that the text takes: its UTF-8 characters.
std::size_t columns(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    }));
}

/// The first part of the text that fits; the text loses it.
std::string_view take_columns(std::string_view& text, std::size_t width) {
    std::size_t end = 0;
    for (std::size_t taken = 0; end < text.size(); ++end) {
        const bool starts = (static_cast<unsigned char>(text[end]) & 0xc0) != 0x80;
        if (starts && taken++ == width) {
            break;
        }
    }
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(end);
    return part;
}

/// One row of the comparison, with the number of its reason.
struct Row {
    const Line* before{nullptr};
    const Line* after{nullptr};
    std::size_t note{0};  // from 1; 0: nothing changed
    [[nodiscard]] char mark() const {
        return note == 0 ? ' ' : before == nullptr ? '+' : after == nullptr ? '-' : '~';
    }
};

class Comparison {
public:
    Comparison(const Sides& sides, const Crossed& crossed) : sides_(sides) {
        for (const Pair& pair : align(sides.before, sides.after)) {
            Row row;
            row.before = pair.before ? &sides.before[*pair.before] : nullptr;
            row.after = pair.after ? &sides.after[*pair.after] : nullptr;
            if (row.before == nullptr || row.after == nullptr ||
                row.before->text != row.after->text) {
                row.note = number_of(why(row.before, row.after, crossed));
            }
            rows_.push_back(row);
        }
    }

    [[nodiscard]] std::string text(std::size_t width) const {
        std::string out;
        if (width >= kSideBySide) {
            beside(out, width);
        } else {
            below(out);
        }
        notes(out);
        return out;
    }

private:
    std::size_t number_of(std::string reason) {
        const auto found = std::find(reasons_.begin(), reasons_.end(), reason);
        const auto number = static_cast<std::size_t>(found - reasons_.begin()) + 1;
        if (found == reasons_.end()) {
            reasons_.push_back(std::move(reason));
        }
        return number;
    }

    /// " ~ 12 ": as wide for every row.
    static std::string gutter(const Row& row) {
        std::string number = row.note == 0 ? "" : std::to_string(row.note);
        number.insert(0, number.size() < 2 ? 2 - number.size() : 0, ' ');
        return std::string(" ") + row.mark() + number + "  ";
    }

    static void put(std::string& out, std::string_view left, std::string_view middle,
                    std::string_view right, std::size_t column) {
        out.append(kIndent);
        for (bool first = true; first || !left.empty() || !right.empty(); first = false) {
            const std::string_view part = take_columns(left, column);
            out.append(first ? std::string_view{} : kIndent).append(part);
            out.append(column - columns(part), ' ');
            out.append(first ? middle : std::string_view("      "));
            out.append(take_columns(right, column));
            out.erase(out.find_last_not_of(' ') + 1);
            out.push_back('\n');
        }
    }

    void beside(std::string& out, std::size_t width) const {
        const std::size_t column = (width - kIndent.size() - 6) / 2;
        put(out, sides_.before_title, "      ", sides_.after_title, column);
        put(out, std::string(column, '-'), "------", std::string(column, '-'), column);
        for (const Row& row : rows_) {
            put(out, row.before == nullptr ? "" : row.before->text, gutter(row),
                row.after == nullptr ? "" : row.after->text, column);
        }
    }

    /// As diff -u would, each change with the number of its reason.
    void below(std::string& out) const {
        out.append("  --- ").append(sides_.before_title).append("\n  +++ ");
        out.append(sides_.after_title).append("\n");
        for (const Row& row : rows_) {
            if (row.before != nullptr) {
                const bool empty = row.note == 0 && row.before->text.empty();
                out.append(empty ? "" : row.note == 0 ? "    " : "  - ").append(row.before->text);
                out.append(row.after == nullptr ? "  [" + std::to_string(row.note) + "]\n" : "\n");
            }
            if (row.after != nullptr && row.note != 0) {
                out.append("  + ").append(row.after->text);
                out.append("  [" + std::to_string(row.note) + "]\n");
            }
        }
    }

    void notes(std::string& out) const {
        out.append(reasons_.empty() ? "  nothing changed\n" : "\n  what changed, and why\n");
        for (std::size_t i = 0; i < reasons_.size(); ++i) {
            out.append("  ").append(i + 1 < 10 ? " " : "").append(std::to_string(i + 1));
            out.append("  ").append(names_of(i + 1)).append(": ").append(reasons_[i]).append("\n");
        }
    }

    /// What the lines of one reason are called, each once, and whether they came or went.
    [[nodiscard]] std::string names_of(std::size_t note) const {
        std::vector<std::pair<std::string, std::string>> names;  // with their marks
        for (const Row& row : rows_) {
            if (row.note != note) {
                continue;
            }
            const std::string name = name_of(row.before != nullptr ? *row.before : *row.after);
            const auto known = std::find_if(names.begin(), names.end(),
                                            [&name](const auto& n) { return n.first == name; });
            if (known == names.end()) {
                names.emplace_back(name, std::string(1, row.mark()));
            } else {
                known->second.push_back(row.mark());
            }
        }
        std::string out;
        for (const auto& [name, marks] : names) {
            const bool added = marks.find_first_not_of('+') == std::string::npos;
            const bool gone = marks.find_first_not_of('-') == std::string::npos;
            out.append(out.empty() ? "" : ", ").append(name);
            out.append(added ? " added" : gone ? " taken out" : "");
        }
        return out;
    }

    static std::string name_of(const Line& line) {
        switch (line.part) {
            case Part::kStart:
                return line.text.starts_with("SIP/") ? "status line" : "Request-URI";
            case Part::kHeader:
                return line.id == sip::HeaderId::kUnknown ? line.text.substr(0, line.text.find(':'))
                                                          : std::string(sip::long_name(line.id));
            case Part::kEmpty:
                return "body";
            case Part::kBody:
                return line.key.empty() ? "body line" : line.key;
        }
        return {};
    }

    const Sides& sides_;
    std::vector<Row> rows_;
    std::vector<std::string> reasons_;
};

}  // namespace

std::string compare(const Sides& sides, const Crossed& crossed, std::size_t width) {
    return Comparison(sides, crossed).text(width);
}

}  // namespace sallyport::explain
