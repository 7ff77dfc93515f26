// SPDX-License-Identifier: Apache-2.0
#include "b2bua/transport/resolver/services.h"

#include "b2bua/sip/params.h"
#include "b2bua/transport/resolver/domain_name.h"

#include <algorithm>
#include <array>
#include <utility>

namespace sallyport::resolver {
namespace {

struct Row {
    Transport transport;
    std::string_view naptr;   // service field of NAPTR
    std::string_view prefix;  // of the name of SRV records
};

constexpr Row kRows[] = {
    {Transport::kUdp, "SIP+D2U", "_sip._udp."},   {Transport::kTcp, "SIP+D2T", "_sip._tcp."},
    {Transport::kTls, "SIPS+D2T", "_sips._tcp."}, {Transport::kWs, "SIP+D2W", "_sip._ws."},
    {Transport::kWss, "SIPS+D2W", "_sips._ws."},
};

/// In clear text first: nothing stands in clear text behind TLS (B14).
constexpr std::array kUsual{Transport::kUdp, Transport::kTcp, Transport::kTls};

/// RFC 3263 s.4.1: flag "s", no regular expression, a service that can be used.
std::optional<Service> usable(const Naptr& pointer, bool sips, Transports transports) {
    if (!sip::iequals(pointer.flags, "s") || pointer.has_regexp) {
        return std::nullopt;
    }
    for (const Row& row : kRows) {
        if (sip::iequals(row.naptr, pointer.service) && may_use(row.transport, sips, transports)) {
            auto name = domain_name(pointer.replacement);
            return name ? std::optional(Service{row.transport, *std::move(name)}) : std::nullopt;
        }
    }
    return std::nullopt;
}

}  // namespace

Service service_of(Transport transport, std::string_view domain) {
    const Row& row = kRows[static_cast<std::size_t>(transport)];
    return {transport, std::string(row.prefix).append(domain)};
}

std::vector<Service> services_of(std::span<const Naptr> pointers, bool sips,
                                 Transports transports) {
    std::vector<const Naptr*> sorted;
    for (const Naptr& pointer : pointers) {
        sorted.push_back(&pointer);
    }
    std::ranges::stable_sort(sorted, {}, [](const Naptr* p) {
        return std::pair{p->order, p->preference};
    });
    std::vector<Service> services;
    for (const Naptr* pointer : sorted) {
        auto service = usable(*pointer, sips, transports);
        if (service && std::ranges::find(services, *service) == services.end()) {
            services.push_back(*std::move(service));
        }
    }
    return services;
}

std::vector<Service> usual_services(std::string_view domain, bool sips, Transports transports) {
    std::vector<Service> services;
    for (const Transport transport : kUsual) {
        if (may_use(transport, sips, transports)) {
            services.push_back(service_of(transport, domain));
        }
    }
    return services;
}

std::optional<Transport> usual_transport(bool sips, Transports transports) noexcept {
    for (const Transport transport : kUsual) {
        if (may_use(transport, sips, transports)) {
            return transport;
        }
    }
    return std::nullopt;
}

}  // namespace sallyport::resolver
