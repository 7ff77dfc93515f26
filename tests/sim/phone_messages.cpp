// SPDX-License-Identifier: Apache-2.0
// What the phone writes: SDP, requests inside a dialog, ACK and responses.
#include "b2bua/sip/writer.h"
#include "tests/sim/phone.h"

namespace sallyport::sim {

std::string Phone::own_uri() const {
    return "sip:" + name_ + "@" + own_.to_string();
}

std::string Phone::via(const std::string& branch) const {
    return "SIP/2.0/UDP " + own_.to_string() + ";branch=" + branch + ";rport";
}

std::string Phone::sdp(const std::string& direction) const {
    const std::string ip = own_.ip.to_string();
    return "v=0\r\no=" + name_ + " 1 " + std::to_string(cseq_ + 1) + " IN IP4 " + ip +
           "\r\ns=-\r\nc=IN IP4 " + ip +
           "\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\na=" + direction +
           "\r\n";
}

void Phone::send_ack(const sip::Message& response) {
    const bool ok = response.status() < 300;
    std::string buffer(4096, '\0');
    sip::Writer writer(buffer);
    const std::string branch =
        ok ? "z9hG4bK" + std::to_string(network_.random().next()) : invite_branch_;
    writer
        .request_line(
            "ACK", ok ? target_ : std::string(invite_octets_, 7, invite_octets_.find(' ', 7) - 7))
        .header("Via", via(branch))
        .header("Max-Forwards", "70")
        .header("From", local_party_)
        .header("To", response.to().text)
        .header("Call-ID", call_id_)
        .header("CSeq", std::to_string(response.cseq().number) + " ACK");
    const std::string octets(*writer.finish());
    if (ok) {
        last_ack_ = octets;
    }
    send(octets);
}

void Phone::send_in_dialog(const std::string& method) {
    std::string buffer(4096, '\0');
    sip::Writer writer(buffer);
    writer.request_line(method, target_)
        .header("Via", via("z9hG4bK" + std::to_string(network_.random().next())))
        .header("Max-Forwards", "70")
        .header("From", local_party_)
        .header("To", remote_party_)
        .header("Call-ID", call_id_)
        .header("CSeq", std::to_string(++cseq_) + " " + method);
    send_until(
        std::string(*writer.finish()), [this] { return !bye_answered_; }, Millis{4000});
}

void Phone::respond(const sip::Message& request, int status, const std::string& reason,
                    bool with_sdp) {
    std::string buffer(8192, '\0');
    sip::Writer writer(buffer);
    writer.status_line(status, reason)
        .copy(request, sip::HeaderId::kVia)
        .copy(request, sip::HeaderId::kRecordRoute)
        .header("From", request.from().text)
        .header("To", request.to().tag.empty() && status != 100
                          ? std::string(request.to().text) + ";tag=" + local_tag_
                          : std::string(request.to().text))
        .header("Call-ID", request.call_id())
        .header("CSeq", request.value_of(sip::HeaderId::kCSeq))
        .header("Contact", "<" + own_uri() + ">");
    const std::string octets(with_sdp ? *writer.finish("application/sdp", sdp("sendrecv"))
                                      : *writer.finish());
    if (status >= 200) {
        answered_[std::string(request.top_via().branch) + std::string(request.method_name())] =
            octets;
        last_final_ = octets;
    }
    send(octets);
}

}  // namespace sallyport::sim
