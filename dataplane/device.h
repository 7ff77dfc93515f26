// SPDX-License-Identifier: Apache-2.0
// What a realm's device string means: a PCI address, or a virtual device with its arguments. Pure
// text, no DPDK.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sallyport::dataplane {

/// "0000:03:00.0" or "03:00.0", arguments may follow after a comma.
[[nodiscard]] bool is_pci_device(std::string_view device) noexcept;

/// The part before the first comma: the device's name to DPDK.
[[nodiscard]] std::string_view device_name(std::string_view device) noexcept;

/// The value of one key=value argument: interface of "net_af_packet0,iface=lan0".
[[nodiscard]] std::optional<std::string_view> device_argument(std::string_view device,
                                                              std::string_view key) noexcept;

/// The kernel interface that the device reads from and that must exist before; none for PCI,
/// net_tap, rings.
[[nodiscard]] std::optional<std::string> wire_interface(std::string_view device);

}  // namespace sallyport::dataplane
