// SPDX-License-Identifier: Apache-2.0
// The directory in which a gateway keeps what must outlive it (H21): for the owner's eyes only,
// because it holds secrets, and for one gateway at a time. Owner: the BindingStore.
#pragma once

#include "config/types/result.h"
#include "config/types/units.h"

#include <string>
#include <string_view>

namespace sallyport::registration {

class StateDirectory {
public:
    /// Makes it when it is missing but its parent is there, and locks it as long as the object
    /// lives. The error is one sentence: what was found, what was expected, what to do.
    [[nodiscard]] static Result<StateDirectory, std::string> open(const std::string& path);
    ~StateDirectory();
    StateDirectory(StateDirectory&& other) noexcept;
    StateDirectory& operator=(StateDirectory&&) = delete;
    StateDirectory(const StateDirectory&) = delete;
    StateDirectory& operator=(const StateDirectory&) = delete;

    [[nodiscard]] std::string path_of(std::string_view file) const;
    /// Gives the file another name, NAME.broken-<UTC time>, which is returned; empty: it could not.
    [[nodiscard]] std::string set_aside(std::string_view file, Millis wall) const;

private:
    StateDirectory(std::string path, int lock) noexcept : path_(std::move(path)), lock_(lock) {}
    std::string path_;
    int lock_;  // an open file description: the kernel lets go of the lock with the process
};

}  // namespace sallyport::registration
