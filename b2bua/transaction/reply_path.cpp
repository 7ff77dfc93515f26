// SPDX-License-Identifier: Apache-2.0
// Response destination and Via echo: RFC 3261 s.18.2.1, s.18.2.2, RFC 3581 s.4. See reply_path.h.
#include "b2bua/transaction/reply_path.h"

#include "b2bua/sip/params.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

namespace sallyport::transaction {
namespace {

constexpr Port kDefaultPort{5060};  // RFC 3261 s.18.2.2: when the sent-by names none

/// Calls sink with the pieces of text, one SP in place of each fold (A3).
template <class Sink>
void unfold(std::string_view text, Sink&& sink) {
    for (std::size_t fold = text.find("\r\n"); fold != std::string_view::npos;
         fold = text.find("\r\n")) {
        sink(text.substr(0, fold));
        sink(std::string_view(" "));
        const std::size_t next = std::min(text.find_first_not_of("\r\n\t ", fold), text.size());
        text.remove_prefix(next);
    }
    sink(text);
}

/// Appends to a caller's buffer; remembers that it was too small.
class Lines {
public:
    explicit Lines(std::span<char> out) noexcept : out_(out) {}
    void add(std::string_view text) noexcept {
        unfold(text, [this](std::string_view piece) { put(piece); });
    }
    void put(std::string_view piece) noexcept {
        fits_ = fits_ && piece.size() <= out_.size() - used_;
        if (fits_) {
            std::copy(piece.begin(), piece.end(),
                      out_.begin() + static_cast<std::ptrdiff_t>(used_));
            used_ += piece.size();
        }
    }
    [[nodiscard]] std::optional<std::string_view> finish() const noexcept {
        return fits_ ? std::optional(std::string_view(out_.data(), used_)) : std::nullopt;
    }

private:
    std::span<char> out_;
    std::size_t used_{0};
    bool fits_{true};
};

bool sent_by_is(const sip::Via& via, const IpAddr& source) noexcept {
    std::string_view host = via.host;
    if (host.size() > 2 && host.front() == '[') {
        host = host.substr(1, host.size() - 2);
    }
    const auto ip = IpAddr::parse(host);
    return ip && *ip == source;
}

/// RFC 6223 s.4.4: the sender would send keepalives and asks whether we want them (B19).
bool offers_keep(const sip::Param& param) noexcept {
    return sip::iequals(param.name, "keep") && !param.value;
}

/// The via without its own received and rport parameters and the offer of keepalives, everything
/// else as it came.
bool add_without_path(Lines& lines, const sip::Via& via) {
    bool offered = false;
    const char* copied = via.text.data();
    sip::ParamCursor params(via.params);
    for (auto param = params.next(); param; param = params.next()) {
        if (!sip::iequals(param->name, "received") && !sip::iequals(param->name, "rport") &&
            !offers_keep(*param)) {
            continue;
        }
        offered = offered || offers_keep(*param);
        const char* semicolon = param->name.data();
        while (semicolon != copied && *semicolon != ';') {
            --semicolon;
        }
        lines.add({copied, static_cast<std::size_t>(semicolon - copied)});
        const std::string_view last = param->value.value_or(param->name);
        copied = last.data() + last.size();
    }
    const char* end = via.text.data() + via.text.size();
    lines.add({copied, static_cast<std::size_t>(end - copied)});
    return offered;
}

void add_top(Lines& lines, const sip::Via& via, const Endpoint& source, bool force_rport) {
    constexpr std::string_view kKeep =
        ";keep=25";  // seconds, UDP: below the NATs of RFC 4787 s.4.3
    if (add_without_path(lines, via)) {
        lines.put(kKeep);
    }
    const bool rport = force_rport || via.rport.has_value();
    if (rport || !sent_by_is(via, source.ip)) {
        lines.put(";received=");
        lines.put(source.ip.to_string());  // IPv6 without brackets (A15)
    }
    if (rport) {
        std::array<char, 8> digits;
        const auto end =
            std::to_chars(digits.data(), digits.data() + digits.size(), source.port.value).ptr;
        lines.put(";rport=");
        lines.put({digits.data(), static_cast<std::size_t>(end - digits.data())});
    }
}

}  // namespace

Flow reply_flow(const sip::Message& request, const Flow& arrival, bool force_rport) noexcept {
    Flow flow = arrival;
    const sip::Via& via = request.top_via();
    if (!reliable(arrival.transport) && !force_rport && !via.rport) {
        flow.remote.port = via.port.value_or(kDefaultPort);
    }
    return flow;
}

bool answerable(const Endpoint& endpoint) noexcept {
    constexpr IpAddr kBroadcast = IpAddr::v4(0xffffffff);
    return endpoint.port.value != 0 && !endpoint.ip.is_multicast() &&
           !endpoint.ip.is_unspecified() && endpoint.ip.family() != Family::kNone &&
           endpoint.ip != kBroadcast;
}

std::optional<std::string_view> write_vias(const sip::Message& request, const Flow& arrival,
                                           bool force_rport, std::span<char> out) {
    Lines lines(out);
    bool top = true;
    for (const sip::HeaderField& field : request.headers()) {
        if (field.id != sip::HeaderId::kVia) {
            continue;
        }
        std::string_view value = request.value(field);
        lines.put("Via: ");
        if (top) {
            const sip::Via& via = request.top_via();
            add_top(lines, via, arrival.remote, force_rport);
            const char* rest = via.text.data() + via.text.size();  // more values in the same field
            value = {rest, static_cast<std::size_t>(value.data() + value.size() - rest)};
            top = false;
        }
        lines.add(value);
        lines.put("\r\n");
    }
    return lines.finish();
}

void write_unfolded(sip::Writer& writer, std::string_view text) noexcept {
    unfold(text, [&writer](std::string_view piece) { writer.text(piece); });
}

}  // namespace sallyport::transaction
