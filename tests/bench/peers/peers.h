// SPDX-License-Identifier: Apache-2.0
// Other parsers behind one signature: parse one datagram with what the library types by itself,
// throw the result away, say whether it was taken. One file each, because their headers do not bear
// each other's company.
#pragma once

#include <string>

namespace sallyport::bench {

bool parse_osip(const std::string& text);
bool parse_sofia(const std::string& text);
bool parse_libre(const std::string& text);

}  // namespace sallyport::bench
