// SPDX-License-Identifier: Apache-2.0
// qvalue = ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] ) (RFC 3261 s.25.1). A fourth
// digit says nothing but does no harm.
#include "b2bua/sip/qvalue.h"

#include "b2bua/sip/params.h"

namespace sallyport::sip {

std::optional<std::uint16_t> qvalue(std::string_view text) noexcept {
    const bool whole = !text.empty() && (text[0] == '0' || text[0] == '1');
    if (!whole || (text.size() > 1 && text[1] != '.')) {
        return std::nullopt;
    }
    unsigned thousandths = text[0] == '1' ? 1000U : 0U;
    unsigned weight = 100;
    for (std::size_t i = 2; i < text.size(); ++i, weight /= 10) {
        if (text[i] < '0' || text[i] > '9') {
            return std::nullopt;
        }
        thousandths += static_cast<unsigned>(text[i] - '0') * weight;
    }
    return thousandths <= 1000 ? std::optional(static_cast<std::uint16_t>(thousandths))
                               : std::nullopt;
}

std::uint16_t q_of(const NameAddr& contact) noexcept {
    constexpr std::uint16_t kFirst = 1000;
    const auto q = find_param(contact.params, "q");
    return q && q->value ? qvalue(*q->value).value_or(kFirst) : kFirst;
}

}  // namespace sallyport::sip
