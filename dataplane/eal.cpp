// SPDX-License-Identifier: Apache-2.0
// Builds the EAL's argument vector, runs rte_eal_init, and turns its log into ours.
#include "dataplane/eal.h"

#include "dataplane/eal_log.h"

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_lcore.h>
#include <rte_log.h>
#include <spdlog/spdlog.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sched.h>
#include <unistd.h>

namespace sallyport::dataplane {

namespace {

constexpr std::uint64_t kMegabyte = 1024 * 1024;
// What EAL, drivers and rings take besides packet memory when there are no hugepages.
constexpr std::uint64_t kNoHugeReserve = 96 * kMegabyte;

std::vector<int> allowed_cpus() {
    cpu_set_t set;
    CPU_ZERO(&set);
    std::vector<int> cpus;
    if (sched_getaffinity(0, sizeof set, &set) == 0) {
        for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
            if (CPU_ISSET(cpu, &set)) {
                cpus.push_back(cpu);
            }
        }
    }
    return cpus;
}

std::uint64_t number_in(const std::filesystem::path& file) {
    std::uint64_t value = 0;
    std::ifstream(file) >> value;
    return value;
}

/// Free hugepage memory of all sizes.
std::uint64_t free_hugepage_bytes() {
    std::uint64_t bytes = 0;
    std::error_code ec;
    for (const auto& entry : std::filesystem::directory_iterator("/sys/kernel/mm/hugepages", ec)) {
        const std::string name = entry.path().filename().string();  // hugepages-2048kB
        constexpr std::string_view kStem = "hugepages-";
        if (name.starts_with(kStem)) {
            bytes += number_in(entry.path() / "free_hugepages") *
                     std::strtoull(name.c_str() + kStem.size(), nullptr, 10) * 1024;
        }
    }
    return bytes;
}

/// Lcore 0 is the main thread's and floats over all allowed CPUs; worker i is lcore i+1, pinned,
/// last CPU first: the first CPU usually takes the interrupts.
std::string lcore_map(const std::vector<int>& cpus, std::uint8_t workers) {
    std::string map = "0@(";
    for (std::size_t i = 0; i < cpus.size(); ++i) {
        map += (i == 0 ? "" : ",") + std::to_string(cpus[i]);
    }
    map += ")";
    for (std::size_t i = 0; i < workers; ++i) {
        map += "," + std::to_string(i + 1) + "@" + std::to_string(cpus[cpus.size() - 1 - i]);
    }
    return map;
}

std::vector<std::string> arguments(const EalRequest& request, const std::vector<int>& cpus,
                                   const std::string& prefix, bool hugepages) {
    std::vector<std::string> args{"sallyport", "--file-prefix=" + prefix, "--no-telemetry",
                                  "--log-level=lib.eal:notice",
                                  "--lcores=" + lcore_map(cpus, request.workers)};
    if (hugepages) {
        args.emplace_back("--in-memory");
    } else {  // which DPDK 22.11 refuses together with --in-memory
        const std::uint64_t bytes = request.memory_bytes + kNoHugeReserve;
        args.emplace_back("--no-shconf");
        args.emplace_back("--no-huge");
        args.emplace_back("-m");
        args.emplace_back(std::to_string((bytes + kMegabyte - 1) / kMegabyte));
    }
    if (request.pci_devices.empty()) {
        args.emplace_back("--no-pci");
    }
    for (const std::string& device : request.pci_devices) {
        args.emplace_back("--allow=" + device);
    }
    return args;
}

/// Runtime directories of gateways that were killed.
void remove_stale_directories() {
    constexpr std::string_view kStem = "sallyport-";
    std::error_code ec;
    for (const auto& entry : std::filesystem::directory_iterator("/var/run/dpdk", ec)) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with(kStem)) {
            continue;
        }
        const auto pid = static_cast<pid_t>(std::strtol(name.c_str() + kStem.size(), nullptr, 10));
        if (pid > 0 && ::kill(pid, 0) != 0 && errno == ESRCH) {
            std::filesystem::remove_all(entry.path(), ec);
        }
    }
}

int run_eal_init(std::vector<std::string> args) {
    std::vector<char*> argv;
    argv.reserve(args.size() + 1);
    for (std::string& arg : args) {
        argv.push_back(arg.data());
    }
    argv.push_back(nullptr);
    cpu_set_t before;
    CPU_ZERO(&before);
    sched_getaffinity(0, sizeof before, &before);
    const int result = rte_eal_init(static_cast<int>(args.size()), argv.data());
    const int error = rte_errno;
    sched_setaffinity(0, sizeof before, &before);
    rte_errno = error;
    return result;
}

std::string init_fault() {
    switch (rte_errno) {
        case EALREADY:
            return "DPDK was already started once in this process; it starts only once, restart "
                   "the process";
        case EACCES:
        case EPERM:
            return "DPDK may not use the devices or memory it needs; run as root or with "
                   "CAP_NET_ADMIN, "
                   "CAP_NET_RAW, CAP_IPC_LOCK and CAP_BPF";
        case ENOMEM:
            return "DPDK found no memory: free some, or reserve hugepages (sysctl "
                   "vm.nr_hugepages=256)";
        default:
            break;
    }
    const std::string complaint = dpdk_complaint();
    return "DPDK could not start (" + (complaint.empty() ? rte_strerror(rte_errno) : complaint) +
           "); correct that and start again";
}

}  // namespace

Result<std::unique_ptr<Eal>, std::string> Eal::start(const EalRequest& request) {
    const std::vector<int> cpus = allowed_cpus();
    if (request.workers > cpus.size()) {
        return Failure{"workers = " + std::to_string(request.workers) +
                       " but this process may use only " + std::to_string(cpus.size()) +
                       " CPUs; lower workers or allow more CPUs"};
    }
    const bool hugepages = free_hugepage_bytes() >= request.memory_bytes + kNoHugeReserve;
    if (!hugepages) {
        spdlog::warn(
            "no hugepages free: running on ordinary pages, slower and unfit for PCI devices; "
            "reserve some with sysctl vm.nr_hugepages={}",
            (request.memory_bytes + kNoHugeReserve) / (2 * kMegabyte) + 1);
    }
    remove_stale_directories();
    catch_dpdk_log();
    // NOLINTNEXTLINE(misc-include-cleaner)
    std::unique_ptr<Eal> eal(new Eal("sallyport-" + std::to_string(getpid())));
    if (run_eal_init(arguments(request, cpus, eal->prefix_, hugepages)) < 0) {
        std::string fault = init_fault();
        release_dpdk_log();
        return Failure{std::move(fault)};
    }
    catch_xdp_log();
    eal->hugepages_ = hugepages;
    for (unsigned i = 1; i <= request.workers; ++i) {
        eal->lcores_.push_back(i);
    }
    return eal;
}

Eal::~Eal() {
    if (!lcores_.empty()) {
        rte_eal_cleanup();
        release_dpdk_log();
    }
    // The EAL leaves its (empty) runtime directory behind even with --in-memory.
    std::error_code ec;
    std::filesystem::remove_all("/var/run/dpdk/" + prefix_, ec);
    std::filesystem::remove("/var/run/dpdk", ec);  // only when nobody else's is in it
}

}  // namespace sallyport::dataplane
