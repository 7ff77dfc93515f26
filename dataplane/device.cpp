// SPDX-License-Identifier: Apache-2.0
// Splits device strings as DPDK's devargs do: name, then comma-separated key=value pairs.
#include "dataplane/device.h"

#include <algorithm>

namespace sallyport::dataplane {

namespace {

bool hex_digits(std::string_view text, std::size_t least, std::size_t most) noexcept {
    const auto is_hex = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    };
    return text.size() >= least && text.size() <= most &&
           std::all_of(text.begin(), text.end(), is_hex);
}

}  // namespace

std::string_view device_name(std::string_view device) noexcept {
    return device.substr(0, device.find(','));
}

bool is_pci_device(std::string_view device) noexcept {
    std::string_view name = device_name(device);
    if (std::count(name.begin(), name.end(), ':') == 2) {
        if (!hex_digits(name.substr(0, name.find(':')), 4, 8)) {
            return false;
        }
        name.remove_prefix(name.find(':') + 1);
    }
    const std::size_t colon = name.find(':');
    const std::size_t dot = name.find('.');
    return colon != std::string_view::npos && dot != std::string_view::npos && colon < dot &&
           hex_digits(name.substr(0, colon), 2, 2) &&
           hex_digits(name.substr(colon + 1, dot - colon - 1), 2, 2) &&
           hex_digits(name.substr(dot + 1), 1, 1);
}

std::optional<std::string_view> device_argument(std::string_view device,
                                                std::string_view key) noexcept {
    std::size_t comma = device.find(',');
    while (comma != std::string_view::npos) {
        device.remove_prefix(comma + 1);
        comma = device.find(',');
        const std::string_view pair = device.substr(0, comma);
        const std::size_t equals = pair.find('=');
        if (equals != std::string_view::npos && pair.substr(0, equals) == key) {
            return pair.substr(equals + 1);
        }
    }
    return std::nullopt;
}

std::optional<std::string> wire_interface(std::string_view device) {
    const std::string_view name = device_name(device);
    if (!name.starts_with("net_af_packet") && !name.starts_with("net_af_xdp") &&
        !name.starts_with("eth_af_packet")) {
        return std::nullopt;
    }
    const auto iface = device_argument(device, "iface");
    return iface ? std::optional<std::string>(std::string(*iface)) : std::nullopt;
}

}  // namespace sallyport::dataplane
