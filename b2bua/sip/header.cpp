// SPDX-License-Identifier: Apache-2.0
// Header names: a perfect hash over header_table.def, found by the compiler, then the whole name
// compared. The hash reads the first and last four octets and the length; a name that it does not
// tell apart does not compile.
#include "b2bua/sip/header.h"

#include <array>
#include <bit>
#include <cstddef>
#include <cstring>

namespace sallyport::sip {
namespace {

constexpr std::size_t kCount = static_cast<std::size_t>(HeaderId::kCount);
constexpr std::size_t kLongest = 32;
constexpr std::size_t kHashedFrom = 4;  // shorter names are "To", "Via" and the compact forms
constexpr unsigned kSlotBits = 11;
constexpr std::uint32_t kCaseBits = 0x20202020;
static_assert(std::endian::native == std::endian::little, "word() and load() must agree");

struct Row {
    std::string_view name;
    char compact;
    Arity arity;
};

constexpr Arity kSingle = Arity::kSingle;
constexpr Arity kList = Arity::kList;
constexpr Arity kLines = Arity::kLines;

constexpr std::array<Row, kCount> kRows = {{
    {"", 0, kLines},
#define SALLYPORT_HEADER(id, long_name, compact, arity) {long_name, compact, arity},
#include "b2bua/sip/header_table.def"
#undef SALLYPORT_HEADER
}};

constexpr std::uint32_t hash(std::uint32_t head, std::uint32_t tail, std::size_t size,
                             std::uint64_t seed) noexcept {
    const std::uint64_t key = (std::uint64_t{head | kCaseBits} << 32) + (tail | kCaseBits) + size;
    return static_cast<std::uint32_t>((key * seed) >> (64 - kSlotBits));
}

consteval std::uint32_t word(std::string_view text, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        value |= std::uint32_t{static_cast<unsigned char>(text[at + i])} << (8 * i);
    }
    return value;
}

struct Slots {
    std::uint64_t seed{0};
    std::array<std::uint8_t, std::size_t{1} << kSlotBits> id{};
};

consteval bool fill(Slots& slots) {
    for (std::size_t i = 1; i < kCount; ++i) {
        const std::string_view name = kRows[i].name;
        if (name.size() < kHashedFrom) {
            continue;
        }
        auto& slot =
            slots.id[hash(word(name, 0), word(name, name.size() - 4), name.size(), slots.seed)];
        if (slot != 0) {
            return false;
        }
        slot = static_cast<std::uint8_t>(i);
    }
    return true;
}

/// Tries odd multipliers until no two names share a slot.
consteval Slots find_slots() {
    Slots slots;
    slots.seed = 0x9e3779b97f4a7c15;
    while (!fill(slots)) {
        slots.seed = slots.seed * 6364136223846793005U + 1442695040888963406U;  // stays odd
        slots.id.fill(0);
    }
    return slots;
}
constexpr Slots kSlots = find_slots();

/// A name in lower case, and 0x20 under each letter: what the case of the input may differ in.
struct Folded {
    std::array<char, kLongest> lower{};
    std::array<char, kLongest> either{};
};

consteval std::array<Folded, kCount> fold_names() {
    std::array<Folded, kCount> all{};
    for (std::size_t i = 0; i < kCount; ++i) {
        for (std::size_t k = 0; k < kRows[i].name.size(); ++k) {
            const char c = static_cast<char>(kRows[i].name[k] | 0x20);
            const bool letter = c >= 'a' && c <= 'z';
            all[i].lower[k] = letter ? c : kRows[i].name[k];
            all[i].either[k] = letter ? 0x20 : 0;
        }
    }
    return all;
}
constexpr auto kFolded = fold_names();

consteval std::array<std::uint8_t, 26> compact_forms() {
    std::array<std::uint8_t, 26> ids{};
    for (std::size_t i = 1; i < kCount; ++i) {
        if (kRows[i].compact != 0) {
            ids[static_cast<std::size_t>(kRows[i].compact - 'a')] = static_cast<std::uint8_t>(i);
        }
    }
    return ids;
}
constexpr auto kCompact = compact_forms();

consteval bool table_is_sound() {
    std::size_t compact = 0;
    for (const auto id : kCompact) {
        compact += id != 0 ? 1U : 0U;
    }
    for (std::size_t i = 1; i < kCount; ++i) {
        const bool short_name = kRows[i].name == "To" || kRows[i].name == "Via";
        if (kRows[i].name.size() > kLongest ||
            (kRows[i].name.size() < kHashedFrom && !short_name)) {
            return false;
        }
        compact -= kRows[i].compact != 0 ? 1U : 0U;
    }
    return compact == 0;  // no compact form given to two headers
}
static_assert(table_is_sound());

template <class Word>
Word load(const char* p) noexcept {
    Word value;
    std::memcpy(&value, p, sizeof value);
    return value;
}

template <class Word>
bool same(const char* name, const Folded& entry, std::size_t at) noexcept {
    const Word difference = load<Word>(name + at) ^ load<Word>(entry.lower.data() + at);
    return (difference & ~load<Word>(entry.either.data() + at)) == 0;
}

/// Whole name, any case; size at least four and that of the entry. The last load overlaps instead
/// of reading further.
bool same_name(const char* name, const Folded& entry, std::size_t size) noexcept {
    if (size < 8) {
        return same<std::uint32_t>(name, entry, 0) && same<std::uint32_t>(name, entry, size - 4);
    }
    std::size_t at = 0;
    for (; at + 8 <= size; at += 8) {
        if (!same<std::uint64_t>(name, entry, at)) {
            return false;
        }
    }
    return same<std::uint64_t>(name, entry, size - 8);
}

HeaderId short_header_id(std::string_view name) noexcept {
    const auto letter = [&name](std::size_t i) { return static_cast<char>(name[i] | 0x20); };
    if (name.size() == 1) {
        // Only a letter may be folded: "\x01" | 0x20 is "!".
        const bool is_letter =
            (name[0] >= 'a' && name[0] <= 'z') || (name[0] >= 'A' && name[0] <= 'Z');
        return is_letter
                   ? static_cast<HeaderId>(kCompact[static_cast<std::size_t>(letter(0) - 'a')])
                   : HeaderId::kUnknown;
    }
    if (name.size() ==
        2) {  // 0x54 and 0x74 are the only octets that fold to "t"; the same for the others
        return letter(0) == 't' && letter(1) == 'o' ? HeaderId::kTo : HeaderId::kUnknown;
    }
    if (name.size() == 3) {
        return letter(0) == 'v' && letter(1) == 'i' && letter(2) == 'a' ? HeaderId::kVia
                                                                        : HeaderId::kUnknown;
    }
    return HeaderId::kUnknown;
}

}  // namespace

HeaderId header_id(std::string_view name) noexcept {
    const std::size_t size = name.size();
    if (size < kHashedFrom) {
        return short_header_id(name);
    }
    const auto head = load<std::uint32_t>(name.data());
    const auto tail = load<std::uint32_t>(name.data() + size - 4);
    const std::size_t row = kSlots.id[hash(head, tail, size, kSlots.seed)];
    if (kRows[row].name.size() != size || !same_name(name.data(), kFolded[row], size)) {
        return HeaderId::kUnknown;
    }
    return static_cast<HeaderId>(row);
}

std::string_view long_name(HeaderId id) noexcept {
    return kRows[static_cast<std::size_t>(id)].name;
}

Arity arity(HeaderId id) noexcept {
    return kRows[static_cast<std::size_t>(id)].arity;
}

}  // namespace sallyport::sip
