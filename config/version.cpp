// SPDX-License-Identifier: Apache-2.0
// SALLYPORT_VERSION comes from the build (config/CMakeLists.txt).
#include "config/version.h"

namespace sallyport {

std::string_view version() noexcept {
    return SALLYPORT_VERSION;
}

}  // namespace sallyport
