// SPDX-License-Identifier: Apache-2.0
// The table of bindings: token to binding, address-of-record to tokens (H2), bounded, with expiry
// (H20). A binding whose phone let it lapse is kept as long as the registrar may still send calls
// to its token, so that these get 480 and not 404 (H6). Owner: the RegisterRelay of one Shard.
#pragma once

#include "b2bua/registration/binding.h"
#include "b2bua/routing/registered_lookup.h"
#include "config/types/units.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace sallyport::registration {

/// A place in the table, from which a look at all of it goes on.
struct TableWalk {
    std::size_t next{0};  // bucket
    std::size_t of{0};    // buckets; another number than before: the walk begins anew
    bool done{false};
};

class Bindings {
public:
    /// per_aor: of one address-of-record at one registrar; of more, the one that its phone let
    /// lapse first gives way. Those that are in use are for the caller to bound.
    explicit Bindings(std::size_t capacity, std::size_t per_aor = 32)
        : capacity_(capacity), per_aor_(per_aor) {}

    /// False: the table is full and the token is new. What a later REGISTER bound stays, whatever
    /// shard it came to: a registrar may answer the older one last.
    bool put(const Binding& binding);
    /// False: a REGISTER later than asked has bound it anew, or there is none.
    bool erase(std::string_view token, Moment asked);
    /// Lets go of what is due; returns how many phones let their binding lapse.
    std::size_t advance(Moment now);

    /// nullptr when unknown or lapsed. Valid until the next change.
    [[nodiscard]] const Binding* find(std::string_view token) const;
    /// The same, lapsed or not: what the registrar said of that token may still hold.
    [[nodiscard]] const Binding* last_of(std::string_view token) const;
    /// Tokens of an address-of-record at that registrar, lapsed ones not counted.
    [[nodiscard]] std::vector<std::string> tokens_of(routing::RegistrarId registrar,
                                                     std::string_view aor) const;
    /// About so many bindings more of all, lapsed ones too; what changes meanwhile may be shown
    /// twice or not at all.
    void walk(TableWalk& place, std::size_t most,
              const std::function<void(const Binding&)>& each) const;
    [[nodiscard]] std::size_t size() const noexcept { return entries_.size() - lapsed_; }
    [[nodiscard]] bool has_room(std::size_t more = 1) const noexcept {
        return entries_.size() + more <= capacity_;
    }

    [[nodiscard]] routing::Registered by_token(std::string_view token, Moment now) const;
    // See routing::RegisteredLookup.
    [[nodiscard]] routing::Registered by_aor(std::string_view aor,
                                             std::optional<routing::RegistrarId> registrar,
                                             Moment now) const;
    [[nodiscard]] routing::Registered by_user(std::string_view user,
                                              std::optional<routing::RegistrarId> registrar,
                                              Moment now) const;
    /// Some binding has that flow, lapsed ones too.
    [[nodiscard]] bool has_flow(const Flow& flow) const;
    /// One at that flow whose NAT is ours to keep open; nullptr: none.
    [[nodiscard]] const Binding* kept_open(const Flow& flow, Moment now) const;
    [[nodiscard]] bool has_identity(const Flow& flow, std::string_view uri, Moment now) const;
    [[nodiscard]] bool has_flow(const Flow& flow, Moment now) const;
    /// Whose phone calls: the binding of that flow with the identity that the URI is, else the
    /// newest, because a caller may be anonymous. nullptr: none.
    [[nodiscard]] const Binding* caller(const Flow& flow, std::string_view uri, Moment now) const;
    [[nodiscard]] std::string service_route(const Flow& flow, std::string_view uri,
                                            Moment now) const;

private:
    struct Entry {
        Binding binding;
        Moment due;
        bool lapsed{false};
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept {
            return std::hash<std::string_view>{}(text);
        }
    };
    template <class Value>
    using Index = std::unordered_map<std::string, Value, Hash, std::equal_to<>>;

    void erase(std::string_view token);
    void make_room(const Binding& binding);
    [[nodiscard]] routing::Registered by_key(std::string_view key, Moment now) const;
    [[nodiscard]] routing::Registered the_one(
        std::string_view user, Moment now,
        const std::function<bool(std::string_view)>& is_meant) const;
    /// H24: a phone that restarts while the registrar is dead may make up another Contact. What was
    /// bound here on the very flow of what the registrar accepted is that phone; else that itself.
    [[nodiscard]] const Binding& restarted(const Binding& best,
                                           const std::vector<std::string>& tokens,
                                           Moment now) const;
    void link(const Binding& binding);
    void link_flow(const Binding& binding);
    void unlink_flow(const Binding& binding);
    void unlink(const Binding& binding);

    std::size_t capacity_;
    std::size_t per_aor_;
    std::size_t lapsed_{0};
    Index<Entry> entries_;                    // by token
    Index<std::vector<std::string>> tokens_;  // by registrar and address-of-record, never empty
    Index<std::vector<std::string>> aors_;    // keys of tokens_ by user part, never empty
    Index<std::vector<std::string>> flows_;   // tokens by flow, never empty
    std::set<std::pair<Moment, std::string_view>> due_;  // the view is into entries_
};

}  // namespace sallyport::registration
