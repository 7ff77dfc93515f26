// SPDX-License-Identifier: Apache-2.0
// The flow table's memory, all of it touched at the start so that no packet meets a page fault, and
// where a flow sends.
#include "dataplane/flow_table.h"

namespace sallyport::dataplane {

FlowTable::FlowTable(std::size_t realms, std::uint32_t flows)
    : capacity_(flows),
      entries_(std::make_unique<Entry[]>(realms * kPorts)),
      flows_(std::make_unique<Flow[]>(kFirstFlow + flows)),
      rules_(std::make_unique<FlowRules[]>(kFirstFlow + flows)),
      notes_(std::make_unique<FlowNotes[]>(kFirstFlow + flows)),
      next_(std::make_unique<Entry[]>(kFirstFlow + flows)) {}

FlowTable::Part FlowTable::part_of(std::uint8_t shard, std::uint8_t shards) const noexcept {
    const std::uint64_t flows = capacity_;
    return {kFirstFlow + static_cast<FlowIndex>(flows * shard / shards),
            kFirstFlow + static_cast<FlowIndex>(flows * (shard + 1U) / shards)};
}

SendTarget send_target(const FlowTable& table, FlowIndex index) noexcept {
    const Flow& flow = table.flow(index);
    const LatchWord latch = LatchWord::unpack(flow.latch.load(std::memory_order_acquire));
    if (latch.state == LatchState::kLocked) {
        return {remote_words(flow), latch.port, true};
    }
    const FlowRules& rules = table.rules(index);
    if (rules.send_before_latch) {
        return {AddressWords::of(rules.sdp.ip), rules.sdp.port};
    }
    if (latch.previous_heard) {  // not believed before it speaks: what worked until now goes on
        return {AddressWords::of(rules.previous.ip), rules.previous.port};
    }
    return {};
}

}  // namespace sallyport::dataplane
