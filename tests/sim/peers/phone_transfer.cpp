// SPDX-License-Identifier: Apache-2.0
// The phone that is asked to transfer a call (RFC 3515 s.2.4): it accepts and reports with NOTIFY
// in the subscription that the REFER has made.
#include "tests/sim/peers/phone.h"

namespace sallyport::sim {

void Phone::refer() {
    send_in_dialog("REFER", "Refer-To: <sip:carol@example.net>\r\n" + contact_line());
}

void Phone::on_refer(const sip::Message& refer, const Packet& packet) {
    if (!talking()) {
        respond(refer, packet, 481);
        return;
    }
    respond(refer, packet, 202);
    if (!script_.reports_transfers) {
        return;
    }
    const std::string id = std::to_string(refer.cseq().number);  // RFC 3515 s.2.4.6
    after(Millis{20}, [this, id] { report_transfer(id, "active;expires=60", "100 Trying"); });
    after(Millis{400},
          [this, id] { report_transfer(id, "terminated;reason=noresource", "200 OK"); });
}

void Phone::report_transfer(const std::string& id, std::string_view state,
                            std::string_view outcome) {
    if (!talking() || bye_sent_) {
        return;
    }
    const std::string lines = "Event: refer;id=" + id +
                              "\r\nSubscription-State: " + std::string(state) + "\r\n" +
                              contact_line() + "Content-Type: message/sipfrag\r\n";
    send_in_dialog("NOTIFY", lines, "SIP/2.0 " + std::string(outcome) + "\r\n");
}

void Phone::on_report(const sip::Message& notify, const Packet& packet) {
    if (outcome_ == Outcome::kDone) {
        respond(notify, packet, 481);
        return;
    }
    respond(notify, packet, 200);
    const std::string_view state = notify.value_of(sip::HeaderId::kSubscriptionState);
    transfers_reported_ += state.rfind("terminated", 0) == 0 ? 1 : 0;
}

}  // namespace sallyport::sim
