// SPDX-License-Identifier: Apache-2.0
#include "b2bua/transport/resolver/dns_message.h"

#include "b2bua/transport/resolver/dns_reader.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

namespace sallyport::resolver {
namespace {

constexpr std::uint16_t kCname = 5;
constexpr std::uint16_t kSoa = 6;
constexpr std::uint16_t kInternet = 1;
/// Of flags and service of NAPTR; longer than any that is known, so that a rest tells nothing.
constexpr std::size_t kLongestText = 32;
constexpr std::uint16_t kNoSuchName = 3;  // RCODE (RFC 1035 s.4.1.1)

struct Header {
    bool is_reply{false}, is_truncated{false};
    std::uint16_t code{0}, questions{0}, answers{0}, authorities{0};
};

struct Record {
    std::string owner;
    std::uint16_t type{0}, record_class{0};
    Seconds ttl{0};
    std::size_t end{0};  // where its data ends
};

struct Alias {
    std::string owner, target;
    Seconds ttl{0};
};

Header read_header(DnsReader& reader) noexcept {
    Header header;
    reader.number16();  // the ID is the business of whoever asked
    const std::uint16_t flags = reader.number16();
    header.is_reply = (flags & 0xf800U) == 0x8000U;  // QR, and a standard query
    header.is_truncated = (flags & 0x0200U) != 0;
    header.code = flags & 0xfU;
    header.questions = reader.number16();
    header.answers = reader.number16();
    header.authorities = reader.number16();
    reader.number16();
    return header;
}

Record read_record(DnsReader& reader) {
    Record record;
    record.owner = reader.name();
    record.type = reader.number16();
    record.record_class = reader.number16();
    record.ttl = reader.ttl();
    const std::size_t length = reader.number16();
    record.end = reader.position() + length;
    return record;
}

IpAddr read_address(DnsReader& reader, RecordType type) noexcept {
    if (type == RecordType::kA) {
        return IpAddr::v4(reader.number32());
    }
    std::array<std::uint8_t, 16> octets{};
    const auto taken = reader.octets(octets.size());
    std::ranges::copy(taken, octets.begin());
    return IpAddr::v6(octets);
}

Srv read_srv(DnsReader& reader) {
    Srv srv;
    srv.priority = reader.number16();
    srv.weight = reader.number16();
    srv.port = Port{reader.number16()};
    srv.target = reader.name();
    return srv;
}

Naptr read_naptr(DnsReader& reader) {
    Naptr naptr;
    naptr.order = reader.number16();
    naptr.preference = reader.number16();
    naptr.flags = reader.string().substr(0, kLongestText);
    naptr.service = reader.string().substr(0, kLongestText);
    naptr.has_regexp = !reader.string().empty();
    naptr.replacement = reader.name();
    return naptr;
}

class ReplyReader {
public:
    ReplyReader(std::span<const std::uint8_t> message, const Question& question,
                Counters& counters) noexcept
        : reader_(message), question_(question), counters_(counters) {}

    Answer read() {
        const Header header = read_header(reader_);
        if (!header.is_reply || header.questions != 1 || !is_for_question()) {
            return failed(counters_.malformed);
        }
        if (header.is_truncated) {
            return failed(counters_.truncated);
        }
        if (header.code != 0 && header.code != kNoSuchName) {
            return {};
        }
        for (int i = 0; i < header.answers && !reader_.failed(); ++i) {
            read_answer();
        }
        for (int i = 0; i < header.authorities && !reader_.failed(); ++i) {
            read_authority();
        }
        if (reader_.failed()) {
            return failed(counters_.malformed);
        }
        return conclude(header.code == kNoSuchName);
    }

private:
    static Answer failed(Counter& counter) noexcept {
        counter.add();
        return {};
    }

    bool is_for_question() {
        const std::string name = reader_.name();
        const std::uint16_t type = reader_.number16();
        return reader_.number16() == kInternet && type == type_number(question_.type) &&
               name == question_.name && !reader_.failed();
    }

    void read_answer() {
        const Record record = read_record(reader_);
        if (record.record_class == kInternet && record.type == kCname) {
            aliases_.push_back({record.owner, reader_.name(), record.ttl});
        } else if (record.record_class == kInternet && record.type == type_number(question_.type)) {
            read_value(record);
        } else {
            reader_.skip_to(record.end);
        }
        reader_.must_be_at(record.end);  // RFC 1035 s.3.2.1, RDLENGTH
    }

    void read_value(const Record& record) {
        owners_.push_back(record.owner);
        if (question_.type == RecordType::kSrv) {
            all_.services.push_back(read_srv(reader_));
            all_.services.back().ttl = record.ttl;
        } else if (question_.type == RecordType::kNaptr) {
            all_.pointers.push_back(read_naptr(reader_));
            all_.pointers.back().ttl = record.ttl;
        } else {
            all_.addresses.push_back({read_address(reader_, question_.type), record.ttl});
        }
    }

    /// RFC 2308 s.5: nothing holds for the lesser of the SOA's TTL and its MINIMUM.
    void read_authority() {
        const Record record = read_record(reader_);
        if (record.type == kSoa) {
            reader_.name();
            reader_.name();
            reader_.octets(16);  // SERIAL, REFRESH, RETRY, EXPIRE
            nothing_ttl_ = std::min(record.ttl, reader_.ttl());
            has_soa_ = true;
        } else {
            reader_.skip_to(record.end);
        }
        reader_.must_be_at(record.end);  // RFC 1035 s.3.2.1, RDLENGTH
    }

    Answer conclude(bool no_name) {
        Answer answer;
        answer.ttl = 0x7fffffff;
        std::string name = question_.name;
        std::size_t aliases = 0;
        for (auto at = alias_of(name); at != aliases_.end(); at = alias_of(name)) {
            if (++aliases > kMostAliasesInMessage) {
                return failed(counters_.alias_loops);
            }
            name = at->target;
            answer.ttl = std::min(answer.ttl, at->ttl);
        }
        keep(all_.addresses, answer.addresses, name, answer.ttl);
        keep(all_.services, answer.services, name, answer.ttl);
        keep(all_.pointers, answer.pointers, name, answer.ttl);
        if (!answer.addresses.empty() || !answer.services.empty() || !answer.pointers.empty()) {
            answer.kind = AnswerKind::kRecords;
        } else if (aliases != 0 && !no_name && !has_soa_) {
            answer.kind = AnswerKind::kAlias;  // a server that does not follow it
            answer.alias = name;
        } else {
            answer.kind = no_name ? AnswerKind::kNoName : AnswerKind::kNoRecords;
            answer.ttl = nothing_ttl_;
        }
        return answer;
    }

    std::vector<Alias>::const_iterator alias_of(const std::string& name) const noexcept {
        return std::ranges::find(aliases_, name, &Alias::owner);
    }

    /// What belongs to the name, so many of it; ttl becomes the least.
    template <class T>
    void keep(std::vector<T>& all, std::vector<T>& kept, const std::string& name, Seconds& ttl) {
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (owners_[i] != name) {
                continue;
            }
            if (kept.size() >= kMostRecords) {
                counters_.surplus.add();
                continue;
            }
            ttl = std::min(ttl, all[i].ttl);
            kept.push_back(std::move(all[i]));
        }
    }

    DnsReader reader_;
    const Question& question_;
    Counters& counters_;
    std::vector<Alias> aliases_;
    std::vector<std::string> owners_;  // of the records in all_
    Answer all_;
    Seconds nothing_ttl_{0};
    bool has_soa_{false};
};

}  // namespace

std::uint16_t type_number(RecordType type) noexcept {
    constexpr std::uint16_t kNumbers[] = {1, 28, 33, 35};
    return kNumbers[static_cast<std::size_t>(type)];
}

Answer read_reply(std::span<const std::uint8_t> message, const Question& question,
                  Counters& counters) {
    return ReplyReader(message, question, counters).read();
}

}  // namespace sallyport::resolver
