// SPDX-License-Identifier: Apache-2.0
// Result<T, E>: a value or the reason why there is none. The only way a packet path reports a
// fault. Trivially copyable where T and E are. Never throws: reading the wrong side is a broken
// invariant and asserts.
#pragma once

#include <cassert>
#include <utility>
#include <variant>

namespace sallyport {

/// Wraps an error so that Result<T, E> can be built from it even where T and E convert into each
/// other.
template <class E>
struct Failure {
    E error;
};
template <class E>
Failure(E) -> Failure<E>;

template <class T, class E>
class [[nodiscard]] Result {
public:
    constexpr Result(T value) noexcept : state_(std::in_place_index<0>, std::move(value)) {}
    constexpr Result(Failure<E> failure) noexcept
        : state_(std::in_place_index<1>, std::move(failure.error)) {}

    [[nodiscard]] constexpr bool ok() const noexcept { return state_.index() == 0; }
    constexpr explicit operator bool() const noexcept { return ok(); }

    [[nodiscard]] constexpr T& value() noexcept {
        assert(ok());
        return *std::get_if<0>(&state_);
    }
    [[nodiscard]] constexpr const T& value() const noexcept {
        assert(ok());
        return *std::get_if<0>(&state_);
    }
    [[nodiscard]] constexpr const E& error() const noexcept {
        assert(!ok());
        return *std::get_if<1>(&state_);
    }
    constexpr T& operator*() noexcept { return value(); }
    constexpr const T& operator*() const noexcept { return value(); }
    constexpr T* operator->() noexcept { return &value(); }
    constexpr const T* operator->() const noexcept { return &value(); }

private:
    std::variant<T, E> state_;
};

/// An operation that yields nothing but may fail.
struct Done {};
template <class E>
using Outcome = Result<Done, E>;

}  // namespace sallyport
