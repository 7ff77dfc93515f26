// SPDX-License-Identifier: Apache-2.0
// Method names and their numbers (RFC 3261 s.7.1 and the methods of RFC 3262, 3311, 6086, 3515,
// 6665, 3903, 3428).
#include "b2bua/sip/method.h"

#include <array>

namespace sallyport::sip {
namespace {

constexpr std::array<std::string_view, kMethodCount> kNames = {
    "INVITE", "ACK",   "BYE",       "CANCEL", "OPTIONS", "REGISTER", "PRACK",   "UPDATE",
    "INFO",   "REFER", "SUBSCRIBE", "NOTIFY", "PUBLISH", "MESSAGE",  "unknown",
};
static_assert(kNames[static_cast<std::size_t>(Method::kPrack)] == "PRACK");
static_assert(kNames[static_cast<std::size_t>(Method::kMessage)] == "MESSAGE");

/// The only method that starts like that, or kUnknown; method_of() compares the rest.
constexpr Method candidate(std::string_view token) noexcept {
    switch (token.front()) {
        case 'I':
            return token.size() == 4 ? Method::kInfo : Method::kInvite;
        case 'A':
            return Method::kAck;
        case 'B':
            return Method::kBye;
        case 'C':
            return Method::kCancel;
        case 'O':
            return Method::kOptions;
        case 'R':
            return token.size() == 5 ? Method::kRefer : Method::kRegister;
        case 'P':
            return token.size() == 5 ? Method::kPrack : Method::kPublish;
        case 'U':
            return Method::kUpdate;
        case 'S':
            return Method::kSubscribe;
        case 'N':
            return Method::kNotify;
        case 'M':
            return Method::kMessage;
        default:
            return Method::kUnknown;
    }
}

}  // namespace

Method method_of(std::string_view token) noexcept {
    if (token.empty()) {
        return Method::kUnknown;
    }
    const Method guess = candidate(token);
    return guess != Method::kUnknown && name(guess) == token ? guess : Method::kUnknown;
}

std::string_view name(Method method) noexcept {
    return kNames[static_cast<std::size_t>(method)];
}

}  // namespace sallyport::sip
