// SPDX-License-Identifier: Apache-2.0
// Status, reason phrase and metrics label of each fault, all from parse_faults.def. The label is
// the enumerator in snake case, made by the compiler.
#include "b2bua/sip/parse_error.h"

#include <array>
#include <cstddef>

namespace sallyport::sip {
namespace {

struct Label {
    std::array<char, 40> text{};
    std::size_t size{0};
};

/// "kMissingCallId" -> "missing_call_id".
consteval Label snake(std::string_view enumerator) {
    Label label;
    for (const char c : enumerator.substr(1)) {
        const bool upper = c >= 'A' && c <= 'Z';
        if (upper && label.size != 0) {
            label.text[label.size++] = '_';
        }
        label.text[label.size++] = upper ? static_cast<char>(c + ('a' - 'A')) : c;
    }
    return label;
}

struct Row {
    int status;
    std::string_view reason;
    Label label;
};

constexpr Row kRows[] = {
#define SALLYPORT_PARSE_FAULT(name, status, text) {status, text, snake(#name)},
#include "b2bua/sip/parse_faults.def"
#undef SALLYPORT_PARSE_FAULT
};

const Row& row(ParseFault fault) noexcept {
    return kRows[static_cast<std::size_t>(fault)];
}

}  // namespace

int status_for(ParseFault fault) noexcept {
    return row(fault).status;
}

std::string_view reason_for(ParseFault fault) noexcept {
    return row(fault).reason;
}

std::string_view label_for(ParseFault fault) noexcept {
    const Label& label = row(fault).label;
    return {label.text.data(), label.size};
}

}  // namespace sallyport::sip
