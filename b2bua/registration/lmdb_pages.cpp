// SPDX-License-Identifier: Apache-2.0
// The layout is that of MDB_meta, MDB_page and MDB_node in LMDB's mdb.c. A page is visited once;
// its number, kind, key order and every length on it are checked before they are followed.
#include "b2bua/registration/lmdb_pages.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace sallyport::registration {
namespace {

constexpr std::uint32_t kMagic = 0xbeefc0de;
constexpr std::uint32_t kVersion = 1;
constexpr std::uint64_t kNoPage = ~std::uint64_t{0};
constexpr std::size_t kPageHead = 16;  // number 8, padding 2, flags 2, lower 2, upper 2
constexpr std::size_t kNodeHead = 8;   // size or page 4, flags 2, key size 2
constexpr std::size_t kMetaPages = 2;
constexpr std::size_t kDatabase = 48;  // octets of a MDB_db
constexpr unsigned kDeepest = 32;      // LMDB's CURSOR_STACK
enum PageFlag : unsigned { kBranch = 1, kLeaf = 2, kOverflow = 4, kMeta = 8 };
enum NodeFlag : unsigned { kBigData = 1 };
enum DatabaseFlag : unsigned { kIntegerKey = 8, kNoSubdirectory = 0x4000 };

/// MDB_db: the root of one tree.
struct Tree {
    unsigned flags{0}, depth{0};
    std::uint64_t entries{0}, root{kNoPage};
};

struct Meta {
    std::uint64_t page_size{0}, last_page{0}, transaction{0};
    Tree free, main;
};

/// Throws nothing: the first fault is kept, and all steps behind it see no octets.
class Walk {
public:
    explicit Walk(std::string_view file) : file_(file) {}

    std::optional<std::string> run() {
        Meta meta = meta_at(0);
        page_size_ = meta.page_size;
        const Meta other = meta_at(page_size_);
        if (other.page_size != page_size_) {
            fail("two first pages that do not belong together");
        }
        meta = other.transaction > meta.transaction ? other : meta;
        pages_ = meta.last_page + 1;
        if (fault_ || pages_ < kMetaPages || pages_ > kMostPages) {
            return fault_ ? fault_ : "a page count that cannot be";
        }
        seen_.assign(pages_, false);
        tree(meta.main, false);
        tree(meta.free, true);
        return fault_;
    }

private:
    static constexpr std::uint64_t kMostPages = std::uint64_t{1} << 26;

    void fail(std::string what) {
        if (!fault_) {
            fault_ = std::move(what);
        }
    }
    /// The file goes on to there.
    bool reaches(std::uint64_t end) {
        if (end > file_.size()) {
            fail("an end at octet " + std::to_string(file_.size()));
        }
        return end <= file_.size();
    }
    /// Octets from there on, as a number with its low octet first; 0 behind the end of the file.
    [[nodiscard]] std::uint64_t number(std::uint64_t at, std::size_t octets) {
        if (!reaches(at + octets)) {
            return 0;
        }
        return number_in(file_.substr(at, octets));
    }
    static std::uint64_t number_in(std::string_view octets) noexcept {
        std::uint64_t value = 0;
        for (std::size_t i = octets.size(); i > 0; --i) {
            value = value << 8 | static_cast<unsigned char>(octets[i - 1]);
        }
        return value;
    }

    Tree tree_at(std::uint64_t at) {
        return {static_cast<unsigned>(number(at + 4, 2)), static_cast<unsigned>(number(at + 6, 2)),
                number(at + 32, 8), number(at + 40, 8)};
    }
    Meta meta_at(std::uint64_t page) {
        const std::uint64_t at = page + kPageHead;
        if ((number(page + 10, 2) & kMeta) == 0 || number(at, 4) != kMagic) {
            fail("no LMDB file");
        } else if (number(at + 4, 4) != kVersion) {
            fail("LMDB data version " + std::to_string(number(at + 4, 4)));
        }
        const std::uint64_t trees = at + 24;
        Meta meta{number(trees, 4), number(trees + 2 * kDatabase, 8),
                  number(trees + 2 * kDatabase + 8, 8), tree_at(trees), tree_at(trees + kDatabase)};
        constexpr std::uint64_t kSmallest = 512;
        constexpr std::uint64_t kLargest = 65536;
        if (meta.page_size < kSmallest || meta.page_size > kLargest ||
            (meta.page_size & (meta.page_size - 1)) != 0) {
            fail("a page size that cannot be");
            meta.page_size = kLargest;
        }
        return meta;
    }

    void tree(const Tree& root, bool of_free_pages) {
        free_ = of_free_pages;
        last_key_.reset();
        least_key_.reset();
        last_transaction_ = 0;
        entries_ = 0;
        const unsigned kind = free_ ? root.flags & ~unsigned{kNoSubdirectory} : root.flags;
        if (kind != (free_ ? kIntegerKey : 0U) || root.depth > kDeepest) {
            fail("a tree of an unknown kind");
        } else if (root.root != kNoPage) {
            page(root.root, root.depth);
        }
        if (entries_ != root.entries) {
            fail("another number of entries than the file says");
        }
    }

    /// Marks the page as in use by what is walked now. False: no page, or used already.
    bool claim(std::uint64_t page, std::uint64_t count) {
        for (std::uint64_t i = page; i < page + count; ++i) {
            if (page < kMetaPages || i >= pages_ || seen_[i]) {
                fail("page " + std::to_string(page) + " in a place that it cannot have");
                return false;
            }
            seen_[i] = true;
        }
        return true;
    }

    void page(std::uint64_t page_number, unsigned depth) {
        const std::uint64_t start = page_number * page_size_;
        if (fault_ || !claim(page_number, 1) || !reaches(start + page_size_)) {
            return;
        }
        const std::uint64_t lower = number(start + 12, 2);
        const std::uint64_t upper = number(start + 14, 2);
        const unsigned expected = depth > 1 ? kBranch : kLeaf;
        if (depth == 0 || number(start, 8) != page_number || number(start + 10, 2) != expected ||
            lower < kPageHead + 2 || lower % 2 != 0 || lower > upper || upper > page_size_ ||
            (depth > 1 && lower < kPageHead + 4)) {
            fail("a damaged page " + std::to_string(page_number));
            return;
        }
        for (std::uint64_t at = kPageHead; at < lower && !fault_; at += 2) {
            const std::uint64_t offset = number(start + at, 2);
            if (offset < upper || offset % 2 != 0 || offset + kNodeHead > page_size_) {
                fail("a damaged page " + std::to_string(page_number));
            } else if (depth > 1) {
                branch(start + offset, page_size_ - offset, depth, at == kPageHead);
            } else {
                leaf(start, offset);
            }
        }
    }

    /// The key of the first node of a page is not used and mostly empty.
    void branch(std::uint64_t node, std::uint64_t room, unsigned depth, bool first) {
        const std::uint64_t key = number(node + 6, 2);
        if (kNodeHead + key > room) {
            fail("a damaged key in page " + std::to_string(node / page_size_));
            return;
        }
        if (!first && !free_) {
            in_order(file_.substr(node + kNodeHead, key));
            least_key_ = std::exchange(last_key_, std::nullopt);
        }
        page(number(node, 4) | number(node + 4, 2) << 32, depth - 1);
    }

    void leaf(std::uint64_t start, std::uint64_t offset) {
        const std::uint64_t node = start + offset;
        const std::uint64_t size = number(node, 4);
        const std::uint64_t flags = number(node + 4, 2);
        const std::uint64_t key = number(node + 6, 2);
        const bool big = flags == kBigData;
        const std::uint64_t here = big ? sizeof(std::uint64_t) : size;
        if ((flags != 0 && !big) || key == 0 || offset + kNodeHead + key + here > page_size_) {
            fail("a damaged entry in page " + std::to_string(start / page_size_));
            return;
        }
        ++entries_;
        in_order(file_.substr(node + kNodeHead, key));
        std::uint64_t data = node + kNodeHead + key;
        if (big) {
            data = overflow(number(data, 8), size);
        }
        if (free_ && !fault_) {
            free_pages(data, size);
        }
    }

    /// By their octets; those of free pages by their number.
    void in_order(std::string_view key) {
        const std::uint64_t transaction = free_ && key.size() == 8 ? number_in(key) : 0;
        const bool good =
            free_ ? transaction > last_transaction_
                  : (!last_key_ || *last_key_ < key) && (!least_key_ || *least_key_ <= key);
        if (!good) {
            fail("entries out of order");
        }
        last_key_ = key;
        least_key_.reset();
        last_transaction_ = transaction;
    }

    /// Where the data of an entry stand that has pages of its own.
    std::uint64_t overflow(std::uint64_t page_number, std::uint64_t size) {
        if (page_number >= pages_) {
            fail("page " + std::to_string(page_number) + " in a place that it cannot have");
            return 0;
        }
        const std::uint64_t start = page_number * page_size_;
        const std::uint64_t count = number(start + 12, 4);
        if (number(start, 8) != page_number || number(start + 10, 2) != kOverflow ||
            count > pages_ - page_number || kPageHead + size > count * page_size_ ||
            start + kPageHead + size > file_.size()) {
            fail("a damaged page " + std::to_string(page_number));
            return 0;
        }
        claim(page_number, count);
        return start + kPageHead;
    }

    /// A list of pages that may be written again: none that is in use, none twice.
    void free_pages(std::uint64_t data, std::uint64_t size) {
        const std::uint64_t count = size < 8 ? kNoPage : number(data, 8);
        if (count >= size / 8) {
            fail("a damaged list of free pages");
            return;
        }
        std::uint64_t above = kNoPage;
        for (std::uint64_t i = 1; i <= count && !fault_; ++i) {
            const std::uint64_t free_page = number(data + 8 * i, 8);
            if (free_page >= above) {
                fail("a damaged list of free pages");
            }
            claim(free_page, 1);
            above = free_page;
        }
    }

    std::string_view file_;
    std::uint64_t page_size_{0};
    std::uint64_t pages_{0};
    std::vector<bool> seen_;
    std::optional<std::string> fault_;
    // Of the tree that is walked now.
    bool free_{false};
    std::uint64_t entries_{0};
    std::optional<std::string_view> last_key_;
    std::optional<std::string_view> least_key_;  // that the branch promises of the next entry
    std::uint64_t last_transaction_{0};
};

}  // namespace

std::optional<std::string> fault_of_lmdb(std::string_view file) {
    return Walk(file).run();
}

}  // namespace sallyport::registration
