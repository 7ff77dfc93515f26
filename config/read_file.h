// SPDX-License-Identifier: Apache-2.0
// The only file of config/ that touches the file system: a whole file as text.
#pragma once

#include "config/types/result.h"

#include <cstddef>
#include <string>

namespace sallyport::config {

struct Unreadable {
    int error{0};  // errno
};

/// As many octets as there are, or more than most when there are more than that.
[[nodiscard]] Result<std::string, Unreadable> read_file(const std::string& name, std::size_t most);

/// What to do about it; option: the key or argument that names the file.
[[nodiscard]] std::string cure_for(Unreadable why, const std::string& file,
                                   const std::string& option);

}  // namespace sallyport::config
