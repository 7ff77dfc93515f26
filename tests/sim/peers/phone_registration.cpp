// SPDX-License-Identifier: Apache-2.0
// A phone that registers (RFC 3261 s.10.2), with credentials when it is asked.
#include "tests/sim/peers/phone.h"

namespace sallyport::sim {

void Phone::register_at(const std::string& domain) {
    domain_ = domain;
    registration_tag_ = std::to_string(network_.random().next());
    send_register({});
}

void Phone::send_register(std::string_view credentials) {
    const std::string branch = new_branch();
    const std::string aor = "<sip:" + place_.name + "@" + domain_ + ">";
    Draft draft = Draft::request("REGISTER", "sip:" + domain_);
    draft.line("Via", "SIP/2.0/UDP " + place_.own.to_string() + ";branch=" + branch + ";rport")
        .line("Max-Forwards", "70")
        .line("From", aor + ";tag=" + registration_tag_)
        .line("To", aor)
        .line("Call-ID", "r-" + place_.name)
        .line("CSeq", std::to_string(++registration_cseq_) + " REGISTER")
        .line("Contact", "<" + own_uri() + ">")
        .line("Expires", "60")
        .lines(credentials);
    transactions_.request(branch, sip::Method::kRegister, draft.finish(),
                          place_.proxy.value_or(place_.own));
}

void Phone::on_registered(const sip::Message& response) {
    if (response.status() == 401 && registration_cseq_ == 1) {
        send_register("Authorization: Digest username=\"" + place_.name +
                      "\", realm=\"sim\", nonce=\"1\", uri=\"sip:" + domain_ +
                      "\", response=\"0123456789abcdef0123456789abcdef\"\r\n");
        return;
    }
    registered_ = response.status() == 200;
}

}  // namespace sallyport::sim
