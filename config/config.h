// SPDX-License-Identifier: Apache-2.0
// The whole configuration as plain, read-only values. Built once by config/load.h, then shared
// freely between threads. Defaults are the member initialisers; units are in the types or the
// comments.
#pragma once

#include "config/pattern.h"
#include "config/types/id.h"
#include "config/types/ip.h"
#include "config/types/message_limits.h"
#include "config/users.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace sallyport {

enum class Idle : std::uint8_t { kAdaptive, kPoll };
enum class Hugepages : std::uint8_t { kAuto, kOff };  // auto: used when the system has them
enum class LogLevel : std::uint8_t { kError, kWarn, kInfo, kDebug };
enum class Unanchored : std::uint8_t { kPass, kReject };
enum class PreloadedRoute : std::uint8_t { kPass, kIgnore };
/// What a caller is told whose callee never answered (M1, RFC 3665 s.3.10).
enum class NoResponseCode : std::uint16_t { k408 = 408, k480 = 480 };
enum class Forking : std::uint8_t { kSeparate, kSingle };
enum class Toggle : std::uint8_t { kOff, kOn };
enum class ReliableResponses : std::uint8_t { kPass, kOff };
enum class PreferredIdentity : std::uint8_t { kStrip, kAssert };
/// Who keeps the bindings of a realm's phones, and what their registrar is told about them (H1).
enum class RegistrationMode : std::uint8_t { kContactMap, kPath, kLocal, kSurvive };
/// What keeps the NATs in front of registered phones open (H19).
enum class KeepaliveKind : std::uint8_t { kOptions, kCrlf, kOff };
/// From where media is heard (G3): auto: as on where nat is set, else as off. on: what sends first
/// and is admitted by LatchIp. off: the address and port of the SDP. port: any port of the SDP's
/// address.
enum class Latch : std::uint8_t { kAuto, kOn, kOff, kPort };
/// Whose first packet counts where the latch is on (G4).
enum class LatchIp : std::uint8_t { kSignalling, kSubnet, kAny };
/// RTP packets in sequence that it takes to latch (G5).
enum class LatchPackets : std::uint8_t { k1 = 1, k3 = 3 };
enum class CallIdOfCalls : std::uint8_t { kNew, kPreserve };
enum class Transport : std::uint8_t { kUdp };
/// What becomes of a 3xx of a peer: the caller gets it, or the gateway tries its Contacts (I11).
enum class Redirect : std::uint8_t { kPass, kRecurse };

/// What the gateway does with requests of one kind: carries them, or refuses them itself.
enum class Passage : std::uint8_t { kPass, kReject };
enum class Transfers : std::uint8_t { kPass, kLocal, kReject };

/// What becomes of the bodies of dialog event notifications (D16).
enum class DialogInfo : std::uint8_t { kPass, kTranslate };

struct ListenPoint {
    Transport transport{Transport::kUdp};
    Port port{5060};
};

/// Inclusive; first is even and last odd after checking, because RTP/RTCP pairs start even (RFC
/// 3550 s.11).
struct PortRange {
    std::uint16_t first{0};
    std::uint16_t last{0};
};

/// One side of the gate.
struct Realm {
    std::string name;
    std::string device;  // DPDK device string: PCI address, net_af_xdp0,iface=lan0, ...
    std::string tap;     // exception tap interface name
    Prefix address;      // our address on the tap and in Via, Contact and SDP
    std::vector<ListenPoint> listen;
    PortRange media_ports{20000, 29999};
    bool nat{false};  // peers may sit behind NAT: latch, force rport, learned flows
    Latch latch{Latch::kAuto};
    LatchIp latch_ip{LatchIp::kSignalling};
    LatchPackets latch_packets{LatchPackets::k1};
    bool media_keepalive{false};  // to those to whom nothing is sent (G14)
    std::uint8_t dscp_audio{46};  // of media sent into it, fax too (G15)
    std::uint8_t dscp_video{34};
    bool preserve_dscp{false};
    bool mobility{false};  // a source that a NAT moved may have another address (G7)
    PreloadedRoute preloaded_route{PreloadedRoute::kPass};
    bool hide_redirects{false};  // its addresses in the Contacts of a 3xx become tokens (I11)
    bool ua_hide{false};
    bool strip_info_uris{true};
    std::vector<std::string> strip_headers;  // names of unknown headers, any case
    bool topology_hide{true};                // Warning names us, not hosts of the other side (D19)
    CallIdOfCalls callid{CallIdOfCalls::kNew};                        // of calls sent into it (D3)
    Forking fork{Forking::kSeparate};                                 // as its callers see it (E12)
    Toggle early_ack{Toggle::kOff};                                   // for its callees (M2)
    ReliableResponses reliable{ReliableResponses::kPass};             // option tag 100rel (M6)
    PreferredIdentity preferred_identity{PreferredIdentity::kStrip};  // RFC 3325 s.6
    RegistrationMode registration{RegistrationMode::kContactMap};     // of its phones
    KeepaliveKind keepalive{KeepaliveKind::kOptions};                 // where nat is set
};

/// Whoever calls from there proves to be one of our own users (H23).
[[nodiscard]] constexpr bool asks_for_credentials(const Realm& realm) noexcept {
    return realm.registration == RegistrationMode::kLocal;
}

/// Media of its peers is heard where it comes from, not only where their SDP says (G3).
[[nodiscard]] constexpr bool learns_media(const Realm& realm) noexcept {
    return realm.latch == Latch::kAuto ? realm.nat : realm.latch != Latch::kOff;
}

struct Peer {
    std::string name;
    RealmId realm;
    std::string uri;   // as written: sip:host[:port]
    Endpoint address;  // taken from uri
    Redirect redirect{Redirect::kPass};
    std::uint32_t max_pending_registers{100};     // REGISTERs that it may owe an answer
    std::vector<std::uint16_t> failover_codes{};  // beside 503, of an INVITE (I6)
};

struct GroupMember {
    std::uint16_t peer{0};      // index into Config::peers
    std::uint16_t priority{1};  // the lowest is tried first
    std::uint16_t weight{1};    // share of the calls among members of one priority
};

/// Peers that share the calls of the routes that lead to it (I4).
struct Group {
    std::string name;
    std::vector<GroupMember> members;  // by priority, then as written; each peer once; not empty
};

/// Where in ToPeers::peers the members of a group stand: all of them, in their order.
struct GroupInRoute {
    std::uint16_t group{0};  // index into Config::groups
    std::size_t first{0};
};

struct ToPeers {
    std::vector<std::uint16_t> peers;    // indices into Config::peers, each once; not empty
    std::vector<GroupInRoute> groups{};  // in order; peers outside of them are tried as they stand
};
struct ToRegistered {};  // the bindings learned from REGISTERs that went through

/// survive: only while the registrars of the realm that it leads from are all dead (H24).
enum class RouteUse : std::uint8_t { kAlways, kSurvive };

/// A header that a request has, with this value when one is given.
struct HeaderCondition {
    std::string name;  // empty: any request will do
    std::optional<std::string> value{};
    bool operator==(const HeaderCondition&) const = default;
};

/// What a request has to be for a route to take it (I1). What is empty asks for nothing.
struct Conditions {
    std::string method{};
    std::string user{};         // escapes undone
    std::string user_prefix{};  // escapes undone
    Pattern user_regex{};       // of the user with its escapes undone
    std::string domain{};       // lower case; "*.": whatever ends so
    HeaderCondition header{};
    bool operator==(const Conditions&) const = default;
};

/// What becomes of a number on its way to the peers of a route.
struct NumberRule {
    std::uint8_t strip{0};  // characters off its front
    std::string prefix{};   // then put before it
};

struct Route {
    std::string name;
    RealmId from;
    std::variant<ToPeers, ToRegistered> to;
    RouteUse when{RouteUse::kAlways};
    std::uint16_t priority{100};  // the lowest is asked first
    Conditions conditions{};
    NumberRule number{};
};

/// Takes every request from its realm: it is the one whose first peer is the realm's registrar.
[[nodiscard]] inline bool is_unconditional(const Route& route) noexcept {
    const Conditions& asks = route.conditions;
    return asks.method.empty() && asks.user.empty() && asks.user_prefix.empty() &&
           asks.user_regex.empty() && asks.domain.empty() && asks.header.name.empty();
}

inline constexpr const char* kDefaultUsersFile = "/etc/sallyport/users";

struct Config {
    std::uint8_t workers{1};
    std::uint8_t shards{1};
    Endpoint metrics{IpAddr::v4(0x7f000001), Port{9464}};
    Idle idle{Idle::kAdaptive};
    LogLevel log_level{LogLevel::kInfo};
    std::string media_records;  // file for a line of JSON for each call that ended; empty: none
    Hugepages hugepages{Hugepages::kAuto};
    std::uint32_t memory{512};       // MB for DPDK: packet buffers, rings, flow table
    std::uint32_t max_calls{10000};  // of the whole gateway
    Unanchored unanchored{Unanchored::kPass};
    bool anchor_udp{false};
    bool srtp_over_tls_only{false};
    std::uint16_t no_1xx_timeout{
        5};                    // s until a silent target gives way to the next; 0: never (I10)
    std::uint32_t min_se{90};  // s, the shortest session interval (RFC 4028 s.5)
    Transfers refer{Transfers::kPass};        // M9
    Passage unknown_methods{Passage::kPass};  // M14
    DialogInfo dialog_info{DialogInfo::kPass};
    NoResponseCode no_response_code{NoResponseCode::k408};
    MessageLimits limits;
    std::string state_directory{"/var/lib/sallyport"};  // of what outlives the process; empty: none
    bool state_directory_named{false};  // by the operator: the gateway does not run without it
    std::vector<Realm> realms;          // in file order; RealmId indexes it
    std::vector<Peer> peers;
    std::vector<Group> groups;
    std::vector<Route> routes;
    std::string users_file{kDefaultUsersFile};
    bool legacy_digest{false};  // credentials without qop are taken from our own users (H23)
    std::shared_ptr<const Users> users{std::make_shared<const Users>()};  // of users_file
};

}  // namespace sallyport
