// SPDX-License-Identifier: Apache-2.0
// The version of this build, as the top CMakeLists.txt states it.
#pragma once

#include <string_view>

namespace sallyport {

[[nodiscard]] std::string_view version() noexcept;  // "0.1.0"

}  // namespace sallyport
