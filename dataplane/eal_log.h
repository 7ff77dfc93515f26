// SPDX-License-Identifier: Apache-2.0
// DPDK writes its log to a stdio stream; this one keeps the first complaint for fault sentences and
// passes the lines on to our log at debug level, so that an operator reads one sentence and not the
// EAL's thoughts.
#pragma once

#include <string>

namespace sallyport::dataplane {

/// Directs rte_log into our log. Call before rte_eal_init; calling twice changes nothing.
void catch_dpdk_log();
/// Does the same for libbpf and libxdp, which af_xdp devices bring in and which write to stderr.
/// Call after rte_eal_init, when the drivers are loaded; does nothing without them.
void catch_xdp_log();
/// Gives rte_log back to stderr and closes the stream.
void release_dpdk_log();
/// The first error DPDK reported since forget_dpdk_complaint, without "EAL: " and the like; empty
/// when there was none. The first names the cause; those after it tell how far it was carried up.
[[nodiscard]] std::string dpdk_complaint();
void forget_dpdk_complaint();

}  // namespace sallyport::dataplane
