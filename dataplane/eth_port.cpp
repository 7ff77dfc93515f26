// SPDX-License-Identifier: Apache-2.0
// Probing, configuring and closing ethdev ports. Offloads are asked for only when rte_eth_dev_info
// offers them; what is not offered is done in software by the stages.
#include "dataplane/eth_port.h"

#include "dataplane/device.h"
#include "dataplane/eal_log.h"

#include <net/if.h>
#include <rte_dev.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <spdlog/spdlog.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <unistd.h>
#include <utility>

namespace sallyport::dataplane {

namespace {

constexpr std::uint16_t kDescriptors = 1024;
constexpr std::uint16_t kLinkOverhead = RTE_ETHER_HDR_LEN + RTE_ETHER_CRC_LEN + RTE_VLAN_HLEN;

std::string named(const std::string& device) {
    return "device " + device;
}

/// MTU of a kernel interface, 0 when it cannot be read.
std::uint16_t interface_mtu(const std::string& interface) {
    ifreq request{};
    interface.copy(request.ifr_name, IFNAMSIZ - 1);
    const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const bool read = fd >= 0 && ::ioctl(fd, SIOCGIFMTU, &request) == 0;
    if (fd >= 0) {
        ::close(fd);
    }
    return read ? static_cast<std::uint16_t>(std::min(request.ifr_mtu, 65535)) : std::uint16_t{0};
}

std::string probe_fault(const std::string& device, int error) {
    const auto wire = wire_interface(device);
    if (geteuid() != 0 && (error == EPERM || error == EACCES || wire)) {
        return named(device) +
               " may not be opened; run as root or with CAP_NET_RAW, CAP_NET_ADMIN and CAP_BPF";
    }
    if (is_pci_device(device)) {
        return named(device) +
               " was not found or has no driver for DPDK; bind it to vfio-pci (dpdk-devbind.py)";
    }
    const std::string complaint = dpdk_complaint();
    return named(device) + " was refused by DPDK (" +
           (complaint.empty() ? rte_strerror(error) : complaint) +
           "); correct its name and arguments";
}

Outcome<std::string> probe(const std::string& device) {
    const auto wire = wire_interface(device);
    if (wire && ::if_nametoindex(wire->c_str()) == 0) {
        return Failure{named(device) + ": there is no interface " + *wire +
                       "; create it or correct iface="};
    }
    if (is_pci_device(device)) {
        return Done{};  // allowed on the EAL's command line and probed there
    }
    forget_dpdk_complaint();
    const int error = rte_dev_probe(device.c_str());
    if (error != 0) {
        return Failure{probe_fault(device, -error)};
    }
    return Done{};
}

/// Receive side: checksums checked by the device where it can, spread over queues by address and
/// port.
void ask_receive_offloads(const rte_eth_dev_info& info, std::uint16_t queues, rte_eth_conf& conf) {
    constexpr std::uint64_t kChecksums =
        RTE_ETH_RX_OFFLOAD_IPV4_CKSUM | RTE_ETH_RX_OFFLOAD_UDP_CKSUM;
    conf.rxmode.offloads = info.rx_offload_capa & kChecksums;
    const std::uint64_t rss = info.flow_type_rss_offloads & (RTE_ETH_RSS_IP | RTE_ETH_RSS_UDP);
    if (queues > 1 && rss != 0) {
        conf.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
        conf.rx_adv_conf.rss_conf.rss_hf = rss;
    }
}

}  // namespace

EthPort::EthPort(EthPort&& other) noexcept {
    *this = std::move(other);
}

EthPort& EthPort::operator=(EthPort&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(queues_, other.queues_);
    std::swap(mtu_, other.mtu_);
    std::swap(mac_, other.mac_);
    std::swap(sends_segments_, other.sends_segments_);
    std::swap(started_, other.started_);
    std::swap(promiscuous_, other.promiscuous_);
    std::swap(device_, other.device_);
    return *this;
}

EthPort::~EthPort() {
    if (id_ != kNone) {
        stop();
        rte_eth_dev_close(id_);
    }
}

Result<EthPort, std::string> EthPort::open(const std::string& device, std::uint16_t queues,
                                           rte_mempool* pool) {
    if (auto probed = probe(device); !probed) {
        return Failure{probed.error()};
    }
    EthPort port;
    port.device_ = device;
    port.queues_ = queues;
    const std::string name(device_name(device));
    std::uint16_t id = kNone;
    if (rte_eth_dev_get_port_by_name(name.c_str(), &id) != 0) {
        return Failure{probe_fault(device, ENODEV)};
    }
    port.id_ = id;
    if (auto configured = port.configure(pool); !configured) {
        return Failure{configured.error()};
    }
    return port;
}

Outcome<std::string> EthPort::configure(rte_mempool* pool) {
    rte_eth_dev_info info{};
    if (const int error = rte_eth_dev_info_get(id_, &info); error != 0) {
        return Failure{named(device_) + " does not describe itself (" + rte_strerror(-error) +
                       "); use another device"};
    }
    queues_ = std::min({queues_, info.max_rx_queues, info.max_tx_queues});
    const auto wire = wire_interface(device_);
    mtu_ = wire ? interface_mtu(*wire) : std::uint16_t{0};
    if (mtu_ == 0 && rte_eth_dev_get_mtu(id_, &mtu_) != 0) {
        mtu_ = RTE_ETHER_MTU;
    }
    const auto room = static_cast<std::uint16_t>(rte_pktmbuf_data_room_size(pool) -
                                                 RTE_PKTMBUF_HEADROOM - kLinkOverhead);
    mtu_ = std::min({mtu_, room, info.max_mtu});
    rte_eth_conf conf{};
    conf.rxmode.mtu = mtu_;
    ask_receive_offloads(info, queues_, conf);
    sends_segments_ = (info.tx_offload_capa & RTE_ETH_TX_OFFLOAD_MULTI_SEGS) != 0;
    conf.txmode.offloads = info.tx_offload_capa & RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
    if (const int error = rte_eth_dev_configure(id_, queues_, queues_, &conf); error != 0) {
        return Failure{named(device_) + " cannot be configured (" + rte_strerror(-error) +
                       "); correct its arguments"};
    }
    rte_ether_addr mac{};
    if (rte_eth_macaddr_get(id_, &mac) == 0) {
        std::memcpy(mac_.data(), mac.addr_bytes, mac_.size());
    }
    return set_up_queues(pool);
}

Outcome<std::string> EthPort::set_up_queues(rte_mempool* pool) {
    forget_dpdk_complaint();
    std::uint16_t rx = kDescriptors;
    std::uint16_t tx = kDescriptors;
    rte_eth_dev_adjust_nb_rx_tx_desc(id_, &rx, &tx);
    const auto socket = static_cast<unsigned>(std::max(0, rte_eth_dev_socket_id(id_)));
    for (std::uint16_t queue = 0; queue < queues_; ++queue) {
        int error = rte_eth_rx_queue_setup(id_, queue, rx, socket, nullptr, pool);
        if (error == 0) {
            error = rte_eth_tx_queue_setup(id_, queue, tx, socket, nullptr);
        }
        if (error != 0) {
            const std::string complaint = dpdk_complaint();
            return Failure{named(device_) + " has no working queue (" +
                           (complaint.empty() ? rte_strerror(-error) : complaint) +
                           "); free the interface or correct its arguments"};
        }
    }
    return Done{};
}

Outcome<std::string> EthPort::start() {
    if (const int error = rte_eth_dev_start(id_); error != 0) {
        return Failure{named(device_) + " does not start (" + rte_strerror(-error) +
                       "); bring the interface up or correct its arguments"};
    }
    started_ = true;
    accept_multicast();
    return Done{};
}

// Neighbour discovery and routing protocols of the kernel behind the tap arrive by multicast (RFC
// 4861 s.4.3): the device must not filter it. Where it has no such switch, promiscuous mode does;
// parse.cpp drops other stations' frames.
void EthPort::accept_multicast() {
    if (rte_eth_allmulticast_enable(id_) == 0 && rte_eth_allmulticast_get(id_) == 1) {
        return;
    }
    promiscuous_ = rte_eth_promiscuous_enable(id_) == 0;
    if (!promiscuous_) {
        spdlog::warn("device {}: neither all-multicast nor promiscuous mode; IPv6 may not resolve",
                     device_);
    }
}

void EthPort::add_gauges(CountersSnapshot::RealmGauges& gauges) const noexcept {
    rte_eth_stats stats{};
    if (rte_eth_stats_get(id_, &stats) == 0) {
        gauges.rx_missed = stats.imissed + stats.rx_nombuf;
        gauges.rx_errors = stats.ierrors;
        gauges.tx_errors = stats.oerrors;
    }
    rte_eth_link link{};
    gauges.link_up =
        rte_eth_link_get_nowait(id_, &link) == 0 && link.link_status == RTE_ETH_LINK_UP;
}

void EthPort::stop() noexcept {
    if (started_) {
        rte_eth_dev_stop(id_);
        if (promiscuous_) {  // drivers on kernel interfaces leave the flag on the interface
            rte_eth_promiscuous_disable(id_);
        }
        started_ = false;
    }
}

}  // namespace sallyport::dataplane
