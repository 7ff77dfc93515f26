// SPDX-License-Identifier: Apache-2.0
#include "b2bua/registration/address_of_record.h"

namespace sallyport::registration {
namespace {

int digit_of(char c) noexcept {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

std::string canonical_user(std::string_view user) {
    std::string text;
    text.reserve(user.size());
    for (std::size_t i = 0; i < user.size(); ++i) {
        const bool escape = user[i] == '%' && i + 2 < user.size();
        const int high = escape ? digit_of(user[i + 1]) : -1;
        const int low = escape ? digit_of(user[i + 2]) : -1;
        if (high < 0 || low < 0) {
            text.push_back(user[i]);
            continue;
        }
        text.push_back(static_cast<char>(high * 16 + low));
        i += 2;
    }
    return text;
}

std::string canonical_aor(std::string_view user, std::string_view host) {
    std::string text = canonical_user(user);
    text.push_back('@');
    for (const char c : host) {
        text.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    }
    return text;
}

std::optional<std::string> canonical_aor(std::string_view uri) {
    const auto parsed = sip::Uri::parse(uri);
    if (!parsed.ok() ||
        (parsed->scheme != sip::Scheme::kSip && parsed->scheme != sip::Scheme::kSips)) {
        return std::nullopt;
    }
    return canonical_aor(parsed->user, parsed->host);
}

}  // namespace sallyport::registration
