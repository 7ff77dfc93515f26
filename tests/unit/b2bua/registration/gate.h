// SPDX-License-Identifier: Apache-2.0
// A register relay over a real transaction layer, in virtual time, with its wires held in memory: a
// phone behind NAT at one end and a registrar at the other, both played by the test.
#pragma once

#include "b2bua/policy/identifiers.h"
#include "b2bua/registration/register_relay.h"
#include "b2bua/transaction/layer.h"
#include "tests/unit/b2bua/seeded_random.h"
#include "tests/unit/b2bua/two_realms.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::registration {

/// A message with its octets, so that it can be read after the fact.
struct Wire {
    Flow flow;
    std::string octets;
    std::unique_ptr<sip::Message> message;

    Wire(const Flow& f, std::string_view text);
    const sip::Message* operator->() const { return message.get(); }
    /// All values of a header, each on a line of its own.
    std::string values(sip::HeaderId id) const;
    bool holds(std::string_view text) const { return octets.find(text) != std::string::npos; }
};

/// The phone's REGISTER, K section's A: at 10.0.0.5 behind 192.0.2.10.
struct PhoneRegister {
    std::string call_id{"phone-1@10.0.0.5"};
    std::uint32_t cseq{1};
    std::string lines{"Contact: <sip:bob@10.0.0.5:5060>\r\nExpires: 3600\r\n"};
    Endpoint source{endpoint("192.0.2.10", 40000)};
    std::string from_tag{"a73kszlfl"};
    std::string uri{"sip:biloxi.example.com"};
    std::string aor{"sip:bob@biloxi.example.com"};
    std::string via_host{"10.0.0.5:5060"};
};

class Gate final : public transaction::User, public Sender {
public:
    explicit Gate(Settings settings = {}, ShardId self = {}, std::uint8_t shards = 1,
                  Config configuration = two_realms());

    /// What arrived at the registrar because of it, and what at the phone.
    void phone(const PhoneRegister& request);
    void phone(const PhoneRegister& request, const Flow& flow);
    /// The registrar answers the last REGISTER it got: status line without version, then lines.
    void registrar(std::string_view status, std::string_view lines);
    void registrar(const Wire& request, std::string_view status, std::string_view lines);
    void receive(std::string_view octets, const Flow& flow);
    void pass(Millis time, Millis step = Millis{100});

    std::vector<Wire> at_registrar;
    std::vector<Wire> at_phone;
    std::vector<BindingChange> published;
    bool carrier_reachable{true};
    Moment now{Millis{1000}};

    Config config;
    SeededRandom random;
    Identifiers identifiers;
    transaction::Layer layer;
    RegisterRelay relay;

    /// The process's key.
    static TokenKey key();
    /// The token of the n-th Contact that the registrar saw last.
    std::string token(std::size_t nth = 0) const;
    /// Where a call to that token goes: Request-URI, or the refusal.
    std::string call(std::string_view token) const;

private:
    static transaction::Settings transactions();
    bool send(const Flow& flow, std::string_view message) noexcept override;
    bool admits(const sip::Message& request, const Flow& flow) override;
    void on_request(transaction::ServerHandle server, const sip::Message& request,
                    const Flow& flow) override;
    void on_cancel(transaction::ServerHandle, const sip::Message&) override {}
    void on_ack(transaction::ServerHandle, const sip::Message&, const Flow&) override {}
    void on_response(transaction::ClientHandle, transaction::UserRef ref,
                     const sip::Message& response, const Flow&) override;
    void on_stray_2xx(const sip::Message&, const Flow&) override {}
    void on_client_failed(transaction::ClientHandle, transaction::UserRef ref,
                          transaction::ClientFailure failure) override;
    void on_server_ended(transaction::ServerHandle, transaction::UserRef) override {}

    int branch_{0};
};

}  // namespace sallyport::registration
