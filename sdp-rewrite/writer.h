// SPDX-License-Identifier: Apache-2.0
// Text into a buffer of fixed size. What does not fit is dropped and remembered: one check at the
// end replaces one after every write. Private to sdp-rewrite/.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

namespace sallyport::sdp {

/// A port as text, without allocation.
class PortText {
public:
    explicit PortText(std::uint16_t port) noexcept
        : end_(std::to_chars(digits_.data(), digits_.data() + digits_.size(), port).ptr) {}
    PortText(const PortText&) = delete;
    PortText& operator=(const PortText&) = delete;
    [[nodiscard]] std::string_view view() const noexcept {
        return {digits_.data(), static_cast<std::size_t>(end_ - digits_.data())};
    }

private:
    std::array<char, 5> digits_{};
    const char* end_;
};

/// A token of the source and what stands in its place.
struct Patch {
    std::string_view token;
    std::string_view replacement;
};

class Writer {
public:
    explicit Writer(std::span<char> out) noexcept : out_(out) {}

    void text(std::string_view piece) noexcept {
        if (piece.size() > out_.size() - used_) {
            overflow_ = true;
            return;
        }
        std::copy(piece.begin(), piece.end(), out_.data() + used_);
        used_ += piece.size();
    }

    /// Source with its tokens replaced; patches in the order of their tokens, which are views into
    /// source and do not overlap.
    void patched(std::string_view source, std::initializer_list<Patch> patches) noexcept {
        for (const Patch& patch : patches) {
            const auto before = static_cast<std::size_t>(patch.token.data() - source.data());
            text({source.data(), before});
            text(patch.replacement);
            source.remove_prefix(before + patch.token.size());
        }
        text(source);
    }

    /// Replaces length octets at offset, which have been written before.
    void replace(std::size_t offset, std::size_t length, std::string_view piece) noexcept {
        if (piece.size() > length && piece.size() - length > out_.size() - used_) {
            overflow_ = true;
            return;
        }
        const std::size_t tail = offset + length;
        char* const at = out_.data();
        if (piece.size() > length) {
            std::copy_backward(at + tail, at + used_, at + used_ + (piece.size() - length));
        } else {
            std::copy(at + tail, at + used_, at + offset + piece.size());
        }
        std::copy(piece.begin(), piece.end(), at + offset);
        used_ = used_ - length + piece.size();
    }

    [[nodiscard]] bool overflow() const noexcept { return overflow_; }
    [[nodiscard]] std::string_view written() const noexcept { return {out_.data(), used_}; }

private:
    std::span<char> out_;
    std::size_t used_{0};
    bool overflow_{false};
};

}  // namespace sallyport::sdp
