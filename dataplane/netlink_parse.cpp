// SPDX-License-Identifier: Apache-2.0
// Attribute tables of neighbour, route and address messages.
#include "dataplane/netlink_parse.h"

#include <libmnl/libmnl.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include <cstring>

namespace sallyport::dataplane::netlink {

namespace {

template <std::size_t Size>
using Attributes = std::array<const nlattr*, Size>;

/// The attributes of a region by type, the last of each; types beyond Size are ignored.
template <std::size_t Size>
Attributes<Size> attributes_in(const void* begin, std::size_t length) noexcept {
    Attributes<Size> found{};
    const char* at = static_cast<const char*>(begin);
    const char* const end = at + length;
    while (at < end) {
        const auto* attribute = reinterpret_cast<const nlattr*>(at);
        if (!mnl_attr_ok(attribute, static_cast<int>(end - at))) {
            break;
        }
        const std::uint16_t type = mnl_attr_get_type(attribute);
        if (type < Size) {
            found[type] = attribute;
        }
        at += MNL_ALIGN(attribute->nla_len);
    }
    return found;
}

template <std::size_t Size>
Attributes<Size> attributes_of(const nlmsghdr& message, std::size_t body) noexcept {
    const std::size_t skipped = MNL_ALIGN(body);
    const std::size_t all = mnl_nlmsg_get_payload_len(&message);
    const char* payload = static_cast<const char*>(mnl_nlmsg_get_payload(&message));
    return all <= skipped ? Attributes<Size>{}
                          : attributes_in<Size>(payload + skipped, all - skipped);
}

IpAddr address_in(const void* octets, std::size_t length) noexcept {
    std::array<std::uint8_t, 16> bytes{};
    if (length == 4) {
        std::memcpy(bytes.data(), octets, 4);
        return IpAddr::v4((std::uint32_t{bytes[0]} << 24) | (std::uint32_t{bytes[1]} << 16) |
                          (std::uint32_t{bytes[2]} << 8) | bytes[3]);
    }
    if (length == 16) {
        std::memcpy(bytes.data(), octets, 16);
        return IpAddr::v6(bytes);
    }
    return {};
}

IpAddr address_in(const nlattr* attribute) noexcept {
    return attribute == nullptr
               ? IpAddr{}
               : address_in(mnl_attr_get_payload(attribute), mnl_attr_get_payload_len(attribute));
}

std::uint32_t number_in(const nlattr* attribute, std::uint32_t otherwise) noexcept {
    return attribute == nullptr ? otherwise : mnl_attr_get_u32(attribute);
}

/// RTA_VIA: a next hop of another family (RFC 8950 routes).
IpAddr via_in(const nlattr* attribute) noexcept {
    if (attribute == nullptr || mnl_attr_get_payload_len(attribute) <= sizeof(rtvia)) {
        return {};
    }
    const auto* via = static_cast<const rtvia*>(mnl_attr_get_payload(attribute));
    return address_in(via->rtvia_addr, mnl_attr_get_payload_len(attribute) - sizeof(rtvia));
}

IpAddr gateway_in(const Attributes<RTA_MAX + 1>& found) noexcept {
    return found[RTA_GATEWAY] != nullptr ? address_in(found[RTA_GATEWAY]) : via_in(found[RTA_VIA]);
}

/// The hops of a multipath route stand in an array of rtnexthop, each with its own attributes.
void for_each_multipath(const nlattr* multipath, SeenRoute route,
                        const std::function<void(const SeenRoute&)>& use) {
    auto* hop = static_cast<rtnexthop*>(mnl_attr_get_payload(multipath));
    auto left = static_cast<int>(mnl_attr_get_payload_len(multipath));
    while (RTNH_OK(hop, left)) {
        const auto found =
            attributes_in<RTA_MAX + 1>(RTNH_DATA(hop), hop->rtnh_len - std::size_t{RTNH_LENGTH(0)});
        route.ifindex = hop->rtnh_ifindex;
        route.gateway = gateway_in(found);
        use(route);
        left -= static_cast<int>(NLMSG_ALIGN(hop->rtnh_len));
        hop = RTNH_NEXT(hop);
    }
}

}  // namespace

DumpRequest::DumpRequest(std::uint16_t type, std::uint8_t family) noexcept {
    nlmsghdr* header = mnl_nlmsg_put_header(buffer_.data());
    header->nlmsg_type = type;
    header->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    if (type == RTM_GETROUTE) {
        auto* body = static_cast<rtmsg*>(mnl_nlmsg_put_extra_header(header, sizeof(rtmsg)));
        body->rtm_family = family;
        body->rtm_table = RT_TABLE_MAIN;
    } else if (type == RTM_GETADDR) {
        auto* body = static_cast<ifaddrmsg*>(mnl_nlmsg_put_extra_header(header, sizeof(ifaddrmsg)));
        body->ifa_family = family;
    } else {
        auto* body = static_cast<ndmsg*>(mnl_nlmsg_put_extra_header(header, sizeof(ndmsg)));
        body->ndm_family = family;
    }
}

std::optional<SeenNeighbour> parse_neighbour(const nlmsghdr& message) noexcept {
    constexpr unsigned kUsable =
        NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT | NUD_NOARP;
    if (mnl_nlmsg_get_payload_len(&message) < sizeof(ndmsg)) {
        return std::nullopt;
    }
    const auto* body = static_cast<const ndmsg*>(mnl_nlmsg_get_payload(&message));
    const auto found = attributes_of<NDA_MAX + 1>(message, sizeof *body);
    SeenNeighbour seen;
    seen.ifindex = body->ndm_ifindex;
    seen.address = address_in(found[NDA_DST]);
    if (seen.address.family() == Family::kNone || (body->ndm_flags & NTF_PROXY) != 0) {
        return std::nullopt;
    }
    const nlattr* link = found[NDA_LLADDR];
    if (link != nullptr && mnl_attr_get_payload_len(link) == seen.mac.size()) {
        std::memcpy(seen.mac.data(), mnl_attr_get_payload(link), seen.mac.size());
        seen.usable = (body->ndm_state & kUsable) != 0;
    }
    seen.stale = (body->ndm_state & NUD_STALE) != 0;
    return seen;
}

void for_each_hop(const nlmsghdr& message, const std::function<void(const SeenRoute&)>& use) {
    if (mnl_nlmsg_get_payload_len(&message) < sizeof(rtmsg)) {
        return;
    }
    const auto* body = static_cast<const rtmsg*>(mnl_nlmsg_get_payload(&message));
    const auto found = attributes_of<RTA_MAX + 1>(message, sizeof *body);
    const bool main_table = number_in(found[RTA_TABLE], body->rtm_table) == RT_TABLE_MAIN;
    const bool cached = (body->rtm_flags & RTM_F_CLONED) != 0;
    if (!main_table || cached || body->rtm_type != RTN_UNICAST) {
        return;
    }
    SeenRoute route;
    route.destination.length = body->rtm_dst_len;
    route.destination.address = address_in(found[RTA_DST]);
    if (found[RTA_DST] == nullptr) {
        route.destination.address = body->rtm_family == AF_INET ? IpAddr::v4(0) : IpAddr::v6({});
    }
    route.metric = number_in(found[RTA_PRIORITY], 0);
    if (found[RTA_MULTIPATH] != nullptr) {
        for_each_multipath(found[RTA_MULTIPATH], route, use);
        return;
    }
    route.ifindex = static_cast<int>(number_in(found[RTA_OIF], 0));
    route.gateway = gateway_in(found);
    use(route);
}

std::optional<SeenAddress> parse_address(const nlmsghdr& message) noexcept {
    if (mnl_nlmsg_get_payload_len(&message) < sizeof(ifaddrmsg)) {
        return std::nullopt;
    }
    const auto* body = static_cast<const ifaddrmsg*>(mnl_nlmsg_get_payload(&message));
    const auto found = attributes_of<IFA_MAX + 1>(message, sizeof *body);
    // On point-to-point links IFA_ADDRESS is the peer and IFA_LOCAL is ours; IPv6 often has only
    // the former.
    const nlattr* ours = found[IFA_LOCAL] != nullptr ? found[IFA_LOCAL] : found[IFA_ADDRESS];
    SeenAddress seen{static_cast<int>(body->ifa_index), address_in(ours)};
    if (seen.address.family() == Family::kNone) {
        return std::nullopt;
    }
    return seen;
}

}  // namespace sallyport::dataplane::netlink
