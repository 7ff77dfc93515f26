// SPDX-License-Identifier: Apache-2.0
// Fuzz target of what is read from the state directory (H21) and of STUN (B18). The first octet
// chooses: a binding made of the others is read as it was written; they are no record; they are
// walked as a file of LMDB; they are a datagram.
#include "b2bua/registration/binding_record.h"
#include "b2bua/registration/lmdb_pages.h"
#include "b2bua/sip/stun.h"
#include "tests/fuzz/property.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

namespace {

using namespace sallyport;
using fuzz::require;

Config one_realm() {
    Config config;
    config.realms.resize(1);
    config.realms[0].name = "r";
    config.realms[0].address = Prefix::parse("10.0.0.1/8").value();
    config.realms[0].listen = {ListenPoint{}};
    return config;
}

/// The next piece, up to a NUL.
std::string piece(std::string_view& text) {
    const std::size_t end = std::min(text.find('\0'), text.size());
    std::string taken(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    return taken;
}

void check_written(std::string_view text) {
    static const Config config = one_realm();
    registration::Binding binding;
    binding.token = "t" + piece(text);
    binding.aor = piece(text);
    binding.contact_uri = piece(text);
    binding.instance = piece(text);
    binding.call_id = piece(text);
    binding.service_route = piece(text);
    binding.identities = piece(text);
    binding.cseq = static_cast<std::uint32_t>(text.size());
    binding.q = static_cast<std::uint16_t>(text.size() % 1001);
    binding.flow.local = {config.realms[0].address.address, Port{5060}};
    binding.flow.remote = {IpAddr::v4(static_cast<std::uint32_t>(text.size())), Port{9}};
    binding.expires = Moment{Millis{static_cast<std::int64_t>(text.size())}};
    binding.upstream_expires = Moment{Millis{1}};
    const registration::StoreTime time{Millis{1'000'000}};
    const std::string record = registration::write_record(binding, config, time);
    const auto read = registration::read_record(record, config, time, Moment{});
    require(read.ok() && *read == binding, "what was written is read");
    require(registration::end_of_record(record).has_value(), "and has an end");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(bytes), size);
    if (text.empty()) {
        return 0;
    }
    const int choice = text.front() & 3;
    text.remove_prefix(1);
    if (choice == 0) {
        check_written(text);
    } else if (choice == 1) {
        require(registration::end_of_record(text) == std::nullopt || size > 20,
                "no record so short");
        (void)registration::read_record(text, one_realm(), {}, Moment{});
    } else if (choice == 2) {
        // Two pages, of the smallest size that is taken.
        require(registration::fault_of_lmdb(text) || text.size() >= 1024, "no file so short");
    } else {
        std::array<char, sip::kStunAnswer> room;
        const Endpoint source{IpAddr::v4(0xc0000201), Port{9}};
        const auto answer = sip::answer_stun(text, source, room);
        require(!answer || !sip::may_be_sip(text), "STUN is no SIP");
        require(!answer || answer->substr(4, 16) == text.substr(4, 16), "its transaction id");
    }
    return 0;
}
