// SPDX-License-Identifier: Apache-2.0
// Octets that wait for the far end to take them. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sallyport {

class WriteQueue {
public:
    [[nodiscard]] bool empty() const noexcept { return taken_ == octets_.size(); }
    [[nodiscard]] std::size_t size() const noexcept { return octets_.size() - taken_; }
    [[nodiscard]] std::string_view front() const noexcept {
        return std::string_view(octets_).substr(taken_);
    }
    void push(std::string_view octets) { octets_.append(octets); }

    /// The first octets of front() are gone. Memory follows: what moves is less than what went.
    void pop(std::size_t octets) {
        taken_ += octets;
        if (empty()) {
            octets_ = std::string();
            taken_ = 0;
        } else if (taken_ > octets_.size() / 2) {
            octets_.erase(0, taken_);
            taken_ = 0;
        }
    }

private:
    std::string octets_;
    std::size_t taken_{0};
};

}  // namespace sallyport
