// SPDX-License-Identifier: Apache-2.0
// A ring of small values and an eventfd.
#include "dataplane/resolve_requests.h"

#include <rte_ring.h>
#include <sys/eventfd.h>

#include <unistd.h>

namespace sallyport::dataplane {

ResolveRequests::ResolveRequests(const std::string& name)
    : ring_(rte_ring_create_elem(name.c_str(), sizeof(Request), kSlots, SOCKET_ID_ANY,
                                 RING_F_MP_RTS_ENQ | RING_F_SC_DEQ)),
      bell_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

ResolveRequests::~ResolveRequests() {
    if (bell_ >= 0) {
        ::close(bell_);
    }
}

void ResolveRequests::ask(const Request& request) noexcept {
    Request copy = request;
    if (rte_ring_enqueue_elem(ring_.get(), &copy, sizeof copy) == 0) {
        const std::uint64_t one = 1;
        [[maybe_unused]] const ssize_t n = ::write(bell_, &one, sizeof one);
    }
}

bool ResolveRequests::take(Request& request) noexcept {
    return rte_ring_dequeue_elem(ring_.get(), &request, sizeof request) == 0;
}

void ResolveRequests::quiet() noexcept {
    std::uint64_t rung = 0;
    [[maybe_unused]] const ssize_t n = ::read(bell_, &rung, sizeof rung);
}

}  // namespace sallyport::dataplane
