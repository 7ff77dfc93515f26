// SPDX-License-Identifier: Apache-2.0
#include "b2bua/explain/registrar_answer.h"

#include "b2bua/sip/delta_seconds.h"
#include "b2bua/sip/params.h"

namespace sallyport::explain {

std::string accept_register(const sip::Message& request) {
    constexpr std::uint32_t kUsual = 3600;  // s, RFC 3261 s.10.2.1.1
    const std::uint32_t expires =
        sip::delta_seconds(request.value_of(sip::HeaderId::kExpires)).value_or(kUsual);
    std::string answer = "SIP/2.0 200 OK\r\n";
    for (const sip::HeaderField& field : request.headers()) {
        const std::string value(request.value(field));
        if (field.id == sip::HeaderId::kVia || field.id == sip::HeaderId::kFrom ||
            field.id == sip::HeaderId::kCallId || field.id == sip::HeaderId::kCSeq ||
            field.id == sip::HeaderId::kPath) {
            answer.append(sip::long_name(field.id)).append(": ").append(value).append("\r\n");
        } else if (field.id == sip::HeaderId::kTo) {
            answer.append("To: ").append(value).append(";tag=dry-run\r\n");
        }
    }
    sip::ValueCursor contacts(request, sip::HeaderId::kContact);
    while (const auto contact = contacts.next()) {
        const auto parsed = sip::NameAddr::parse(*contact);
        const bool says = parsed.ok() && sip::find_param(parsed->params, "expires").has_value();
        if (*contact != "*") {
            answer.append("Contact: ").append(*contact);
            answer.append(says ? "" : ";expires=" + std::to_string(expires)).append("\r\n");
        }
    }
    return answer.append("Content-Length: 0\r\n\r\n");
}

}  // namespace sallyport::explain
