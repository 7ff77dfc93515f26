// SPDX-License-Identifier: Apache-2.0
#include "b2bua/routing/sealed_target.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <memory>

namespace sallyport::routing {
namespace {

constexpr std::string_view kMark = "to-";
constexpr std::size_t kTag = 16;    // the synthetic IV of AES-SIV
constexpr std::size_t kHead = 30;   // what stands before the URI: see written()
constexpr std::size_t kMost = 440;  // sealed octets: in hex they fit a Request-URI (A19: 1024)

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;
using Cipher = std::unique_ptr<EVP_CIPHER, decltype(&EVP_CIPHER_free)>;

unsigned char* octets(std::string& text) noexcept {
    return reinterpret_cast<unsigned char*>(text.data());
}
const unsigned char* octets(std::string_view text) noexcept {
    return reinterpret_cast<const unsigned char*>(text.data());
}

void add_number(std::string& out, std::uint64_t value, std::size_t length) {
    for (std::size_t i = length; i > 0; --i) {
        out.push_back(static_cast<char>((value >> (8 * (i - 1))) & 0xff));
    }
}

std::uint64_t take_number(std::string_view& in, std::size_t length) noexcept {
    std::uint64_t value = 0;
    for (const char c : in.substr(0, length)) {
        value = value << 8 | static_cast<unsigned char>(c);
    }
    in.remove_prefix(length);
    return value;
}

void add_address(std::string& out, const IpAddr& ip) {
    out.push_back(ip.is_v6() ? '6' : '4');
    out.append(reinterpret_cast<const char*>(ip.octets().data()), ip.octets().size());
}

IpAddr take_address(std::string_view& in) noexcept {
    const bool v6 = in.front() == '6';
    std::array<std::uint8_t, 16> octets{};
    std::copy_n(in.begin() + 1, octets.size(), octets.begin());
    in.remove_prefix(1 + octets.size());
    std::string_view v4(reinterpret_cast<const char*>(octets.data()), 4);
    return v6 ? IpAddr::v6(octets) : IpAddr::v4(static_cast<std::uint32_t>(take_number(v4, 4)));
}

/// Our address in the realm is the configuration's; the port may be any listen point's.
std::string written(const Target& target, Moment until) {
    std::string plain;
    add_number(plain, static_cast<std::uint64_t>(until.since_start.count()), 8);
    add_number(plain, target.flow.realm.value, 1);
    add_number(plain, target.flow.local.port.value, 2);
    add_number(plain, target.flow.remote.port.value, 2);
    add_address(plain, target.flow.remote.ip);
    return plain.append(target.request_uri);
}

/// One pass of AES-SIV over text; false: it was not sealed with this key.
bool crypt(const std::array<std::uint8_t, 32>& key, bool seal, std::string& tag,
           std::string& text) {
    const Cipher cipher(EVP_CIPHER_fetch(nullptr, "AES-128-SIV", nullptr), &EVP_CIPHER_free);
    const Context context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
    std::string in = text;
    int length = 0;
    if (!cipher || !context ||
        EVP_CipherInit_ex2(context.get(), cipher.get(), key.data(), nullptr, seal ? 1 : 0,
                           nullptr) != 1) {
        return false;
    }
    if (!seal && EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kTag, tag.data()) != 1) {
        return false;
    }
    if (EVP_CipherUpdate(context.get(), octets(text), &length, octets(in),
                         static_cast<int>(in.size())) != 1) {
        return false;
    }
    return !seal ||
           EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kTag, tag.data()) == 1;
}

std::string in_hex(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string hex(kMark);
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        hex.push_back(kDigits[octet >> 4]);
        hex.push_back(kDigits[octet & 0xf]);
    }
    return hex;
}

/// Nullopt: not the form of a token.
std::optional<std::string> from_hex(std::string_view user) {
    if (user.substr(0, kMark.size()) != kMark) {
        return std::nullopt;
    }
    user.remove_prefix(kMark.size());
    if (user.size() < 2 * (kTag + kHead) || user.size() > 2 * kMost || user.size() % 2 != 0 ||
        user.find_first_not_of("0123456789abcdef") != std::string_view::npos) {
        return std::nullopt;
    }
    const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    std::string text;
    for (std::size_t i = 0; i < user.size(); i += 2) {
        text.push_back(static_cast<char>(digit(user[i]) << 4 | digit(user[i + 1])));
    }
    return text;
}

}  // namespace

SealedTargets::SealedTargets(std::span<const std::uint8_t> secret) noexcept {
    constexpr std::string_view kPurpose = "sealed target";
    unsigned int length = 0;
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), octets(kPurpose),
         kPurpose.size(), digest.data(), &length);
    std::copy_n(digest.begin(), key_.size(), key_.begin());
}

std::string SealedTargets::seal(const Target& target, Moment now) const {
    std::string text = written(target, now + kLife);
    std::string tag(kTag, '\0');
    if (text.size() + kTag > kMost || !crypt(key_, true, tag, text)) {
        return {};
    }
    return in_hex(tag + text);
}

std::optional<Result<Target, Refusal>> SealedTargets::open(const Config& config,
                                                           std::string_view user,
                                                           Moment now) const {
    auto sealed = from_hex(user);
    if (!sealed) {
        return std::nullopt;
    }
    const Refusal unknown{404, "Not Found"};
    std::string tag = sealed->substr(0, kTag);
    std::string text = sealed->substr(kTag);
    if (!crypt(key_, false, tag, text)) {
        return Failure{unknown};
    }
    std::string_view rest = text;
    const Moment until{Millis{static_cast<std::int64_t>(take_number(rest, 8))}};
    const RealmId realm{static_cast<std::uint8_t>(take_number(rest, 1))};
    if (until <= now || realm.value >= config.realms.size()) {
        return Failure{unknown};
    }
    Target target;
    const Port local{static_cast<std::uint16_t>(take_number(rest, 2))};
    const Port remote{static_cast<std::uint16_t>(take_number(rest, 2))};
    target.flow = {realm,
                   Transport::kUdp,
                   {config.realms[realm.value].address.address, local},
                   {take_address(rest), remote}};
    target.request_uri = rest;
    return target;
}

}  // namespace sallyport::routing
