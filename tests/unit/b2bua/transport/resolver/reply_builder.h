// SPDX-License-Identifier: Apache-2.0
// Writes DNS messages for tests (RFC 1035 s.4.1), as a server would, or as none would.
#pragma once

#include "b2bua/transport/resolver/dns_answer.h"
#include "b2bua/transport/resolver/dns_message.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::resolver {

/// Octets of a message under construction.
class Octets {
public:
    Octets& n8(unsigned n) {
        octets_.push_back(static_cast<std::uint8_t>(n));
        return *this;
    }
    Octets& n16(unsigned n) { return n8(n >> 8).n8(n & 0xff); }
    Octets& n32(std::uint32_t n) { return n16(n >> 16).n16(n & 0xffff); }
    Octets& text(std::string_view text) {
        n8(static_cast<unsigned>(text.size()));
        octets_.insert(octets_.end(), text.begin(), text.end());
        return *this;
    }
    Octets& name(std::string_view name) {
        while (!name.empty()) {
            const auto dot = name.find('.');
            text(name.substr(0, dot));
            name.remove_prefix(dot == std::string_view::npos ? name.size() : dot + 1);
        }
        return n8(0);
    }
    /// To the name in the question, which stands behind the header.
    Octets& pointer(unsigned to = 12) { return n16(0xc000U | to); }
    Octets& add(const Octets& other) {
        octets_.insert(octets_.end(), other.octets_.begin(), other.octets_.end());
        return *this;
    }
    [[nodiscard]] const std::vector<std::uint8_t>& octets() const noexcept { return octets_; }

private:
    std::vector<std::uint8_t> octets_;
};

class ReplyBuilder {
public:
    static constexpr unsigned kReply = 0x8180;
    static constexpr unsigned kCname = 5;
    static constexpr unsigned kSoa = 6;

    explicit ReplyBuilder(const Question& question, unsigned flags = kReply)
        : question_(question), flags_(flags) {}

    ReplyBuilder& answer(const Octets& owner, unsigned type, Seconds ttl, const Octets& data) {
        ++answers_;
        return record(owner, type, ttl, data);
    }
    ReplyBuilder& authority(const Octets& owner, unsigned type, Seconds ttl, const Octets& data) {
        ++authorities_;
        return record(owner, type, ttl, data);
    }
    [[nodiscard]] std::vector<std::uint8_t> octets() const {
        Octets all;
        all.n16(0x1234).n16(flags_).n16(1).n16(answers_).n16(authorities_).n16(0);
        all.name(question_.name).n16(type_number(question_.type)).n16(1).add(records_);
        return all.octets();
    }

private:
    ReplyBuilder& record(const Octets& owner, unsigned type, Seconds ttl, const Octets& data) {
        records_.add(owner).n16(type).n16(1).n32(ttl);
        records_.n16(static_cast<unsigned>(data.octets().size())).add(data);
        return *this;
    }

    Question question_;
    unsigned flags_;
    unsigned answers_{0};
    unsigned authorities_{0};
    Octets records_;
};

}  // namespace sallyport::resolver
