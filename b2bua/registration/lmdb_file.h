// SPDX-License-Identifier: Apache-2.0
// One LMDB file as ordered keys with values, behind RAII: the environment, and transactions that
// end with their scope. The lock of the StateDirectory stands for LMDB's own. Faults are LMDB's
// words. One thread at a time.
#pragma once

#include "config/types/result.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct MDB_env;
struct MDB_txn;

namespace sallyport::registration {

class LmdbFile {
public:
    class Writing;

    /// What keeps LMDB from the file at that path (lmdb_pages.h); nullopt: nothing, or no file.
    [[nodiscard]] static std::optional<std::string> fault_at(const std::string& path);
    /// Made when it is missing, for its owner alone.
    [[nodiscard]] static Result<LmdbFile, std::string> open(const std::string& path);

    /// Calls with every key and value, in order of keys; views are good for that call.
    [[nodiscard]] Outcome<std::string> read(
        const std::function<void(std::string_view key, std::string_view value)>& each) const;

    /// The changes are on disk when this returns without an error; else none of them is.
    [[nodiscard]] Outcome<std::string> write(
        const std::function<Outcome<std::string>(Writing&)>& change);

private:
    struct Close {
        void operator()(MDB_env* env) const noexcept;
    };
    explicit LmdbFile(MDB_env* env) noexcept : env_(env) {}
    std::unique_ptr<MDB_env, Close> env_;
};

/// The changes of one transaction.
class LmdbFile::Writing {
public:
    Writing(MDB_txn* transaction, unsigned database) noexcept
        : transaction_(transaction), database_(database) {}
    [[nodiscard]] Outcome<std::string> put(std::string_view key, std::string_view value);
    /// One that is not there is no fault.
    [[nodiscard]] Outcome<std::string> erase(std::string_view key);
    /// Erases those for which it is true.
    [[nodiscard]] Outcome<std::string> erase_if(
        const std::function<bool(std::string_view key, std::string_view value)>& unwanted);

private:
    MDB_txn* transaction_;
    unsigned database_;
};

}  // namespace sallyport::registration
