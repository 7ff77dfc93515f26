// SPDX-License-Identifier: Apache-2.0
// How the values of options are written: one type per form, each with read(), write() and form().
// The type column of config/options.def names them. Pure functions.
#pragma once

#include "config/config.h"
#include "config/option.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sallyport::config {

/// Why a text is not a value of an option. An empty cure stands for the default or example of the
/// option.
struct Misfit {
    std::string expected;
    std::string cure;
};
using Verdict = std::optional<Misfit>;

/// What a value may refer to: its own row, the names of realms, peers and groups, and for a route
/// the members of the groups (nothing else of config is set yet).
struct Context {
    const OptionText& option;
    const Config& config;
};

/// A whole number between the bounds of its row.
struct Number {
    static std::string form(const OptionText& option);
    static std::string write(const Config&, std::uint64_t value) { return std::to_string(value); }
    /// Int holds every value up to the row's maximum (options_test checks each row).
    template <class Int>
    static Verdict read(const Context& context, std::string_view text, Int& out) {
        const auto value = parse(context.option.range, text);
        if (!value) {
            return Misfit{"a whole number " + form(context.option), ""};
        }
        out = static_cast<Int>(*value);
        return std::nullopt;
    }

private:
    static std::optional<std::uint64_t> parse(Range range, std::string_view text) noexcept;
};

struct Flag {
    static std::string form(const OptionText&) { return "true|false"; }
    static std::string write(const Config&, bool value) { return value ? "true" : "false"; }
    static Verdict read(const Context&, std::string_view text, bool& out);
};

/// The words of an enumeration.
template <class Enum>
struct Spelling;
template <>
struct Spelling<Idle> {
    static constexpr std::array<std::pair<Idle, std::string_view>, 2> words{
        {{Idle::kAdaptive, "adaptive"}, {Idle::kPoll, "poll"}}};
};
template <>
struct Spelling<LogLevel> {
    static constexpr std::array<std::pair<LogLevel, std::string_view>, 4> words{
        {{LogLevel::kError, "error"},
         {LogLevel::kWarn, "warn"},
         {LogLevel::kInfo, "info"},
         {LogLevel::kDebug, "debug"}}};
};
template <>
struct Spelling<Hugepages> {
    static constexpr std::array<std::pair<Hugepages, std::string_view>, 2> words{
        {{Hugepages::kAuto, "auto"}, {Hugepages::kOff, "off"}}};
};
template <>
struct Spelling<Redirect> {
    static constexpr std::array<std::pair<Redirect, std::string_view>, 2> words{
        {{Redirect::kPass, "pass"}, {Redirect::kRecurse, "recurse"}}};
};

template <>
struct Spelling<RouteUse> {
    static constexpr std::array<std::pair<RouteUse, std::string_view>, 2> words{
        {{RouteUse::kAlways, "always"}, {RouteUse::kSurvive, "survive"}}};
};

template <>
struct Spelling<Unanchored> {
    static constexpr std::array<std::pair<Unanchored, std::string_view>, 2> words{
        {{Unanchored::kPass, "pass"}, {Unanchored::kReject, "reject"}}};
};

template <>
struct Spelling<PreloadedRoute> {
    static constexpr std::array<std::pair<PreloadedRoute, std::string_view>, 2> words{
        {{PreloadedRoute::kPass, "pass"}, {PreloadedRoute::kIgnore, "ignore"}}};
};

template <>
struct Spelling<NoResponseCode> {
    static constexpr std::array<std::pair<NoResponseCode, std::string_view>, 2> words{
        {{NoResponseCode::k408, "408"}, {NoResponseCode::k480, "480"}}};
};

template <>
struct Spelling<Forking> {
    static constexpr std::array<std::pair<Forking, std::string_view>, 2> words{
        {{Forking::kSeparate, "separate"}, {Forking::kSingle, "single"}}};
};

template <>
struct Spelling<Toggle> {
    static constexpr std::array<std::pair<Toggle, std::string_view>, 2> words{
        {{Toggle::kOff, "off"}, {Toggle::kOn, "on"}}};
};

template <>
struct Spelling<ReliableResponses> {
    static constexpr std::array<std::pair<ReliableResponses, std::string_view>, 2> words{
        {{ReliableResponses::kPass, "pass"}, {ReliableResponses::kOff, "off"}}};
};

template <>
struct Spelling<PreferredIdentity> {
    static constexpr std::array<std::pair<PreferredIdentity, std::string_view>, 2> words{
        {{PreferredIdentity::kStrip, "strip"}, {PreferredIdentity::kAssert, "assert"}}};
};

template <>
struct Spelling<RegistrationMode> {
    static constexpr std::array<std::pair<RegistrationMode, std::string_view>, 4> words{
        {{RegistrationMode::kContactMap, "contact-map"},
         {RegistrationMode::kPath, "path"},
         {RegistrationMode::kLocal, "local"},
         {RegistrationMode::kSurvive, "survive"}}};
};

template <>
struct Spelling<KeepaliveKind> {
    static constexpr std::array<std::pair<KeepaliveKind, std::string_view>, 3> words{
        {{KeepaliveKind::kOptions, "options"},
         {KeepaliveKind::kCrlf, "crlf"},
         {KeepaliveKind::kOff, "off"}}};
};

template <>
struct Spelling<Latch> {
    static constexpr std::array<std::pair<Latch, std::string_view>, 4> words{
        {{Latch::kAuto, "auto"}, {Latch::kOn, "on"}, {Latch::kOff, "off"}, {Latch::kPort, "port"}}};
};

template <>
struct Spelling<LatchIp> {
    static constexpr std::array<std::pair<LatchIp, std::string_view>, 3> words{
        {{LatchIp::kSignalling, "signalling"},
         {LatchIp::kSubnet, "subnet"},
         {LatchIp::kAny, "any"}}};
};

template <>
struct Spelling<LatchPackets> {
    static constexpr std::array<std::pair<LatchPackets, std::string_view>, 2> words{
        {{LatchPackets::k1, "1"}, {LatchPackets::k3, "3"}}};
};

template <>
struct Spelling<CallIdOfCalls> {
    static constexpr std::array<std::pair<CallIdOfCalls, std::string_view>, 2> words{
        {{CallIdOfCalls::kNew, "new"}, {CallIdOfCalls::kPreserve, "preserve"}}};
};

template <>
struct Spelling<Passage> {
    static constexpr std::array<std::pair<Passage, std::string_view>, 2> words{
        {{Passage::kPass, "pass"}, {Passage::kReject, "reject"}}};
};

template <>
struct Spelling<Transfers> {
    static constexpr std::array<std::pair<Transfers, std::string_view>, 3> words{
        {{Transfers::kPass, "pass"}, {Transfers::kLocal, "local"}, {Transfers::kReject, "reject"}}};
};

template <>
struct Spelling<DialogInfo> {
    static constexpr std::array<std::pair<DialogInfo, std::string_view>, 2> words{
        {{DialogInfo::kPass, "pass"}, {DialogInfo::kTranslate, "translate"}}};
};

template <class Enum>
struct Choice {
    static std::string form(const OptionText&) {
        std::string out;
        for (const auto& [value, word] : Spelling<Enum>::words) {
            out.append(out.empty() ? "" : "|").append(word);
        }
        return out;
    }
    static std::string write(const Config&, Enum value) {
        for (const auto& [known, word] : Spelling<Enum>::words) {
            if (known == value) {
                return std::string(word);
            }
        }
        return {};
    }
    static Verdict read(const Context& context, std::string_view text, Enum& out) {
        for (const auto& [value, word] : Spelling<Enum>::words) {
            if (word == text) {
                out = value;
                return std::nullopt;
            }
        }
        return Misfit{"one of " + form(context.option), ""};
    }
};

/// An IPv4 address and a TCP port of the kernel: Debian's civetweb, which serves there, has no
/// IPv6.
struct Socket {
    static std::string form(const OptionText&) { return "IPV4:PORT"; }
    static std::string write(const Config&, const Endpoint& value) { return value.to_string(); }
    static Verdict read(const Context&, std::string_view text, Endpoint& out);
};

/// Our address in a network; never the network's own or broadcast address.
struct Network {
    static std::string form(const OptionText&) { return "IP/LENGTH"; }
    static std::string write(const Config&, const Prefix& value) { return value.to_string(); }
    static Verdict read(const Context&, std::string_view text, Prefix& out);
};

/// A DPDK device string; DPDK itself says more about it when it is opened.
struct Device {
    static std::string form(const OptionText&) { return "DEVICE"; }
    static std::string write(const Config&, const std::string& value) { return value; }
    static Verdict read(const Context&, std::string_view text, std::string& out);
};

/// The name of a file that need not be there.
struct File {
    static std::string form(const OptionText&) { return "FILE"; }
    static std::string write(const Config&, const std::string& value) { return value; }
    static Verdict read(const Context&, std::string_view text, std::string& out);
};

struct OptionalFile {
    static std::string form(const OptionText&) { return "none|FILE"; }
    static std::string write(const Config&, const std::string& value) {
        return value.empty() ? "none" : value;
    }
    static Verdict read(const Context& context, std::string_view text, std::string& out) {
        if (text != "none") {
            return File::read(context, text, out);
        }
        out.clear();
        return std::nullopt;
    }
};

/// The name of a Linux interface.
struct Tap {
    static std::string form(const OptionText&) { return "INTERFACE"; }
    static std::string write(const Config&, const std::string& value) { return value; }
    static Verdict read(const Context&, std::string_view text, std::string& out);
};

/// The absolute path of a directory, or none.
struct Directory {
    static std::string form(const OptionText&) { return "none|PATH"; }
    static std::string write(const Config&, const std::string& value) {
        return value.empty() ? "none" : value;
    }
    static Verdict read(const Context&, std::string_view text, std::string& out);
};

struct Listen {
    static std::string form(const OptionText&) { return "udp:PORT[,udp:PORT...]"; }
    static std::string write(const Config&, const std::vector<ListenPoint>& value);
    static Verdict read(const Context&, std::string_view text, std::vector<ListenPoint>& out);
};

/// Names of headers (RFC 3261 s.25.1, token), or none.
struct HeaderNames {
    static std::string form(const OptionText&) { return "none|NAME[,NAME...]"; }
    static std::string write(const Config&, const std::vector<std::string>& value);
    static Verdict read(const Context&, std::string_view text, std::vector<std::string>& out);
};

struct Ports {
    static std::string form(const OptionText&) { return "FIRST-LAST"; }
    static std::string write(const Config&, PortRange value);
    static Verdict read(const Context&, std::string_view text, PortRange& out);
};

struct RealmName {
    static std::string form(const OptionText&) { return "REALM"; }
    static std::string write(const Config& config, RealmId value);
    static Verdict read(const Context& context, std::string_view text, RealmId& out);
};

/// sip:IP[:PORT]. The text is kept as written; sip_uri_endpoint() gives what it says.
struct SipUri {
    static std::string form(const OptionText&) { return "sip:IP[:PORT]"; }
    static std::string write(const Config&, const std::string& value) { return value; }
    static Verdict read(const Context&, std::string_view text, std::string& out);
};
[[nodiscard]] std::optional<Endpoint> sip_uri_endpoint(std::string_view uri) noexcept;

}  // namespace sallyport::config
