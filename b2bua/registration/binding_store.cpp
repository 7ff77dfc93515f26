// SPDX-License-Identifier: Apache-2.0
// Keys, in their order: the version, the clocks, secrets by name, bindings by token. Each value but
// the version ends in a checksum.
#include "b2bua/registration/binding_store.h"

#include "b2bua/policy/keyed_hash.h"
#include "b2bua/registration/binding_record.h"
#include "b2bua/registration/lmdb_file.h"
#include "b2bua/registration/state_directory.h"
#include "b2bua/registration/token.h"
#include "config/fault.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace sallyport::registration {
namespace {

constexpr std::string_view kFile = "bindings.mdb";
constexpr std::string_view kVersionKey = "1-version";
constexpr std::string_view kVersion = "1";  // of the keys and of the records
constexpr std::string_view kClockKey = "2-clock";
constexpr std::string_view kSecretKey = "3-secret-";
constexpr std::string_view kBindingKey = "4-binding-";

constexpr std::size_t kNumber = 8;

void add_number(std::string& out, std::uint64_t value) {
    for (std::size_t i = 0; i < kNumber; ++i) {
        out.push_back(static_cast<char>((value >> (8 * i)) & 0xff));
    }
}

std::uint64_t number_at(std::string_view octets, std::size_t at) noexcept {
    std::uint64_t value = 0;
    for (std::size_t i = kNumber; i > 0; --i) {
        value = value << 8 | static_cast<unsigned char>(octets[at + i - 1]);
    }
    return value;
}

std::string checked(std::string octets) {
    constexpr HashKey kKey{0x736563726574, 0x636c6f636b};  // it guards against accidents only
    add_number(octets, KeyedHash(kKey).octets(octets).finish());
    return octets;
}

/// Without its checksum; nullopt: damaged.
std::optional<std::string_view> unchecked(std::string_view value, std::size_t size) {
    const std::string_view octets = value.substr(0, size);
    return checked(std::string(octets)) == value ? std::optional(octets) : std::nullopt;
}

/// A moment of the store beside that of the wall clock.
struct Clocks {
    Millis store{0};
    Millis wall{0};
};

std::string written(const Clocks& clocks) {
    std::string octets;
    add_number(octets, static_cast<std::uint64_t>(clocks.store.count()));
    add_number(octets, static_cast<std::uint64_t>(clocks.wall.count()));
    return checked(std::move(octets));
}

std::optional<Clocks> clocks_in(std::string_view value) {
    const auto octets = unchecked(value, 2 * kNumber);
    return octets ? std::optional(Clocks{Millis{static_cast<std::int64_t>(number_at(*octets, 0))},
                                         Millis{static_cast<std::int64_t>(number_at(*octets, 8))}})
                  : std::nullopt;
}

/// A wall clock behind the one that wrote says nothing of how long no gateway ran.
StoreTime time_after(const Clocks& last, Instant now) noexcept {
    const Millis away = std::max(now.wall - last.wall, Millis{0});
    return {last.store + away - now.monotonic.since_start};
}

}  // namespace

struct BindingStore::State {
    const Config& config;
    Journal& journal;
    std::string name;  // for messages
    StateDirectory directory;
    std::optional<LmdbFile> file{};
    StoreTime time{};
    Instant noted{};  // as the clock record says
    std::unordered_map<std::string, Secret> secrets{};

    /// What open() finds in the file.
    struct Found {
        Restored restored{};
        std::string fault{};        // why the file cannot stay
        bool other_version{false};  // that of another program
    };

    Outcome<std::string> begin(Instant now, Found& found);
    Outcome<std::string> open_file();
    Outcome<LmdbFault> read(Instant now, Found& found);
    void take(std::string_view key, std::string_view value, Instant now, Found& found);
    Outcome<std::string> set_aside(Instant now, const Found& found);
    Outcome<std::string> begin_anew(Instant now, const Found& found);
    Outcome<LmdbFault> note(LmdbFile::Writing& writing, Instant now) const;
    void report(const Restored& restored) const;
    Outcome<std::string> noted_at(Instant now, const Outcome<LmdbFault>& done);
    std::string says(const std::string& sentence) const;
    std::string fault(std::string_view what, const LmdbFault& why) const;
};

/// A message about the directory: what was found, what was expected, what to do.
std::string BindingStore::State::says(const std::string& sentence) const {
    return "state-directory " + config::in_quotes(name) + ": " + sentence;
}

/// what: "bindings.mdb that cannot be opened".
std::string BindingStore::State::fault(std::string_view what, const LmdbFault& why) const {
    std::string_view expected = "a file that can be read and written";
    std::string_view cure =
        "see to its rights, to the limits of the process and to the health of the disk, or name "
        "another directory";
    switch (why.kind) {
        case LmdbFault::Kind::kSystem:
            break;
        case LmdbFault::Kind::kNoRoom:
            expected = "room on the disk";
            cure = "make room, or name another directory";
            break;
        case LmdbFault::Kind::kFull:
            expected = "no more than the 4 GiB that it may have";
            cure = "stop the gateway, move the file away and start it again";
            break;
        case LmdbFault::Kind::kDamaged:
            expected = "a sound file";
            cure = "start the gateway again, which keeps the file aside and writes a new one";
            break;
    }
    return says(config::sentence(std::string(what) + ": " + why.text, expected, cure));
}

void BindingStore::State::report(const Restored& restored) const {
    journal.write(LogLevel::kInfo, "state-directory " + config::in_quotes(name) + ": " +
                                       std::to_string(restored.bindings.size()) +
                                       " bindings restored, " + std::to_string(restored.expired) +
                                       " expired, " + std::to_string(restored.foreign) +
                                       " of realms or ports that are gone");
}

Outcome<std::string> BindingStore::State::open_file() {
    auto opened = LmdbFile::open(directory.path_of(kFile));
    if (!opened.ok()) {
        return Failure{fault(std::string(kFile) + " that cannot be opened", opened.error())};
    }
    file.emplace(std::move(*opened));
    return Done{};
}

Outcome<std::string> BindingStore::State::begin(Instant now, Found& found) {
    time = {now.wall - now.monotonic.since_start};
    const auto damage = LmdbFile::fault_at(directory.path_of(kFile));
    if (!damage.ok()) {  // it may be sound: what is in it must not be lost to a passing trouble
        return Failure{fault(std::string(kFile) + " that cannot be read", damage.error())};
    }
    if (damage->has_value()) {
        found.fault = **damage;
    } else if (auto opened = open_file(); !opened) {
        return opened;
    } else if (auto all = read(now, found); !all && all.error().kind != LmdbFault::Kind::kDamaged) {
        return Failure{fault(std::string(kFile) + " that cannot be read", all.error())};
    } else if (!all) {
        found.fault = all.error().text;
    }
    if (found.fault.empty() && found.restored.damaged > 0) {
        found.fault = std::to_string(found.restored.damaged) + " damaged records";
    }
    if (!found.fault.empty()) {
        if (auto aside = set_aside(now, found); !aside) {
            return aside;
        }
    }
    return begin_anew(now, found);
}

Outcome<LmdbFault> BindingStore::State::read(Instant now, Found& found) {
    bool first = true;
    return file->read([&](std::string_view key, std::string_view value) {
        if (std::exchange(first, false) && (key != kVersionKey || value != kVersion)) {
            found.other_version = key == kVersionKey;
            found.fault = key != kVersionKey ? "no version"
                                             : "version " + config::in_quotes(value.substr(0, 20));
        }
        if (found.fault.empty()) {
            take(key, value, now, found);
        }
    });
}

void BindingStore::State::take(std::string_view key, std::string_view value, Instant now,
                               Found& found) {
    Restored& restored = found.restored;
    if (key == kClockKey) {
        const auto last = clocks_in(value);
        time = last ? time_after(*last, now) : time;
        restored.damaged += last ? 0 : 1;
    } else if (key.starts_with(kSecretKey)) {
        Secret secret{};
        const auto octets = unchecked(value, secret.size());
        restored.damaged += octets ? 0 : 1;
        if (octets) {
            std::copy(octets->begin(), octets->end(), secret.begin());
            secrets.emplace(key.substr(kSecretKey.size()), secret);
        }
    } else if (key.starts_with(kBindingKey)) {
        auto binding = read_record(value, config, time, now.monotonic);
        // Under another's key it is damaged, however well it reads.
        const RecordFault why = binding.ok() ? RecordFault::kDamaged : binding.error();
        if (binding.ok() && binding->token == key.substr(kBindingKey.size())) {
            restored.bindings.push_back(std::move(*binding));
        } else {
            restored.expired += why == RecordFault::kExpired ? 1 : 0;
            restored.foreign += why == RecordFault::kForeign ? 1 : 0;
            restored.damaged += why == RecordFault::kDamaged ? 1 : 0;
        }
    } else if (key != kVersionKey) {
        ++restored.damaged;
    }
}

Outcome<std::string> BindingStore::State::set_aside(Instant now, const Found& found) {
    file.reset();
    const std::string aside = directory.set_aside(kFile, now.wall);
    if (aside.empty()) {
        return Failure{says(config::sentence(
            found.fault + " in " + std::string(kFile) + ", which cannot be given another name",
            "a directory to write in", "see to the rights of the directory"))};
    }
    const std::string version = "version " + std::string(kVersion) + " as this program writes it";
    const std::string read = std::to_string(found.restored.bindings.size()) +
                             " bindings could be read of it and are taken over";
    const std::string cure =
        found.other_version
            ? "nothing, or give it back its name for the program that wrote it: it is kept as " +
                  aside
            : "see to the health of the disk: it is kept as " + aside + ", and " + read;
    journal.write(
        LogLevel::kError,
        says(config::sentence(found.fault + " in " + std::string(kFile),
                              found.other_version ? version : "a sound file of " + version, cure)));
    return open_file();
}

/// Writes what stays; nothing but the clocks where the file was sound.
Outcome<std::string> BindingStore::State::begin_anew(Instant now, const Found& found) {
    const auto written_all = file->write([&](LmdbFile::Writing& writing) -> Outcome<LmdbFault> {
        auto done = writing.put(kVersionKey, kVersion);
        for (auto it = secrets.begin(); done && it != secrets.end(); ++it) {
            done = writing.put(std::string(kSecretKey) + it->first,
                               checked(std::string(it->second.begin(), it->second.end())));
        }
        if (done && !found.fault.empty()) {
            for (const Binding& binding : found.restored.bindings) {
                done = done ? writing.put(std::string(kBindingKey) + binding.token,
                                          write_record(binding, config, time))
                            : done;
            }
        }
        return done ? note(writing, now) : done;
    });
    return noted_at(now, written_all);
}

Outcome<LmdbFault> BindingStore::State::note(LmdbFile::Writing& writing, Instant now) const {
    return writing.put(kClockKey, written(Clocks{time.of(now.monotonic), now.wall}));
}

/// What the store says of a change.
Outcome<std::string> BindingStore::State::noted_at(Instant now, const Outcome<LmdbFault>& done) {
    if (!done) {
        return Failure{fault(std::string(kFile) + " that cannot be written", done.error())};
    }
    noted = now;
    return Done{};
}

Result<BindingStore::Opened, std::string> BindingStore::open(const Parts& parts, Instant now) {
    auto directory = StateDirectory::open(parts.directory);
    if (!directory.ok()) {
        return Failure{directory.error()};
    }
    auto state = std::make_unique<State>(
        State{parts.config, parts.journal, parts.directory, std::move(*directory)});
    State::Found found;
    if (auto begun = state->begin(now, found); !begun) {
        return Failure{begun.error()};
    }
    state->report(found.restored);
    return Opened{std::unique_ptr<BindingStore>(new BindingStore(std::move(state))),
                  std::move(found.restored)};
}

BindingStore::BindingStore(std::unique_ptr<State> state) : state_(std::move(state)) {}
BindingStore::~BindingStore() = default;

Secret BindingStore::secret(std::string_view name, Randomness& random) {
    const auto known = state_->secrets.find(std::string(name));
    if (known != state_->secrets.end()) {
        return known->second;
    }
    const Secret fresh = TokenKey::from(random).octets;
    state_->secrets.emplace(name, fresh);
    const auto kept = state_->file->write([&](LmdbFile::Writing& writing) {
        return writing.put(std::string(kSecretKey) + std::string(name),
                           checked(std::string(fresh.begin(), fresh.end())));
    });
    if (!kept) {
        state_->journal.write(LogLevel::kError,
                              state_->fault("a secret that could not be written", kept.error()) +
                                  "; tokens of this run will not be known to the next");
    }
    return fresh;
}

Outcome<std::string> BindingStore::write(std::span<const BindingChange> changes, bool whole,
                                         Instant now) {
    std::unordered_set<std::string_view> kept;
    for (const BindingChange& change : changes) {
        if (whole && change.kind == BindingChange::Kind::kPut) {
            kept.insert(change.binding.token);
        }
    }
    const auto done = state_->file->write([&](LmdbFile::Writing& writing) -> Outcome<LmdbFault> {
        auto step = !whole ? Outcome<LmdbFault>(Done{})
                           : writing.erase_if([&](std::string_view key, std::string_view) {
                                 return key.starts_with(kBindingKey) &&
                                        !kept.contains(key.substr(kBindingKey.size()));
                             });
        for (auto it = changes.begin(); step && it != changes.end(); ++it) {
            const std::string key = std::string(kBindingKey) + it->binding.token;
            step = it->kind == BindingChange::Kind::kErase
                       ? writing.erase(key)
                       : writing.put(key, write_record(it->binding, state_->config, state_->time));
        }
        return step ? state_->note(writing, now) : step;
    });
    return state_->noted_at(now, done);
}

Outcome<std::string> BindingStore::clean(Instant now) {
    const Millis store_now = state_->time.of(now.monotonic);
    const auto done = state_->file->write([&](LmdbFile::Writing& writing) -> Outcome<LmdbFault> {
        auto step = writing.erase_if([&](std::string_view key, std::string_view value) {
            const auto end = key.starts_with(kBindingKey) ? end_of_record(value) : std::nullopt;
            return end && *end < store_now;
        });
        return step ? state_->note(writing, now) : step;
    });
    return state_->noted_at(now, done);
}

bool BindingStore::clock_was_set(Instant now) const noexcept {
    constexpr Millis kDrift{1000};
    const Millis wall = now.wall - state_->noted.wall;
    const Millis monotonic = now.monotonic - state_->noted.monotonic;
    return wall - monotonic > kDrift || monotonic - wall > kDrift;
}

}  // namespace sallyport::registration
