// SPDX-License-Identifier: Apache-2.0
#include "b2bua/policy/privacy.h"

#include "b2bua/policy/list_values.h"
#include "b2bua/sip/params.h"

#include <algorithm>
#include <array>

namespace sallyport::policy {
namespace {

constexpr std::array<std::string_view, 5> kPerformed = {"id", "header", "session", "history",
                                                        "user"};

bool is_performed(std::string_view value) noexcept {
    return std::any_of(kPerformed.begin(), kPerformed.end(),
                       [&](std::string_view p) { return sip::iequals(p, value); });
}

}  // namespace

Privacy privacy_of(const sip::Message& message) {
    Privacy privacy;
    for (const sip::HeaderField& field : message.headers()) {
        if (field.id != sip::HeaderId::kPrivacy) {
            continue;
        }
        ListValues asked(message.value(field), ';');
        while (const auto one = asked.next()) {
            if (sip::iequals(*one, "none")) {
                return {};
            }
            privacy.id |= sip::iequals(*one, "id");
            privacy.user |= sip::iequals(*one, "user");
            privacy.header |= sip::iequals(*one, "header");
            if (sip::iequals(*one, "critical")) {
                privacy.critical = true;
            } else if (!is_performed(*one)) {
                privacy.unknown.append(privacy.unknown.empty() ? "" : " ").append(*one);
            }
        }
    }
    return privacy;
}

bool hides_from(const sip::Message& message, bool to_trusted) {
    return !to_trusted && privacy_of(message).user;
}

bool hides_contact(const sip::Message& message, bool to_trusted) {
    const Privacy asked = to_trusted ? Privacy{} : privacy_of(message);
    return asked.user || asked.header;
}

void take_out_performed(sip::Patch& patch, const sip::Message& message,
                        const sip::HeaderField& field) noexcept {
    JoinedValue left(';');
    bool performed = false;
    bool asks_more = false;
    ListValues asked(message.value(field), ';');
    while (const auto value = asked.next()) {
        if (sip::iequals(*value, "none")) {
            return;  // RFC 3323 s.5: not even the header is touched
        }
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
