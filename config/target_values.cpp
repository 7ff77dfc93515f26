// SPDX-License-Identifier: Apache-2.0
// Reading and writing of targets. read() leaves out untouched unless it returns nothing.
#include "config/target_values.h"

#include "config/names.h"
#include "config/text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace sallyport::config {
namespace {

constexpr std::string_view kPeer = "peer.";
constexpr std::string_view kGroup = "group.";

std::string quoted_peer(const Config& config, std::uint16_t peer) {
    return std::string(kPeer) + config.peers[peer].name;
}

/// Adds a peer that is not there yet.
Verdict add(const Config& config, std::uint16_t peer, std::vector<std::uint16_t>& peers) {
    if (std::find(peers.begin(), peers.end(), peer) != peers.end()) {
        return Misfit{"each peer once", "name " + quoted_peer(config, peer) + " once"};
    }
    peers.push_back(peer);
    return std::nullopt;
}

/// What it may be that has no word before its name.
Verdict no_target(const Context& context, std::string_view text) {
    const bool peer = index_of(text, context.config.peers).has_value();
    const bool group = !peer && index_of(text, context.config.groups).has_value();
    const std::string_view word = peer ? kPeer : kGroup;
    return Misfit{"peer.NAME, group.NAME or registered",
                  peer || group ? "write " + std::string(word) + std::string(text) : ""};
}

/// A group stands for its members. One that was refused has none, and a fault already.
Verdict add_group(const Context& context, std::string_view name, ToPeers& out) {
    const auto index = index_of(name, context.config.groups);
    if (!index) {
        return no_such("group", name, context.config.groups);
    }
    out.groups.push_back({static_cast<std::uint16_t>(*index), out.peers.size()});
    for (const GroupMember& member : context.config.groups[*index].members) {
        if (auto misfit = add(context.config, member.peer, out.peers)) {
            misfit->cure += "; it is in group." + std::string(name);
            return misfit;
        }
    }
    return std::nullopt;
}

/// One entry of a route's list.
Verdict add_entry(const Context& context, std::string_view text, ToPeers& out) {
    if (text.starts_with(kGroup)) {
        return add_group(context, text.substr(kGroup.size()), out);
    }
    if (!text.starts_with(kPeer)) {
        return no_target(context, text);
    }
    const std::string_view name = text.substr(kPeer.size());
    const auto index = index_of(name, context.config.peers);
    return index ? add(context.config, static_cast<std::uint16_t>(*index), out.peers)
                 : no_such("peer", name, context.config.peers);
}

std::string_view take_word(std::string_view& text) noexcept {
    text = trim(text);
    const std::string_view word = text.substr(0, text.find_first_of(" \t"));
    text.remove_prefix(word.size());
    return word;
}

/// The peer of a member.
Verdict read_member_peer(const Context& context, std::string_view text, GroupMember& out) {
    if (text.starts_with(kGroup)) {
        return Misfit{"peers: a group has no group in it",
                      "name the peers of " + std::string(text) + " instead"};
    }
    if (!text.starts_with(kPeer)) {
        const bool bare = index_of(text, context.config.peers).has_value();
        return Misfit{"peer.NAME, with priority=N and weight=N behind it where they are not 1",
                      bare ? "write peer." + std::string(text) : ""};
    }
    const std::string_view name = text.substr(kPeer.size());
    const auto index = index_of(name, context.config.peers);
    if (!index) {
        return no_such("peer", name, context.config.peers);
    }
    out.peer = static_cast<std::uint16_t>(*index);
    return std::nullopt;
}

/// priority=N or weight=N.
Verdict read_member_number(std::string_view text, GroupMember& out) {
    const std::size_t equals = text.find('=');
    const std::string_view key = text.substr(0, equals);
    if (equals == std::string_view::npos || (key != "priority" && key != "weight")) {
        return Misfit{"priority=N or weight=N behind the name of a peer, without blanks in it",
                      "write for instance peer.carrier weight=3"};
    }
    const auto value = whole_number(text.substr(equals + 1));
    if (!value || *value > 65535) {
        return Misfit{"a " + std::string(key) + " from 0 to 65535",
                      "write for instance " + std::string(key) + "=1"};
    }
    (key == "weight" ? out.weight : out.priority) = static_cast<std::uint16_t>(*value);
    return std::nullopt;
}

Verdict read_member(const Context& context, std::string_view text, GroupMember& out) {
    if (Verdict misfit = read_member_peer(context, take_word(text), out)) {
        return misfit;
    }
    while (!trim(text).empty()) {
        if (Verdict misfit = read_member_number(take_word(text), out)) {
            return misfit;
        }
    }
    return std::nullopt;
}

}  // namespace

std::string Target::write(const Config& config, const Value& value) {
    const auto* to = std::get_if<ToPeers>(&value);
    if (to == nullptr) {
        return "registered";
    }
    std::string text;
    auto group = to->groups.begin();
    for (std::size_t i = 0; i < to->peers.size();) {
        text.append(text.empty() ? "" : ", ");
        if (group != to->groups.end() && group->first == i) {
            const Group& members = config.groups[group->group];
            text.append(kGroup).append(members.name);
            i += members.members.size();
            ++group;
        } else {
            text.append(quoted_peer(config, to->peers[i++]));
        }
    }
    return text;
}

Verdict Target::read(const Context& context, std::string_view text, Value& out) {
    if (text == "registered") {
        out = ToRegistered{};
        return std::nullopt;
    }
    ToPeers to;
    for (std::optional rest(text); rest;) {
        if (Verdict misfit = add_entry(context, take_item(rest), to)) {
            return misfit;
        }
    }
    out = std::move(to);
    return std::nullopt;
}

std::string Members::write(const Config& config, const std::vector<GroupMember>& value) {
    std::string text;
    for (const GroupMember& member : value) {
        text.append(text.empty() ? "" : ", ").append(quoted_peer(config, member.peer));
        text.append(" priority=").append(std::to_string(member.priority));
        text.append(" weight=").append(std::to_string(member.weight));
    }
    return text;
}

Verdict Members::read(const Context& context, std::string_view text,
                      std::vector<GroupMember>& out) {
    std::vector<GroupMember> members;
    std::vector<std::uint16_t> peers;
    for (std::optional rest(text); rest;) {
        GroupMember member;
        if (Verdict misfit = read_member(context, take_item(rest), member)) {
            return misfit;
        }
        if (Verdict misfit = add(context.config, member.peer, peers)) {
            return misfit;
        }
        members.push_back(member);
    }
    std::stable_sort(members.begin(), members.end(),
                     [](const auto& a, const auto& b) { return a.priority < b.priority; });
    out = std::move(members);
    return std::nullopt;
}

std::string FailoverCodes::write(const Config&, const std::vector<std::uint16_t>& value) {
    std::string text;
    for (const std::uint16_t code : value) {
        text.append(text.empty() ? "" : ",").append(std::to_string(code));
    }
    return text.empty() ? "none" : text;
}

Verdict FailoverCodes::read(const Context&, std::string_view text,
                            std::vector<std::uint16_t>& out) {
    // I6: these are for the caller alone, whatever an operator thinks of them.
    constexpr std::array<std::uint64_t, 3> kNever{401, 407, 487};
    std::vector<std::uint16_t> codes;
    std::optional<std::string_view> rest;
    if (text != "none") {
        rest = text;
    }
    while (rest) {
        const auto code = whole_number(take_item(rest));
        if (!code || *code < 400 || *code > 599 ||
            std::find(kNever.begin(), kNever.end(), *code) != kNever.end()) {
            return Misfit{
                "none, or codes from 400 to 599 but 401, 407 and 487, which always go to "
                "the caller",
                "write for instance 'failover-codes = 500,502,504'"};
        }
        codes.push_back(static_cast<std::uint16_t>(*code));
    }
    out = std::move(codes);
    return std::nullopt;
}

}  // namespace sallyport::config
