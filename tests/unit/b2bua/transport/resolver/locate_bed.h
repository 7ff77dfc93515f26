// SPDX-License-Identifier: Apache-2.0
// Locates the servers of a URI in a zone and says what came of it in words.
#pragma once

#include "b2bua/transport/resolver/locate.h"
#include "tests/unit/b2bua/transport/resolver/zone.h"

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::resolver {

/// Which of the open questions is answered first.
enum class AnswerOrder { kFirstAsked, kLastAsked };

struct Located {
    std::string targets;  // "udp 192.0.2.1:5060, tls 192.0.2.2:5061", or the fault in words
    std::vector<Question> asked;
    std::vector<std::string> tls_names;
};

/// UDP, TCP and TLS over IPv4.
[[nodiscard]] Reach usual_reach();

[[nodiscard]] std::string words(const std::vector<Target>& targets);
[[nodiscard]] std::string words(Fault fault);

[[nodiscard]] Located locate(std::string_view uri, const Reach& reach, std::string_view zone,
                             Counters& counters, AnswerOrder order = AnswerOrder::kFirstAsked);

}  // namespace sallyport::resolver
