// SPDX-License-Identifier: Apache-2.0
// Fields of a tag, a length and so many octets, then a checksum over them. Numbers have their low
// octet first.
#include "b2bua/registration/binding_record.h"

#include "b2bua/policy/keyed_hash.h"

#include <algorithm>
#include <array>

namespace sallyport::registration {
namespace {

/// On disk: a tag in use is never given another meaning.
enum Tag : std::uint8_t {
    kToken,
    kAor,
    kContactUri,
    kInstance,
    kCallId,
    kCSeq,
    kQ,
    kRealm,
    kLocal,
    kRemote,
    kUpstreamRealm,  // no longer written: kRegistrar
    kExpires,
    kUpstreamExpires,
    kAccepted,
    kServiceRoute,
    kIdentities,
    kTransport,
    kRegId,
    kPinhole,
    kPath,
    kRegistrar,
    kTags,
};

constexpr std::size_t kCheck = 8;                       // octets of the checksum
constexpr std::size_t kHead = 5;                        // tag and length of a field
constexpr std::size_t kEndpoint = 19;                   // family, address, port
constexpr HashKey kCheckKey{0x53616c6c79, 0x706f7274};  // it guards against accidents only

using Fields = std::array<std::optional<std::string_view>, kTags>;

std::uint64_t check_of(std::string_view octets) noexcept {
    return KeyedHash(kCheckKey).octets(octets).finish();
}

void add_number(std::string& out, std::uint64_t value, std::size_t length) {
    for (std::size_t i = 0; i < length; ++i) {
        out.push_back(static_cast<char>((value >> (8 * i)) & 0xff));
    }
}

std::uint64_t number(std::string_view octets) noexcept {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < octets.size(); ++i) {
        value |= std::uint64_t{static_cast<unsigned char>(octets[i])} << (8 * i);
    }
    return value;
}

void add(std::string& out, Tag tag, std::string_view octets) {
    out.push_back(static_cast<char>(tag));
    add_number(out, octets.size(), kHead - 1);
    out.append(octets);
}

void add(std::string& out, Tag tag, std::uint64_t value) {
    std::string octets;
    add_number(octets, value, 8);
    add(out, tag, octets);
}

void add(std::string& out, Tag tag, const Endpoint& endpoint) {
    std::string octets(1, endpoint.ip.is_v6() ? '6' : '4');
    octets.append(reinterpret_cast<const char*>(endpoint.ip.octets().data()),
                  endpoint.ip.octets().size());
    add_number(octets, endpoint.port.value, 2);
    add(out, tag, octets);
}

void add(std::string& out, Tag tag, Moment moment, const StoreTime& time) {
    add(out, tag, static_cast<std::uint64_t>(time.of(moment).count()));
}

/// nullopt: damaged. An unknown tag is of a format that this one does not read.
std::optional<Fields> fields_of(std::string_view record) {
    if (record.size() < kCheck) {
        return std::nullopt;
    }
    const std::string_view check = record.substr(record.size() - kCheck);
    record.remove_suffix(kCheck);
    if (number(check) != check_of(record)) {
        return std::nullopt;
    }
    Fields fields;
    while (!record.empty()) {
        const auto tag = static_cast<unsigned char>(record.front());
        if (record.size() < kHead || tag >= kTags || fields[tag]) {
            return std::nullopt;
        }
        const std::uint64_t length = number(record.substr(1, kHead - 1));
        record.remove_prefix(kHead);
        if (record.size() < length) {
            return std::nullopt;
        }
        fields[tag] = record.substr(0, length);
        record.remove_prefix(length);
    }
    return fields;
}

/// Reads fields one after the other and remembers whether any was missing or malformed.
class Reader {
public:
    Reader(const Fields& fields, const Config& config, const StoreTime& time)
        : fields_(fields), config_(config), time_(time) {}

    std::string_view text(Tag tag) {
        damaged_ |= !fields_[tag];
        return fields_[tag].value_or(std::string_view{});
    }
    /// Empty when the record has none.
    [[nodiscard]] std::string_view text_if_any(Tag tag) const {
        return fields_[tag].value_or(std::string_view{});
    }
    std::uint64_t value(Tag tag, std::uint64_t most) {
        const std::string_view octets = text(tag);
        const std::uint64_t value = number(octets.substr(0, 8));
        damaged_ |= octets.size() != 8 || value > most;
        return value;
    }
    /// 0 when the record is older than its tag.
    std::uint64_t value_if_any(Tag tag, std::uint64_t most) {
        return fields_[tag] ? value(tag, most) : 0;
    }
    Moment moment(Tag tag) {
        constexpr std::uint64_t kMost = std::uint64_t{1} << 53;  // 285 thousand years: no overflow
        const std::uint64_t stored = std::min(value(tag, kMost), kMost);
        return time_.moment(Millis{static_cast<std::int64_t>(stored)});
    }
    std::optional<Moment> moment_if_any(Tag tag) {
        return fields_[tag] ? std::optional(moment(tag)) : std::nullopt;
    }
    Endpoint endpoint(Tag tag) {
        const std::string_view octets = text(tag);
        if (octets.size() != kEndpoint || (octets[0] != '4' && octets[0] != '6')) {
            damaged_ = true;
            return {};
        }
        std::array<std::uint8_t, 16> ip{};
        std::copy_n(octets.begin() + 1, ip.size(), ip.begin());
        const std::uint32_t v4 = std::uint32_t{ip[0]} << 24 | std::uint32_t{ip[1]} << 16 |
                                 std::uint32_t{ip[2]} << 8 | ip[3];
        const auto port = static_cast<std::uint16_t>(number(octets.substr(17)));
        return {octets[0] == '6' ? IpAddr::v6(ip) : IpAddr::v4(v4), Port{port}};
    }
    RealmId realm(Tag tag) {
        const std::string_view name = text(tag);
        const auto found = std::find_if(config_.realms.begin(), config_.realms.end(),
                                        [&](const Realm& realm) { return realm.name == name; });
        foreign_ |= found == config_.realms.end();
        return foreign_ ? RealmId{}
                        : RealmId{static_cast<std::uint8_t>(found - config_.realms.begin())};
    }
    routing::RegistrarId registrar(Tag tag) {
        const auto known = routing::registrar_named(config_, text(tag));
        foreign_ |= !known;
        return known.value_or(routing::kOwnRegistrar);
    }
    /// A connection does not outlive the process; its phone will register again.
    Transport transport(Tag tag) {
        foreign_ |= value(tag, 0xff) != static_cast<std::uint64_t>(Transport::kUdp);
        return Transport::kUdp;
    }
    /// The phone's NAT lets packets in from where it sent some to, and we may have moved.
    void listens(const Flow& flow) {
        if (foreign_) {
            return;
        }
        const Realm& realm = config_.realms[flow.realm.value];
        foreign_ = realm.address.address != flow.local.ip ||
                   std::none_of(realm.listen.begin(), realm.listen.end(), [&](ListenPoint point) {
                       return point.transport == flow.transport && point.port == flow.local.port;
                   });
    }
    [[nodiscard]] bool damaged() const noexcept { return damaged_; }
    [[nodiscard]] bool foreign() const noexcept { return foreign_; }

private:
    const Fields& fields_;
    const Config& config_;
    const StoreTime& time_;
    bool damaged_{false};
    bool foreign_{false};
};

Binding binding_of(Reader& reader) {
    Binding binding;
    binding.token = reader.text(kToken);
    binding.aor = reader.text(kAor);
    binding.contact_uri = reader.text(kContactUri);
    binding.instance = reader.text(kInstance);
    binding.reg_id = static_cast<std::uint32_t>(reader.value_if_any(kRegId, 0xffffffff));
    binding.call_id = reader.text(kCallId);
    binding.cseq = static_cast<std::uint32_t>(reader.value(kCSeq, 0xffffffff));
    binding.q = static_cast<std::uint16_t>(reader.value(kQ, 1000));
    binding.flow = {reader.realm(kRealm), reader.transport(kTransport), reader.endpoint(kLocal),
                    reader.endpoint(kRemote)};
    reader.listens(binding.flow);
    binding.registrar = reader.registrar(kRegistrar);
    binding.pinhole = reader.value(kPinhole, 1) != 0;
    binding.expires = reader.moment(kExpires);
    binding.upstream_expires = reader.moment(kUpstreamExpires);
    binding.accepted = reader.moment_if_any(kAccepted);
    binding.service_route = reader.text(kServiceRoute);
    binding.identities = reader.text(kIdentities);
    binding.path = reader.text_if_any(kPath);
    return binding;
}

}  // namespace

std::string write_record(const Binding& binding, const Config& config, const StoreTime& time) {
    std::string out;
    add(out, kToken, binding.token);
    add(out, kAor, binding.aor);
    add(out, kContactUri, binding.contact_uri);
    add(out, kInstance, binding.instance);
    add(out, kCallId, binding.call_id);
    add(out, kCSeq, std::uint64_t{binding.cseq});
    add(out, kQ, std::uint64_t{binding.q});
    add(out, kRealm, config.realms[binding.flow.realm.value].name);
    add(out, kTransport, static_cast<std::uint64_t>(binding.flow.transport));
    add(out, kLocal, binding.flow.local);
    add(out, kRemote, binding.flow.remote);
    add(out, kRegistrar, routing::name_of(config, binding.registrar));
    add(out, kPinhole, std::uint64_t{binding.pinhole});
    add(out, kExpires, binding.expires, time);
    add(out, kUpstreamExpires, binding.upstream_expires, time);
    if (binding.accepted) {
        add(out, kAccepted, *binding.accepted, time);
    }
    add(out, kServiceRoute, binding.service_route);
    add(out, kIdentities, binding.identities);
    add(out, kRegId, std::uint64_t{binding.reg_id});
    if (!binding.path.empty()) {
        add(out, kPath, binding.path);
    }
    add_number(out, check_of(out), kCheck);
    return out;
}

Result<Binding, RecordFault> read_record(std::string_view record, const Config& config,
                                         const StoreTime& time, Moment now) {
    const auto fields = fields_of(record);
    if (!fields) {
        return Failure{RecordFault::kDamaged};
    }
    Reader reader(*fields, config, time);
    Binding binding = binding_of(reader);
    if (reader.damaged() || binding.token.empty()) {
        return Failure{RecordFault::kDamaged};
    }
    if (reader.foreign()) {
        return Failure{RecordFault::kForeign};
    }
    if (std::max(binding.expires, binding.upstream_expires) <= now) {
        return Failure{RecordFault::kExpired};
    }
    return binding;
}

std::optional<Millis> end_of_record(std::string_view record) {
    const auto fields = fields_of(record);
    if (!fields) {
        return std::nullopt;
    }
    const Config none;
    const StoreTime same;
    Reader reader(*fields, none, same);
    const Moment end = std::max(reader.moment(kExpires), reader.moment(kUpstreamExpires));
    return reader.damaged() ? std::nullopt : std::optional(end.since_start);
}

}  // namespace sallyport::registration
