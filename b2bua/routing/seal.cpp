// SPDX-License-Identifier: Apache-2.0
#include "b2bua/routing/seal.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <memory>

namespace sallyport::routing {
namespace {

constexpr std::size_t kTag = 16;  // the synthetic IV of AES-SIV

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;
using Cipher = std::unique_ptr<EVP_CIPHER, decltype(&EVP_CIPHER_free)>;

unsigned char* octets(std::string& text) noexcept {
    return reinterpret_cast<unsigned char*>(text.data());
}
const unsigned char* octets(std::string_view text) noexcept {
    return reinterpret_cast<const unsigned char*>(text.data());
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

void add_hex(std::string& out, std::string_view text) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        out.push_back(kDigits[octet >> 4]);
        out.push_back(kDigits[octet & 0xf]);
    }
}

std::string from_hex(std::string_view hex) {
    const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    std::string text;
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        text.push_back(static_cast<char>(digit(hex[i]) << 4 | digit(hex[i + 1])));
    }
    return text;
}

}  // namespace

Seal::Seal(std::span<const std::uint8_t> secret, const Form& form) noexcept : form_(form) {
    unsigned int length = 0;
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), octets(form.purpose),
         form.purpose.size(), digest.data(), &length);
    std::copy_n(digest.begin(), key_.size(), key_.begin());
}

std::string Seal::close(std::string_view octets) const {
    std::string text(octets);
    std::string tag(kTag, '\0');
    if (text.size() > form_.most || !crypt(key_, true, tag, text)) {
        return {};
    }
    std::string user(form_.mark);
    add_hex(user, tag);
    add_hex(user, text);
    return user;
}

bool Seal::has_form(const Form& form, std::string_view user) noexcept {
    if (user.substr(0, form.mark.size()) != form.mark) {
        return false;
    }
    user.remove_prefix(form.mark.size());
    return user.size() >= 2 * (kTag + form.least) && user.size() <= 2 * (kTag + form.most) &&
           user.size() % 2 == 0 &&
           user.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::optional<std::string> Seal::open(std::string_view user) const {
    const std::string sealed = from_hex(user.substr(form_.mark.size()));
    std::string tag = sealed.substr(0, kTag);
    std::string text = sealed.substr(kTag);
    return crypt(key_, false, tag, text) ? std::optional(std::move(text)) : std::nullopt;
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

void add_flow(std::string& out, const Flow& flow) {
    add_number(out, flow.realm.value, 1);
    add_number(out, static_cast<std::uint64_t>(flow.transport), 1);
    add_number(out, flow.local.port.value, 2);
    add_number(out, flow.remote.port.value, 2);
    add_address(out, flow.remote.ip);
}

std::optional<Flow> take_flow(const Config& config, std::string_view& in) noexcept {
    Flow flow;
    flow.realm = RealmId{static_cast<std::uint8_t>(take_number(in, 1))};
    flow.transport = static_cast<Transport>(take_number(in, 1));
    flow.local.port = Port{static_cast<std::uint16_t>(take_number(in, 2))};
    flow.remote.port = Port{static_cast<std::uint16_t>(take_number(in, 2))};
    flow.remote.ip = take_address(in);
    if (flow.realm.value >= config.realms.size()) {
        return std::nullopt;
    }
    flow.local.ip = config.realms[flow.realm.value].address.address;
    return flow;
}

}  // namespace sallyport::routing
