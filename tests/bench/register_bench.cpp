// SPDX-License-Identifier: Apache-2.0
// What a REGISTER costs one shard's thread, without its sockets: a refresh that is answered here
// (H7), and the same refresh when it has to go to the registrar and back, as it would without
// throttling. The phones, the registrar and their messages are made here and cost a little, too.
#include "b2bua/policy/identifiers.h"
#include "b2bua/registration/register_relay.h"
#include "b2bua/transaction/layer.h"
#include "tests/unit/b2bua/seeded_random.h"
#include "tests/unit/b2bua/two_realms.h"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <vector>

namespace sallyport::registration {
namespace {

constexpr std::uint32_t kPhones = 10000;

/// The value of a header of a message of ours, by its name as we write it.
std::string value(const std::string& message, const std::string& name) {
    const std::size_t at = message.find("\r\n" + name + ": ") + name.size() + 4;
    return message.substr(at, message.find("\r\n", at) - at);
}

class Bed final : public transaction::User, public Sender {
public:
    /// granted: seconds, by the registrar. 60 s are never enough for an answer here.
    explicit Bed(std::uint32_t granted) : granted_(std::to_string(granted)) {
        for (std::uint32_t i = 0; i < kPhones; ++i) {
            refresh(i);
        }
    }

    /// The next REGISTER of that phone, until it has its answer.
    void refresh(std::uint32_t phone) {
        now_ = now_ + Millis{2};
        layer_.advance(now_);
        relay_.advance(now_);
        if (cseq_.size() <= phone) {
            cseq_.resize(phone + 1);
        }
        const std::string user = "user" + std::to_string(phone);
        std::string text = "REGISTER sip:voice.example.com SIP/2.0\r\n";
        text.append("Via: SIP/2.0/UDP 192.168.1.10:5060;rport;branch=z9hG4bK").append(user);
        text.append("x").append(std::to_string(++cseq_[phone]));
        text.append("\r\nMax-Forwards: 70\r\nFrom: <sip:").append(user);
        text.append("@voice.example.com>;tag=1\r\nTo: <sip:").append(user);
        text.append("@voice.example.com>\r\nCall-ID: ").append(user);
        text.append("\r\nCSeq: ").append(std::to_string(cseq_[phone]));
        text.append(" REGISTER\r\nContact: <sip:").append(user);
        text.append("@192.168.1.10:5060>\r\nExpires: 600\r\nContent-Length: 0\r\n\r\n");
        const Flow flow{kInside,
                        Transport::kUdp,
                        endpoint("10.10.0.1", 5060),
                        {IpAddr::v4(0xc0000000 + phone), Port{40000}}};
        receive(text, flow);
        if (!at_registrar_.empty()) {
            ++asked;
            answer();
        }
    }

    std::uint64_t asked{0};     // REGISTERs that the registrar saw
    std::uint64_t answered{0};  // 200s that phones got

private:
    void answer() {
        const std::string request = std::move(at_registrar_);
        at_registrar_.clear();
        std::string text = "SIP/2.0 200 OK\r\nVia: ";
        text.append(value(request, "Via")).append("\r\nFrom: ").append(value(request, "From"));
        text.append("\r\nTo: ").append(value(request, "To")).append(";tag=r\r\nCall-ID: ");
        text.append(value(request, "Call-ID")).append("\r\nCSeq: ");
        text.append(value(request, "CSeq")).append("\r\nContact: ");
        text.append(value(request, "Contact")).append(";expires=").append(granted_);
        text.append("\r\nContent-Length: 0\r\n\r\n");
        receive(text, upstream_);
    }
    void receive(const std::string& octets, const Flow& flow) {
        if (message_.parse(octets).ok()) {
            layer_.receive(message_, flow, now_);
        }
    }
    bool send(const Flow& flow, std::string_view message) noexcept override {
        if (flow.realm == kOutside) {
            at_registrar_ = message;
            upstream_ = flow;
        } else {
            answered += message.starts_with("SIP/2.0 200") ? 1 : 0;
        }
        return true;
    }
    void on_request(transaction::ServerHandle server, const sip::Message& request,
                    const Flow& flow) override {
        relay_.on_register(server, request, flow, config_.peers[0], now_);
    }
    void on_response(transaction::ClientHandle, transaction::UserRef ref,
                     const sip::Message& response, const Flow&) override {
        relay_.on_response(ref, response, now_);
    }
    void on_cancel(transaction::ServerHandle, const sip::Message&) override {}
    void on_ack(transaction::ServerHandle, const sip::Message&, const Flow&) override {}
    void on_stray_2xx(const sip::Message&, const Flow&) override {}
    void on_client_failed(transaction::ClientHandle, transaction::UserRef,
                          transaction::ClientFailure) override {}
    void on_server_ended(transaction::ServerHandle, transaction::UserRef) override {}

    std::string granted_;
    Config config_{two_realms()};
    SeededRandom random_{1};
    Identifiers identifiers_{random_, ShardId{}, 1};
    transaction::Layer layer_{transaction::Settings{}, *this, *this};
    RegisterRelay relay_{{config_, layer_, identifiers_, TokenKey::from(random_), {}}};
    sip::Message message_;
    Moment now_{Millis{1000}};
    std::vector<std::uint32_t> cseq_;
    std::string at_registrar_;
    Flow upstream_;
};

void refreshes(benchmark::State& state, std::uint32_t granted, bool passed_on) {
    Bed bed(granted);
    const std::uint64_t asked = bed.asked;
    const std::uint64_t answered = bed.answered;
    std::uint32_t phone = 0;
    for (auto _ : state) {
        bed.refresh(phone++ % kPhones);
    }
    const auto many = static_cast<std::uint64_t>(state.iterations());
    if (bed.answered - answered != many || bed.asked - asked != (passed_on ? many : 0)) {
        state.SkipWithError("the REGISTERs did not go where they should");
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK_CAPTURE(refreshes, answered_here, 3600, false)->Iterations(200000);
BENCHMARK_CAPTURE(refreshes, passed_on, 60, true)->Iterations(200000);

}  // namespace
}  // namespace sallyport::registration

BENCHMARK_MAIN();
