// SPDX-License-Identifier: Apache-2.0
// One LMDB file as ordered keys with values, behind RAII: the environment, and transactions that
// end with their scope. The lock of the StateDirectory stands for LMDB's own. One thread at a time.
#pragma once

#include "config/types/result.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct MDB_env;
struct MDB_txn;

namespace sallyport::registration {

/// Why something could not be done.
struct LmdbFault {
    enum class Kind : std::uint8_t {
        kDamaged,  // the file
        kNoRoom,   // on the disk, or for a file so large
        kFull,     // the file has all that it may have (LmdbFile::kMostOctets)
        kSystem,   // anything else that the kernel refused: rights, limits, a broken disk
    };
    Kind kind{Kind::kSystem};
    std::string text{};  // the words of LMDB or of the kernel
};

class LmdbFile {
public:
    /// Addresses, not memory: the file grows as it fills. Room for 131,072 bindings of 32 kB each.
    static constexpr std::size_t kMostOctets = std::size_t{4} << 30;

    class Writing;

    /// What is damaged in the file at that path (lmdb_pages.h); nullopt: nothing, or no file. The
    /// error: nobody can say, because it cannot be read.
    [[nodiscard]] static Result<std::optional<std::string>, LmdbFault> fault_at(
        const std::string& path);
    /// Made when it is missing, for its owner alone.
    [[nodiscard]] static Result<LmdbFile, LmdbFault> open(const std::string& path);

    /// Calls with every key and value, in order of keys; views are good for that call.
    [[nodiscard]] Outcome<LmdbFault> read(
        const std::function<void(std::string_view key, std::string_view value)>& each) const;

    /// The changes are on disk when this returns without an error; else none of them is.
    [[nodiscard]] Outcome<LmdbFault> write(
        const std::function<Outcome<LmdbFault>(Writing&)>& change);

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
    [[nodiscard]] Outcome<LmdbFault> put(std::string_view key, std::string_view value);
    /// One that is not there is no fault.
    [[nodiscard]] Outcome<LmdbFault> erase(std::string_view key);
    /// Erases those for which it is true.
    [[nodiscard]] Outcome<LmdbFault> erase_if(
        const std::function<bool(std::string_view key, std::string_view value)>& unwanted);

private:
    MDB_txn* transaction_;
    unsigned database_;
};

}  // namespace sallyport::registration
