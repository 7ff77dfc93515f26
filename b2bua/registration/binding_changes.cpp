// SPDX-License-Identifier: Apache-2.0
#include "b2bua/registration/binding_changes.h"

#include <utility>

namespace sallyport::registration {

void BindingChanges::post(BindingChange change) {
    std::string token = change.binding.token;
    const std::lock_guard lock(mutex_);
    const auto found = waiting_.find(token);
    if (found != waiting_.end()) {
        found->second = std::move(change);
    } else if (waiting_.size() < capacity_) {
        waiting_.emplace(std::move(token), std::move(change));
    } else {
        overflows_.fetch_add(1, std::memory_order_relaxed);
        want_all();
    }
}

/// Also when a table is on its way: the change that is dropped now may have missed it.
void BindingChanges::want_all() {
    waiting_.clear();
    table_.clear();
    restated_ = false;
    wanted_.store(++requests_, std::memory_order_release);
}

void BindingChanges::restate(std::uint64_t request, std::vector<Binding>&& part, bool last) {
    const std::lock_guard lock(mutex_);
    if (request != wanted_.load(std::memory_order_relaxed)) {
        return;
    }
    for (Binding& binding : part) {
        std::string token = binding.token;
        table_.insert_or_assign(std::move(token), std::move(binding));
    }
    if (last) {
        restated_ = true;
        wanted_.store(0, std::memory_order_relaxed);
    }
}

BindingChanges::Batch BindingChanges::take() {
    std::unordered_map<std::string, BindingChange> waiting;
    std::unordered_map<std::string, Binding> table;
    Batch batch;
    {
        const std::lock_guard lock(mutex_);
        if (wanted_.load(std::memory_order_relaxed) != 0) {
            return batch;
        }
        waiting.swap(waiting_);
        table.swap(table_);
        batch.whole = std::exchange(restated_, false);
    }
    batch.changes.reserve(waiting.size() + table.size());
    for (auto& [token, binding] : table) {
        if (!waiting.contains(token)) {
            batch.changes.push_back({BindingChange::Kind::kPut, std::move(binding)});
        }
    }
    for (auto& [token, change] : waiting) {
        batch.changes.push_back(std::move(change));
    }
    return batch;
}

void BindingChanges::lost() {
    const std::lock_guard lock(mutex_);
    want_all();
}

}  // namespace sallyport::registration
