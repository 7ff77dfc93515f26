// SPDX-License-Identifier: Apache-2.0
#include "b2bua/registration/lmdb_file.h"

#include "b2bua/registration/lmdb_pages.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <fcntl.h>
#include <lmdb.h>
#include <unistd.h>
#include <vector>

namespace sallyport::registration {
namespace {

constexpr unsigned kFileMode = 0600;

LmdbFault::Kind kind_of(int code) noexcept {
    using enum LmdbFault::Kind;
    switch (code) {
        case ENOSPC:
        case EDQUOT:
        case EFBIG:
            return kNoRoom;
        case MDB_MAP_FULL:
        case MDB_TXN_FULL:
            return kFull;
        default:  // LMDB's own codes are all below zero
            return code < 0 ? kDamaged : kSystem;
    }
}

LmdbFault fault_from(int code) {
    return {kind_of(code), mdb_strerror(code)};
}

Outcome<LmdbFault> outcome(int code) {
    return code == MDB_SUCCESS ? Outcome<LmdbFault>(Done{})
                               : Outcome<LmdbFault>(Failure{fault_from(code)});
}

/// An open file, read-only; errno says why there is none.
class OpenFile {
public:
    explicit OpenFile(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
    ~OpenFile() {
        if (fd_ >= 0) {
            close(fd_);
        }
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    [[nodiscard]] int fd() const noexcept { return fd_; }

private:
    int fd_;
};

/// 0, or errno: what a disk cannot read ends whoever has mapped it.
int read_through(int fd) {
    std::vector<char> block(std::size_t{1} << 16);
    ssize_t got = 0;
    do {
        got = ::read(fd, block.data(), block.size());
    } while (got > 0 || (got < 0 && errno == EINTR));
    return got < 0 ? errno : 0;
}

MDB_val value_of(std::string_view text) noexcept {
    return {text.size(), const_cast<char*>(text.data())};  // LMDB only reads it
}
std::string_view text_of(const MDB_val& value) noexcept {
    return {static_cast<const char*>(value.mv_data), value.mv_size};
}

/// A transaction that is undone unless it was committed.
class Transaction {
public:
    explicit Transaction(MDB_env* env, unsigned flags) {
        code_ = mdb_txn_begin(env, nullptr, flags, &handle_);
        if (code_ == MDB_SUCCESS) {
            code_ = mdb_dbi_open(handle_, nullptr, 0, &database_);
        }
    }
    ~Transaction() {
        if (handle_ != nullptr) {
            mdb_txn_abort(handle_);
        }
    }
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    int commit() noexcept {
        MDB_txn* const handle = handle_;
        handle_ = nullptr;
        return mdb_txn_commit(handle);
    }
    [[nodiscard]] int code() const noexcept { return code_; }
    [[nodiscard]] MDB_txn* handle() const noexcept { return handle_; }
    [[nodiscard]] MDB_dbi database() const noexcept { return database_; }

private:
    MDB_txn* handle_{nullptr};
    MDB_dbi database_{0};
    int code_;
};

struct CloseCursor {
    void operator()(MDB_cursor* cursor) const noexcept { mdb_cursor_close(cursor); }
};
using Cursor = std::unique_ptr<MDB_cursor, CloseCursor>;

/// LMDB's result of the walk: each(cursor, key, value) gives MDB_SUCCESS to go on.
template <class Each>
int walk(MDB_txn* transaction, MDB_dbi database, Each each) {
    MDB_cursor* opened = nullptr;
    int code = mdb_cursor_open(transaction, database, &opened);
    const Cursor cursor(opened);
    MDB_val key{};
    MDB_val value{};
    while (code == MDB_SUCCESS &&
           (code = mdb_cursor_get(cursor.get(), &key, &value, MDB_NEXT)) == MDB_SUCCESS) {
        code = each(cursor.get(), text_of(key), text_of(value));
    }
    return code == MDB_NOTFOUND ? MDB_SUCCESS : code;
}

}  // namespace

Result<std::optional<std::string>, LmdbFault> LmdbFile::fault_at(const std::string& path) {
    using Found = std::optional<std::string>;
    const OpenFile file(path);
    if (file.fd() < 0 && errno == ENOENT) {
        return Found{};
    }
    struct stat status {};
    if (file.fd() < 0 || fstat(file.fd(), &status) != 0) {
        return Failure{fault_from(errno)};
    }
    if (const int code = read_through(file.fd()); code != 0) {
        return Failure{fault_from(code)};
    }
    const auto size = static_cast<std::size_t>(status.st_size);
    if (size == 0) {
        return Found{};  // LMDB makes a new one of it
    }
    void* const octets = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.fd(), 0);
    if (octets == MAP_FAILED) {
        return Failure{fault_from(errno)};
    }
    auto fault = fault_of_lmdb({static_cast<const char*>(octets), size});
    munmap(octets, size);
    return fault;
}

void LmdbFile::Close::operator()(MDB_env* env) const noexcept {
    mdb_env_close(env);
}

Result<LmdbFile, LmdbFault> LmdbFile::open(const std::string& path) {
    MDB_env* env = nullptr;
    int code = mdb_env_create(&env);
    if (code != MDB_SUCCESS) {
        return Failure{fault_from(code)};
    }
    LmdbFile file(env);
    code = mdb_env_set_mapsize(env, kMostOctets);
    if (code == MDB_SUCCESS) {
        code = mdb_env_open(env, path.c_str(), MDB_NOSUBDIR | MDB_NOLOCK | MDB_NOTLS, kFileMode);
    }
    if (code != MDB_SUCCESS) {
        return Failure{fault_from(code)};
    }
    return file;
}

Outcome<LmdbFault> LmdbFile::read(
    const std::function<void(std::string_view, std::string_view)>& each) const {
    const Transaction transaction(env_.get(), MDB_RDONLY);
    if (transaction.code() != MDB_SUCCESS) {
        return outcome(transaction.code());
    }
    return outcome(walk(transaction.handle(), transaction.database(),
                        [&](MDB_cursor*, std::string_view key, std::string_view value) {
                            each(key, value);
                            return MDB_SUCCESS;
                        }));
}

Outcome<LmdbFault> LmdbFile::write(const std::function<Outcome<LmdbFault>(Writing&)>& change) {
    Transaction transaction(env_.get(), 0);
    if (transaction.code() != MDB_SUCCESS) {
        return outcome(transaction.code());
    }
    Writing writing(transaction.handle(), transaction.database());
    auto changed = change(writing);
    return changed ? outcome(transaction.commit()) : changed;
}

Outcome<LmdbFault> LmdbFile::Writing::put(std::string_view key, std::string_view value) {
    MDB_val k = value_of(key);
    MDB_val v = value_of(value);
    return outcome(mdb_put(transaction_, database_, &k, &v, 0));
}

Outcome<LmdbFault> LmdbFile::Writing::erase(std::string_view key) {
    MDB_val k = value_of(key);
    const int code = mdb_del(transaction_, database_, &k, nullptr);
    return outcome(code == MDB_NOTFOUND ? MDB_SUCCESS : code);
}

Outcome<LmdbFault> LmdbFile::Writing::erase_if(
    const std::function<bool(std::string_view, std::string_view)>& unwanted) {
    return outcome(walk(transaction_, database_,
                        [&](MDB_cursor* cursor, std::string_view key, std::string_view value) {
                            return unwanted(key, value) ? mdb_cursor_del(cursor, 0) : MDB_SUCCESS;
                        }));
}

}  // namespace sallyport::registration
