// SPDX-License-Identifier: Apache-2.0
#include "b2bua/policy/privacy.h"

#include "b2bua/policy/list_values.h"
#include "b2bua/sip/params.h"

#include <algorithm>
#include <array>

namespace sallyport::policy {
namespace {

constexpr std::array<std::string_view, 4> kPerformed = {"id", "header", "session", "history"};

bool is_performed(std::string_view value) noexcept {
    return std::any_of(kPerformed.begin(), kPerformed.end(),
                       [&](std::string_view p) { return sip::iequals(p, value); });
}

}  // namespace

bool asks_privacy(const sip::Message& message, std::string_view value) noexcept {
    for (const sip::HeaderField& field : message.headers()) {
        if (field.id != sip::HeaderId::kPrivacy) {
            continue;
        }
        ListValues asked(message.value(field), ';');
        while (const auto one = asked.next()) {
            if (sip::iequals(*one, value)) {
                return true;
            }
        }
    }
    return false;
}

void take_out_performed(sip::Patch& patch, const sip::Message& message,
                        const sip::HeaderField& field) noexcept {
    JoinedValue left(';');
    bool performed = false;
    bool asks_more = false;
    ListValues asked(message.value(field), ';');
    while (const auto value = asked.next()) {
        if (is_performed(*value)) {
            performed = true;
            continue;
        }
        asks_more |= !sip::iequals(*value, "critical");  // says how, not what
        left.add(*value);
    }
    if (!performed) {
        return;
    }
    if (asks_more) {
        patch.set_value(field, left.text());
    } else {
        patch.remove(field);
    }
}

}  // namespace sallyport::policy
