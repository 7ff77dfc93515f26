// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/b2bua/call/party.h"

#include <gtest/gtest.h>

#include <utility>

namespace sallyport::call {
namespace {

std::string_view head_of(std::string_view message) {
    return message.substr(0, message.find("\r\n\r\n") + 2);
}

/// Calls use(line) for each header line of that name.
template <class Use>
void each_line(std::string_view message, std::string_view name, Use use) {
    std::string_view head = head_of(message);
    while (!head.empty()) {
        const auto end = head.find("\r\n");
        const std::string_view line = head.substr(0, end);
        if (line.substr(0, name.size()) == name && line.substr(name.size(), 2) == ": ") {
            use(line);
        }
        head.remove_prefix(end + 2);
    }
}

}  // namespace

std::string header(std::string_view message, std::string_view name) {
    std::string value;
    each_line(message, name, [&](std::string_view line) {
        if (value.empty()) {
            value = line.substr(name.size() + 2);
        }
    });
    return value;
}

std::string header_lines(std::string_view message, std::string_view name) {
    std::string lines;
    each_line(message, name, [&](std::string_view line) { lines.append(line).append("\r\n"); });
    return lines;
}

std::string body_of(std::string_view message) {
    const auto at = message.find("\r\n\r\n");
    return at == std::string_view::npos ? std::string{} : std::string(message.substr(at + 4));
}

std::string uri_of(std::string_view value) {
    const auto begin = value.find('<');
    return std::string(value.substr(begin + 1, value.find('>') - begin - 1));
}

std::string tag_of(std::string_view value) {
    const auto at = value.find(";tag=");
    return at == std::string_view::npos ? std::string{} : std::string(value.substr(at + 5));
}

std::uint32_t cseq_of(std::string_view message) {
    return static_cast<std::uint32_t>(std::stoul(header(message, "CSeq")));
}

std::string request_uri_of(std::string_view message) {
    const auto begin = message.find(' ') + 1;
    return std::string(message.substr(begin, message.find(' ', begin) - begin));
}

std::string sdp(std::string_view ip, std::uint16_t port, std::string_view direction, int version) {
    const std::string address(ip);
    std::string text = "v=0\r\no=- 7 " + std::to_string(version) + " IN IP4 " + address +
                       "\r\ns=-\r\nc=IN IP4 " + address + "\r\nt=0 0\r\nm=audio " +
                       std::to_string(port) +
                       " RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n";
    if (direction != "sendrecv") {
        text.append("a=").append(direction).append("\r\n");
    }
    return text;
}

int port_in(std::string_view message, std::size_t n) {
    std::size_t at = message.find("\nm=");
    for (std::size_t i = 0; i < n && at != std::string_view::npos; ++i) {
        at = message.find("\nm=", at + 1);
    }
    return at == std::string_view::npos
               ? -1
               : std::stoi(std::string(message.substr(message.find(' ', at) + 1, 6)));
}

Party::Party(sim::Network& network, const Endpoint& own, const Endpoint& gate, std::string name)
    : contact("sip:" + name + "@" + own.to_string()),
      network_(network),
      own_(own),
      gate_(gate),
      name_(std::move(name)) {
    network_.attach(own_, [this](const sim::Packet& packet) { hear(packet); });
}

void Party::hear(const sim::Packet& packet) {
    heard_.push_back({network_.now(), packet.payload});
    if (answers_bye && packet.payload.rfind("BYE ", 0) == 0) {
        say(response(packet.payload, "200 OK", {}));
    }
}

std::string Party::build(std::string_view method, std::uint32_t cseq,
                         std::string_view branch_method, std::string_view more) const {
    std::string text(method);
    text.append(" ").append(target).append(" SIP/2.0\r\n");
    text += "Via: SIP/2.0/UDP " + own_.to_string() + ";branch=z9hG4bK-" + name_ + "-" + call_id +
            "-" + std::string(branch_method) + std::to_string(cseq) + ";rport\r\n";
    for (const std::string& route : routes) {
        text += "Route: " + route + "\r\n";
    }
    text += "Max-Forwards: 70\r\nFrom: " + local + "\r\nTo: " + remote + "\r\nCall-ID: " + call_id +
            "\r\nCSeq: " + std::to_string(cseq) + " " + std::string(method) + "\r\n";
    return text.append(more);
}

std::string Party::request(std::string_view method, std::uint32_t cseq, std::string_view lines,
                           std::string_view body) const {
    std::string more;
    if (method == "INVITE" || method == "UPDATE") {
        more = "Contact: <" + contact + ">\r\n";
    }
    more.append(lines);
    if (!body.empty() && more.find("Content-Type:") == std::string::npos) {
        more += "Content-Type: application/sdp\r\n";
    }
    more += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    return build(method, cseq, method, more.append(body));
}

std::string Party::companion(std::string_view method, std::uint32_t cseq) const {
    return build(method, cseq, "INVITE", "Content-Length: 0\r\n\r\n");
}

std::string Party::response(std::string_view request, std::string_view status, std::string_view tag,
                            std::string_view lines, std::string_view body) const {
    std::string text = "SIP/2.0 ";
    text.append(status).append("\r\n").append(header_lines(request, "Via"));
    text += "From: " + header(request, "From") + "\r\n";
    std::string to = header(request, "To");
    if (!tag.empty() && tag_of(to).empty()) {
        to.append(";tag=").append(tag);
    }
    text += "To: " + to + "\r\nCall-ID: " + header(request, "Call-ID") +
            "\r\nCSeq: " + header(request, "CSeq") + "\r\n";
    if (request.substr(0, 7) == "INVITE " && (status[0] == '2' || status[0] == '1')) {
        text += "Contact: <" + contact + ">\r\n";
    }
    text.append(lines);
    if (!body.empty()) {
        text += "Content-Type: application/sdp\r\n";
    }
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    return text.append(body);
}

std::string Party::got(std::string_view start) const {
    for (auto heard = heard_.rbegin(); heard != heard_.rend(); ++heard) {
        if (heard->text.rfind(start, 0) == 0) {
            return heard->text;
        }
    }
    ADD_FAILURE() << name_ << " never heard " << start;
    return "NOTHING sip:nobody SIP/2.0\r\nCSeq: 0 NOTHING\r\nVia: SIP/2.0/UDP 0.0.0.0\r\n\r\n";
}

std::vector<Heard> Party::all(std::string_view start) const {
    std::vector<Heard> found;
    for (const Heard& heard : heard_) {
        if (heard.text.rfind(start, 0) == 0) {
            found.push_back(heard);
        }
    }
    return found;
}

std::size_t Party::count(std::string_view start) const {
    return all(start).size();
}

void Party::dial(std::string id, std::string_view uri) {
    call_id = std::move(id);
    local = "<sip:" + name_ + "@" + ip() + ">;tag=" + name_ + "1";
    remote = "<" + std::string(uri) + ">";
    target = uri;
    routes.clear();
}

void Party::learn_response(std::string_view response) {
    remote = header(response, "To");
    target = uri_of(header(response, "Contact"));
}

void Party::learn_invite(std::string_view invite, std::string_view own_tag) {
    call_id = header(invite, "Call-ID");
    local = header(invite, "To") + ";tag=" + std::string(own_tag);
    remote = header(invite, "From");
    target = uri_of(header(invite, "Contact"));
}

}  // namespace sallyport::call
