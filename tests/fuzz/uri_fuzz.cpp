// SPDX-License-Identifier: Apache-2.0
// Fuzz target of the URI grammar: the parts put together are the URI, an edited user part is the
// one that is read, and equivalence is reflexive and symmetric. A line feed in the input parts two
// URIs.
#include "b2bua/sip/uri.h"
#include "tests/fuzz/property.h"

#include <cstddef>
#include <string>

namespace {

using namespace sallyport::sip;
using sallyport::fuzz::require;
using sallyport::fuzz::require_inside;

void check_parts(const Uri& uri) {
    for (const std::string_view part :
         {uri.user, uri.password, uri.host, uri.params, uri.headers}) {
        require_inside(part, uri.text);
    }
    if (uri.scheme != Scheme::kSip && uri.scheme != Scheme::kSips) {
        return;
    }
    std::string whole(uri.scheme == Scheme::kSip ? "sip:" : "sips:");
    whole += uri.user;
    whole += uri.password.data() == nullptr ? "" : ":";
    whole += uri.password;
    whole += uri.has_userinfo ? "@" : "";
    whole += uri.host;
    whole += uri.port ? ":" + std::to_string(uri.port->value) : "";
    whole += uri.params;
    whole += uri.headers.data() == nullptr ? "" : "?";
    whole += uri.headers;
    const auto again = Uri::parse(whole);
    require(again.ok(), "the parts put together parse");
    require(again->user == uri.user && again->password == uri.password && again->host == uri.host &&
                again->port == uri.port && again->params == uri.params &&
                again->headers == uri.headers,
            "the parts put together are the same parts");
    require(equivalent(uri, uri), "a URI is equivalent to itself");
    const bool literal = uri.ip().has_value();
    require(literal || uri.host.front() != '[', "brackets hold an address");
}

void check_edited(const Uri& uri) {
    const bool sip = uri.scheme == Scheme::kSip || uri.scheme == Scheme::kSips;
    if (!sip || uri.user.empty()) {
        return;
    }
    std::string edited(uri.text.data(), uri.user.data());
    edited += "edited%20user";
    edited.append(uri.user.data() + uri.user.size(), uri.text.data() + uri.text.size());
    const auto again = Uri::parse(edited);
    require(again.ok() && again->user == "edited%20user", "the edited user");
    require(again->password == uri.password && again->host == uri.host && again->port == uri.port &&
                again->params == uri.params && again->headers == uri.headers,
            "and nothing else");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const std::size_t split = std::min(text.find('\n'), size);
    const auto first = Uri::parse(text.substr(0, split));
    const auto second = Uri::parse(text.substr(std::min(split + 1, size)));
    for (const auto* uri : {&first, &second}) {
        if (*uri) {
            check_parts(**uri);
            check_edited(**uri);
        } else {
            require(uri->error().offset <= size, "the fault lies in the text");
        }
    }
    if (first && second) {
        require(equivalent(*first, *second) == equivalent(*second, *first), "symmetric");
    }
    return 0;
}
