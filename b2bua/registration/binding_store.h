// SPDX-License-Identifier: Apache-2.0
// What of the registrations outlives the process (H21): the bindings and named secrets, in an LMDB
// file of the state directory. Blocks on the disk. Used by one thread at a time: main at the start
// and the end, the BindingWriter between. Reads no clock: each call is told both.
#pragma once

#include "b2bua/policy/journal.h"
#include "b2bua/policy/randomness.h"
#include "b2bua/registration/binding.h"
#include "config/config.h"
#include "config/types/result.h"
#include "config/types/units.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::registration {

/// One moment, as both clocks have it. wall: since 1970, UTC.
struct Instant {
    Moment monotonic;
    Millis wall{0};
};

/// 256 bits that only the gateway knows, and knows again after a restart.
using Secret = std::array<std::uint8_t, 32>;

/// What open() found.
struct Restored {
    std::vector<Binding> bindings;
    std::size_t expired{0};  // while no gateway ran
    std::size_t foreign{0};  // of realms or listen points that are gone
    std::size_t damaged{0};
};

class BindingStore {
public:
    struct Parts {
        std::string directory;
        const Config& config;  // outlives the store
        Journal& journal;      // likewise
    };
    struct Opened {
        std::unique_ptr<BindingStore> store;
        Restored restored;
    };

    /// A file that is damaged or newer than this program is set aside and told of in the journal,
    /// and the store begins anew with what could be read of it. One that cannot be opened or read
    /// may be sound, and stays where it is. The error is one sentence: there is no store then.
    [[nodiscard]] static Result<Opened, std::string> open(const Parts& parts, Instant now);
    ~BindingStore();
    BindingStore(const BindingStore&) = delete;
    BindingStore& operator=(const BindingStore&) = delete;

    /// Made by its first use. When it could not be written, it is good for this run.
    [[nodiscard]] Secret secret(std::string_view name, Randomness& random);

    /// On disk when it returns. whole: bindings that are not among the changes are removed. The
    /// error says why nothing was written, and what to do.
    [[nodiscard]] Outcome<std::string> write(std::span<const BindingChange> changes, bool whole,
                                             Instant now);
    /// Forgets bindings that nobody can use any more, and notes what the wall clock says. Call
    /// once a minute, and when the wall clock was set.
    [[nodiscard]] Outcome<std::string> clean(Instant now);

    /// Whether the wall clock went otherwise than the monotonic one since it was noted.
    [[nodiscard]] bool clock_was_set(Instant now) const noexcept;

private:
    struct State;
    explicit BindingStore(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace sallyport::registration
