// SPDX-License-Identifier: Apache-2.0
// Reading and writing of option values. read() leaves out untouched unless it returns nothing.
#include "config/values.h"

#include "config/names.h"
#include "config/text.h"

#include <algorithm>

namespace sallyport::config {
namespace {

constexpr std::uint16_t kSipPort = 5060;       // RFC 3261 s.19.1.2
constexpr std::size_t kLongestInterface = 15;  // IFNAMSIZ of Linux without its final zero

/// 1 to 65535.
std::optional<std::uint16_t> port_number(std::string_view text) noexcept {
    const auto value = whole_number(text);
    if (!value || *value == 0 || *value > 65535) {
        return std::nullopt;
    }
    return static_cast<std::uint16_t>(*value);
}

/// IP:PORT, or [IP]:PORT for IPv6. A port is required when default_port is 0.
std::optional<Endpoint> host_port(std::string_view text, std::uint16_t default_port) noexcept {
    const bool bracketed = text.starts_with('[');
    const std::size_t host_end = text.find(bracketed ? ']' : ':');
    if (bracketed && host_end == std::string_view::npos) {
        return std::nullopt;
    }
    const auto ip =
        IpAddr::parse(bracketed ? text.substr(1, host_end - 1) : text.substr(0, host_end));
    if (!ip || ip->is_v6() != bracketed) {
        return std::nullopt;
    }
    std::string_view rest =
        host_end == std::string_view::npos ? "" : text.substr(host_end + (bracketed ? 1 : 0));
    if (rest.empty() && default_port != 0) {
        return Endpoint{*ip, Port{default_port}};
    }
    const auto port = rest.starts_with(':') ? port_number(rest.substr(1)) : std::nullopt;
    return port ? std::optional(Endpoint{*ip, Port{*port}}) : std::nullopt;
}

/// Whether every bit of the address behind its prefix has the given value.
bool host_bits_are(const Prefix& prefix, bool ones) noexcept {
    const std::size_t bits = prefix.address.is_v4() ? 32 : 128;
    for (std::size_t bit = prefix.length; bit < bits; ++bit) {
        const bool set = (prefix.address.octets()[bit / 8] >> (7 - bit % 8)) & 1;
        if (set != ones) {
            return false;
        }
    }
    return true;
}

Verdict host_of_network(const Prefix& prefix) {
    const IpAddr& ip = prefix.address;
    if (ip.is_unspecified() || ip.is_loopback() || ip.is_multicast()) {
        return Misfit{"a unicast address that other hosts can reach", ""};
    }
    const std::string net = prefix.to_string();
    if (ip.is_v4() && prefix.length < 31 && host_bits_are(prefix, true)) {
        return Misfit{"an address of a host: this one is the broadcast address of its network",
                      "choose another address in " + net};
    }
    if (ip.is_v4() && prefix.length < 31 && host_bits_are(prefix, false)) {
        return Misfit{"an address of a host: this one is the address of the network itself",
                      "choose another address in " + net};
    }
    return std::nullopt;
}

}  // namespace

std::string Number::form(const OptionText& option) {
    return "from " + std::to_string(option.range.min) + " to " + std::to_string(option.range.max);
}

std::optional<std::uint64_t> Number::parse(Range range, std::string_view text) noexcept {
    const auto value = whole_number(text);
    return value && *value >= range.min && *value <= range.max ? value : std::nullopt;
}

Verdict Flag::read(const Context& context, std::string_view text, bool& out) {
    if (text != "true" && text != "false") {
        return Misfit{"true or false",
                      "write '" + std::string(context.option.name) + " = true' or false"};
    }
    out = text == "true";
    return std::nullopt;
}

Verdict Socket::read(const Context&, std::string_view text, Endpoint& out) {
    const auto value = host_port(text, 0);
    if (!value || !value->ip.is_v4()) {
        return Misfit{"an IPv4 address and a port from 1 to 65535", ""};
    }
    if (value->ip.is_multicast()) {
        return Misfit{"an address of this host, not a multicast address", ""};
    }
    out = *value;
    return std::nullopt;
}

Verdict Network::read(const Context&, std::string_view text, Prefix& out) {
    if (const auto bare = IpAddr::parse(text)) {
        return Misfit{"an address with the length of its network",
                      "write " + bare->to_string() + (bare->is_v4() ? "/24" : "/64") +
                          " if that is the network's length"};
    }
    const auto value = Prefix::parse(text);
    if (!value) {
        return Misfit{"an address with the length of its network", ""};
    }
    if (auto misfit = host_of_network(*value)) {
        return misfit;
    }
    out = *value;
    return std::nullopt;
}

Verdict Device::read(const Context&, std::string_view text, std::string& out) {
    const bool visible = std::all_of(text.begin(), text.end(),
                                     [](char c) { return c > ' ' && c < 0x7f && c != '#'; });
    if (text.empty() || !visible) {
        return Misfit{"a DPDK device string without spaces", ""};
    }
    out = text;
    return std::nullopt;
}

Verdict File::read(const Context&, std::string_view text, std::string& out) {
    const bool visible = std::all_of(text.begin(), text.end(), [](char c) {
        const auto octet = static_cast<unsigned char>(c);
        return octet >= ' ' && octet != 0x7f;
    });
    if (text.empty() || !visible) {
        return Misfit{"the name of a file", ""};
    }
    out = text;
    return std::nullopt;
}

Verdict Tap::read(const Context&, std::string_view text, std::string& out) {
    const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
               c == '-' || c == '_' || c == '.';
    });
    if (text.size() > kLongestInterface) {
        return Misfit{"at most 15 characters (the kernel takes no longer interface names), not " +
                          std::to_string(text.size()),
                      "shorten it, for instance to " +
                          (plain ? std::string(text.substr(0, kLongestInterface)) : "sp-inside")};
    }
    if (text.empty() || !plain || text == "." || text == "..") {
        return Misfit{"an interface name of letters, digits, '-', '_' and '.'", ""};
    }
    out = text;
    return std::nullopt;
}

Verdict Directory::read(const Context&, std::string_view text, std::string& out) {
    const bool visible = std::all_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) > ' ' && c != 0x7f && c != '#';
    });
    if (text != "none" && (!text.starts_with('/') || text.size() < 2 || !visible)) {
        return Misfit{"the absolute path of a directory without spaces, or none", ""};
    }
    out = text == "none" ? "" : text;
    return std::nullopt;
}

std::string Listen::write(const Config&, const std::vector<ListenPoint>& value) {
    std::string out;
    for (const ListenPoint& point : value) {
        out.append(out.empty() ? "" : ",").append("udp:").append(std::to_string(point.port.value));
    }
    return out;
}

Verdict Listen::read(const Context&, std::string_view text, std::vector<ListenPoint>& out) {
    std::vector<ListenPoint> points;
    for (bool more = true; more;) {
        const std::size_t comma = text.find(',');
        more = comma != std::string_view::npos;
        const std::string_view point = trim(text.substr(0, comma));
        text.remove_prefix(more ? comma + 1 : text.size());
        const auto port = point.starts_with("udp:") ? port_number(point.substr(4)) : std::nullopt;
        if (!port) {
            return Misfit{"udp:PORT with a port from 1 to 65535 (UDP is the only transport yet)",
                          ""};
        }
        const auto twin = std::find_if(points.begin(), points.end(),
                                       [&](ListenPoint p) { return p.port.value == *port; });
        if (twin != points.end()) {
            return Misfit{"each port once", "remove the second udp:" + std::to_string(*port)};
        }
        points.push_back({Transport::kUdp, Port{*port}});
    }
    out = std::move(points);
    return std::nullopt;
}

std::string HeaderNames::write(const Config&, const std::vector<std::string>& value) {
    std::string out;
    for (const std::string& name : value) {
        out.append(out.empty() ? "" : ",").append(name);
    }
    return out.empty() ? "none" : out;
}

Verdict HeaderNames::read(const Context&, std::string_view text, std::vector<std::string>& out) {
    std::vector<std::string> names;
    for (bool more = text != "none"; more;) {
        const std::size_t comma = text.find(',');
        more = comma != std::string_view::npos;
        const std::string_view name = trim(text.substr(0, comma));
        text.remove_prefix(more ? comma + 1 : text.size());
        if (!is_token(name)) {
            return Misfit{"names of headers separated by commas, or none", ""};
        }
        names.emplace_back(name);
    }
    out = std::move(names);
    return std::nullopt;
}

std::string Ports::write(const Config&, PortRange value) {
    return std::to_string(value.first) + '-' + std::to_string(value.last);
}

Verdict Ports::read(const Context& context, std::string_view text, PortRange& out) {
    const std::size_t dash = text.find('-');
    const auto first = port_number(trim(text.substr(0, dash)));
    const auto last =
        dash == std::string_view::npos ? std::nullopt : port_number(trim(text.substr(dash + 1)));
    if (!first || !last || *first < 1024) {
        return Misfit{"FIRST-LAST with ports from 1024 to 65535", ""};
    }
    if (*first > *last) {
        return Misfit{"the lower port first", "write " + write(context.config, {*last, *first})};
    }
    if (*first % 2 == 0 && *last % 2 == 1) {
        out = {*first, *last};
        return std::nullopt;
    }
    const int even = *first + *first % 2;
    const int odd = *last - (*last + 1) % 2;
    return Misfit{
        "an even first and an odd last port (RTP takes the even port of a pair and RTCP the "
        "odd one above it, RFC 3550 s.11)",
        even < odd ? "write " + std::to_string(even) + '-' + std::to_string(odd) : ""};
}

std::string RealmName::write(const Config& config, RealmId value) {
    return config.realms[value.value].name;
}

Verdict RealmName::read(const Context& context, std::string_view text, RealmId& out) {
    const auto index = index_of(text, context.config.realms);
    if (!index) {
        return no_such("realm", text, context.config.realms);
    }
    out = RealmId{static_cast<std::uint8_t>(*index)};
    return std::nullopt;
}

std::optional<Endpoint> sip_uri_endpoint(std::string_view uri) noexcept {
    return uri.starts_with("sip:") ? host_port(uri.substr(4), kSipPort) : std::nullopt;
}

Verdict SipUri::read(const Context&, std::string_view text, std::string& out) {
    if (text.starts_with("sips:") || text.find(";transport=") != std::string_view::npos) {
        return Misfit{"sip:IP[:PORT] (UDP is the only transport yet)", ""};
    }
    if (!text.starts_with("sip:")) {
        return Misfit{"sip:IP[:PORT]", "begin it with sip:"};
    }
    const std::string_view host = text.substr(4);
    if (IpAddr::parse(host) && host.find(':') != std::string_view::npos) {
        return Misfit{"brackets around an IPv6 address", "write sip:[" + std::string(host) + "]"};
    }
    const auto endpoint = sip_uri_endpoint(text);
    const bool letters = std::any_of(host.begin(), host.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    });
    if (!endpoint && letters && host.find_first_of("[@;?") == std::string_view::npos) {
        return Misfit{"an IP address after sip: (names need DNS, which a later version brings)",
                      "write the address that the name stands for, such as sip:10.20.0.2:5060"};
    }
    if (!endpoint) {
        return Misfit{"sip:IP[:PORT] with nothing before or after, sip:[IP]:PORT for IPv6", ""};
    }
    if (endpoint->ip.is_unspecified() || endpoint->ip.is_multicast() ||
        endpoint->ip.is_loopback()) {
        return Misfit{"the address of another host", ""};
    }
    out = text;
    return std::nullopt;
}

}  // namespace sallyport::config
