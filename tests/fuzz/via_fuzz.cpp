// SPDX-License-Identifier: Apache-2.0
// Fuzz target of the Via grammar: a value written anew from its parts has the same parts, and an
// edited branch is the one that is read.
#include "b2bua/sip/via.h"
#include "tests/fuzz/property.h"

#include <cstddef>
#include <string>

namespace {

using namespace sallyport::sip;
using sallyport::fuzz::require;
using sallyport::fuzz::require_inside;

void check_edited(const Via& via, std::string_view text) {
    if (via.branch.empty()) {
        return;
    }
    std::string edited(text.data(), via.branch.data());
    edited += "z9hG4bK-edited";
    edited.append(via.branch.data() + via.branch.size(), text.data() + text.size());
    const auto again = Via::parse(edited);
    require(again.ok() && again->branch == "z9hG4bK-edited" && again->rfc3261_branch,
            "the edited branch");
    require(again->host == via.host && again->port == via.port && again->received == via.received &&
                again->rport == via.rport && again->transport == via.transport,
            "and nothing else");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    Via via;
    const auto outcome = via.assign(text);
    for (const std::string_view part : {via.transport, via.host, via.params, via.branch,
                                        via.received, via.rport.value_or(std::string_view{})}) {
        require_inside(part, text);
    }
    if (!outcome) {
        require(outcome.error().offset <= size, "the fault lies in the text");
        require(via.host.empty() == (outcome.error().fault == ParseFault::kBadVia),
                "an address to answer to, or kBadVia");
        return 0;
    }
    require(!via.host.empty() && !via.transport.empty(), "a Via has a transport and a host");
    std::string whole = "SIP/2.0/" + std::string(via.transport) + " " + std::string(via.host);
    whole += via.port ? ":" + std::to_string(via.port->value) : "";
    whole += via.params;
    const auto again = Via::parse(whole);
    require(again.ok(), "the parts put together parse");
    require(again->transport == via.transport && again->host == via.host &&
                again->port == via.port && again->branch == via.branch &&
                again->received == via.received && again->rport == via.rport &&
                again->rfc3261_branch == via.rfc3261_branch,
            "the parts put together are the same parts");
    check_edited(via, text);
    return 0;
}
