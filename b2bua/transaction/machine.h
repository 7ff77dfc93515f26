// SPDX-License-Identifier: Apache-2.0
// How the machines of RFC 3261 s.17 are written down: one row per legal pair of state and event,
// expanded at compile time into a table [state][event]. A pair without a row is ignored and
// counted; a pair with two rows does not compile.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace sallyport::transaction {

/// What a machine does at a transition: a set of single actions of the enum Act, carried out in a
/// fixed order by the owner of the transaction (timers, sends, then the user).
template <class Act>
struct ActSet {
    std::uint32_t bits{0};
    constexpr ActSet() noexcept = default;
    constexpr ActSet(Act act) noexcept : bits(std::uint32_t{1} << static_cast<unsigned>(act)) {}
    [[nodiscard]] constexpr bool has(Act act) const noexcept {
        return (bits & ActSet(act).bits) != 0;
    }
    constexpr ActSet operator|(ActSet other) const noexcept {
        other.bits |= bits;
        return other;
    }
};

template <class State, class Event, class Act>
struct Row {
    State from;
    Event event;
    State to;
    ActSet<Act> acts;
};

template <class State, class Act>
struct Cell {
    State to{};
    ActSet<Act> acts;
    bool legal{false};
};

template <class State, class Event, class Act>
struct Table {
    static constexpr std::size_t kStates = static_cast<std::size_t>(State::kStateCount);
    static constexpr std::size_t kEvents = static_cast<std::size_t>(Event::kEventCount);
    std::array<std::array<Cell<State, Act>, kEvents>, kStates> cells{};

    [[nodiscard]] constexpr const Cell<State, Act>& at(State state, Event event) const noexcept {
        return cells[static_cast<std::size_t>(state)][static_cast<std::size_t>(event)];
    }
};

template <class State, class Event, class Act, std::size_t kRows>
consteval Table<State, Event, Act> expand(const Row<State, Event, Act> (&rows)[kRows]) {
    Table<State, Event, Act> table;
    for (const auto& row : rows) {
        auto& cell =
            table.cells[static_cast<std::size_t>(row.from)][static_cast<std::size_t>(row.event)];
        if (cell.legal) {
            throw "two rows for one pair of state and event";  // refused by the compiler, never
                                                               // thrown
        }
        cell = {row.to, row.acts, true};
    }
    return table;
}

}  // namespace sallyport::transaction
