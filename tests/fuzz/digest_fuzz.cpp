// SPDX-License-Identifier: Apache-2.0
// Fuzz target of the digest headers: a value put together from its parameters has the same
// parameters, and a qop that is edited in place is the qop that the next parser reads.
#include "b2bua/sip/digest.h"
#include "b2bua/sip/params.h"
#include "tests/fuzz/property.h"

#include <cstddef>
#include <string>

namespace {

using namespace sallyport::sip;
using sallyport::fuzz::require;
using sallyport::fuzz::require_inside;

void check_same(const Digest& a, const Digest& b) {
    require(a.scheme == b.scheme && a.realm == b.realm && a.nonce == b.nonce, "same challenge");
    require(
        a.opaque == b.opaque && a.algorithm == b.algorithm && a.qop == b.qop && a.stale == b.stale,
        "same conditions");
    require(a.username == b.username && a.uri == b.uri && a.response == b.response &&
                a.cnonce == b.cnonce && a.nc == b.nc,
            "same credentials");
}

void check_rebuilt(const Digest& digest) {
    std::string whole(digest.scheme);
    const char* separator = " ";
    AuthParamCursor cursor(digest.params);
    while (const auto param = cursor.next()) {
        whole.append(separator).append(param->name).append("=").append(param->value);
        separator = ", ";
    }
    require(!cursor.failed(), "what was read once is read again");
    const auto again = Digest::parse(whole);
    require(again.ok(), "the parameters put together parse");
    check_same(digest, *again);
}

void check_edited(const Digest& digest, std::string_view text) {
    if (digest.qop.data() == nullptr) {
        return;
    }
    std::string edited(text.data(), digest.qop.data());
    edited += "auth";
    edited.append(digest.qop.data() + digest.qop.size(), text.data() + text.size());
    const auto again = Digest::parse(edited);
    require(again.ok() && again->qop == "auth", "the edited qop");
    require(again->realm == digest.realm && again->nonce == digest.nonce, "and nothing else");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const auto digest = Digest::parse(text);
    if (!digest) {
        require(digest.error().offset <= size, "the fault lies in the text");
        return 0;
    }
    for (const std::string_view part : {digest->scheme, digest->params, digest->realm, digest->qop,
                                        digest->uri, digest->nc, digest->username}) {
        require_inside(part, text);
    }
    TokenCursor options(digest->qop);
    while (const auto option = options.next()) {
        require(!option->empty(), "an option is not empty");
        require_inside(*option, digest->qop);
    }
    if (digest->is_digest()) {
        check_rebuilt(*digest);
        check_edited(*digest, text);
    }
    return 0;
}
