// SPDX-License-Identifier: Apache-2.0
// The timer table of RFC 3261 appendix A and RFC 6026 s.7 as one table (B2BUA-C1): each timer on
// UDP and on a stream, with the moment of every copy sent and of the end. T1 500 ms, T2 4 s, T4 5
// s.
#include "tests/unit/b2bua/transaction/bench.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace sallyport::transaction {
namespace {

enum class Kind { kInviteClient, kOtherClient, kInviteServer, kOtherServer };

struct Row {
    const char* name;
    Kind kind;
    bool stream;
    int status;           // response that arrives, or that the user gives, at 1000 ms; 0: none
    bool acknowledged;    // an INVITE server gets its ACK at 2000 ms
    const char* watched;  // start of what is sent again and again
    Times sent;
    std::int64_t ends;  // when nothing is left

    friend std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }
};

const Times kA{0, 500, 1500, 3500, 7500, 15500, 31500};
const Times kE{0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500};
const Times kEInProceeding{0, 500, 1500, 5500, 9500, 13500, 17500, 21500, 25500, 29500};
const Times kG{1000, 1500, 2500, 4500, 8500, 12500, 16500, 20500, 24500, 28500, 32500};

constexpr Kind kIc = Kind::kInviteClient;
constexpr Kind kOc = Kind::kOtherClient;
constexpr Kind kIs = Kind::kInviteServer;
constexpr Kind kOs = Kind::kOtherServer;

const Row kRows[] = {
    // 64*T1 more than B: what answers late is turned away (E-R7).
    {"A_and_B_udp", kIc, false, 0, false, "INVITE", kA, 64000},
    {"B_stream", kIc, true, 0, false, "INVITE", {0}, 64000},
    // 185 s after the 180, and 64*T1 for each of what C and the silence behind it start.
    {"C_udp", kIc, false, 180, false, "INVITE", {0, 500}, 250000},
    {"C_stream", kIc, true, 180, false, "INVITE", {0}, 250000},
    {"D_udp", kIc, false, 486, false, "INVITE", {0, 500}, 33000},
    {"D_stream", kIc, true, 486, false, "INVITE", {0}, 1000},
    {"M_udp", kIc, false, 200, false, "INVITE", {0, 500}, 33000},
    {"M_stream", kIc, true, 200, false, "INVITE", {0}, 33000},
    {"E_and_F_udp", kOc, false, 0, false, "OPTIONS", kE, 32000},
    {"F_stream", kOc, true, 0, false, "OPTIONS", {0}, 32000},
    {"E_in_proceeding_udp", kOc, false, 100, false, "OPTIONS", kEInProceeding, 32000},
    {"F_in_proceeding_stream", kOc, true, 100, false, "OPTIONS", {0}, 32000},
    {"K_udp", kOc, false, 200, false, "OPTIONS", {0, 500}, 6000},
    {"K_stream", kOc, true, 200, false, "OPTIONS", {0}, 1000},
    {"G_and_H_udp", kIs, false, 486, false, "SIP/2.0 486", kG, 33000},
    {"H_stream", kIs, true, 486, false, "SIP/2.0 486", {1000}, 33000},
    {"I_udp", kIs, false, 486, true, "SIP/2.0 486", {1000, 1500}, 7000},
    {"I_stream", kIs, true, 486, true, "SIP/2.0 486", {1000}, 2000},
    {"L_udp", kIs, false, 200, true, "SIP/2.0 200", {1000}, 33000},
    {"L_stream", kIs, true, 200, true, "SIP/2.0 200", {1000}, 33000},
    {"J_udp", kOs, false, 200, false, "SIP/2.0 200", {1000}, 33000},
    {"J_stream", kOs, true, 200, false, "SIP/2.0 200", {1000}, 1000},
    {"trying_udp", kOs, false, 0, false, "SIP/2.0 100", {3500}, 64000},
    {"trying_stream", kOs, true, 0, false, "SIP/2.0 100", {3500}, 32000},
};

class TimerTable : public testing::TestWithParam<Row> {
protected:
    void start() {
        const Row& row = GetParam();
        flow_ = row.stream ? stream_flow() : phone_flow();
        const bool invite = row.kind == kIc || row.kind == kIs;
        request_.method = invite ? "INVITE" : "OPTIONS";
        if (row.kind == kIc || row.kind == kOc) {
            ASSERT_TRUE(bench_.layer.request(request_.text(), flow_, {}, bench_.now));
        } else {
            server_ = bench_.open(request_.text(), flow_);
        }
    }
    void respond() {
        const Row& row = GetParam();
        bench_.run_until(1000);
        if (row.status == 0) {
            return;
        }
        if (row.kind == kIc || row.kind == kOc) {
            bench_.receive(response_text(request_.text(), row.status), flow_);
        } else {
            ASSERT_TRUE(bench_.answer(server_, row.status));
        }
        if (row.acknowledged) {
            bench_.run_until(2000);
            request_.method = "ACK";
            request_.to += ";tag=gate1";
            bench_.receive(request_.text(), flow_);
        }
    }
    [[nodiscard]] std::size_t alive() const {
        const Gauges gauges = bench_.layer.gauges();
        return gauges.invite_clients + gauges.clients + gauges.invite_servers + gauges.servers;
    }

    Bench bench_;
    Flow flow_;
    RequestText request_;
    ServerHandle server_;
};

TEST_P(TimerTable, B2BUA_C1_moments) {
    const Row& row = GetParam();
    start();
    respond();
    if (bench_.now < ms(row.ends)) {
        bench_.run_until(row.ends - 1);
        EXPECT_EQ(alive(), 1U) << "1 ms before its end";
    }
    bench_.run_until(row.ends);
    EXPECT_EQ(bench_.times(row.watched), row.sent);
    EXPECT_EQ(bench_.texts(row.watched).size(), 1U) << "byte-identical";
    bench_.expect_empty();
}

INSTANTIATE_TEST_SUITE_P(Rows, TimerTable, testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace sallyport::transaction
