// SPDX-License-Identifier: Apache-2.0
// B14, B15 and K41 over the loopback interface: two servers, one of which connects to the other.
#include "tests/unit/b2bua/transport/stream/stream_bed.h"
#include "tests/unit/b2bua/transport/stream/test_certificates.h"

#include <openssl/bio.h>
#include <openssl/ssl.h>

namespace sallyport::test {
namespace {

const Issued kCa({.common_name = "CA"}, nullptr, true);
const Issued kStrangeCa({.common_name = "Strange CA"}, nullptr, true);
const Issued kGood({.uris = {"sip:example.com"}}, &kCa);
const Issued kTrunk({.hosts = {"trunk.org"}}, &kCa);

std::shared_ptr<TlsStore> store_of(const TlsFiles& files) {
    auto loaded = TlsStore::load(files);
    EXPECT_TRUE(loaded.ok()) << (loaded.ok() ? "" : loaded.error());
    return loaded ? *loaded : nullptr;
}

/// A folder with our CA, and stores made from it.
struct Pki {
    Folder folder;
    std::string ca = folder.write("ca.pem", kCa.certificate_pem());

    [[nodiscard]] std::shared_ptr<TlsStore> of(
        const Issued& issued, ClientCertificates clients = ClientCertificates::kNone) const {
        return store_of({{folder.write("own", issued)}, ca, clients});
    }
    [[nodiscard]] std::shared_ptr<TlsStore> of_nobody() const { return store_of({{}, ca}); }
};

std::vector<StreamListener> secured(std::shared_ptr<TlsStore> tls) {
    return {{.transport = StreamTransport::kTls, .local = kLoopback, .tls = std::move(tls)}};
}

StreamTarget target(const Bed& bed, std::shared_ptr<TlsStore> tls, std::string domain) {
    return {.transport = StreamTransport::kTls,
            .remote = bed.at(),
            .tls = std::move(tls),
            .domain = std::move(domain)};
}

TEST(TlsServer, B2BUA_B14_MessagesCrossBothWays) {
    const Pki pki;
    Bed far({}, secured(pki.of(kGood)));
    Bed near;
    const ConnectionId id = near.server->connect(target(far, pki.of_nobody(), "example.com"));
    const std::string large = sip_message(std::string(32768, 'b'));
    near.server->send(id, sip_message("early") + large);
    ASSERT_TRUE(far.user.wait_for_messages(2));
    EXPECT_EQ(far.user.messages[0].octets, sip_message("early"));
    EXPECT_EQ(far.user.messages[1].octets, large);
    EXPECT_EQ(near.user.opened[id].identities, std::vector<std::string>{"example.com"});
    far.server->send(far.user.messages[0].connection, large);
    ASSERT_TRUE(near.user.wait_for_messages(1));
    EXPECT_EQ(near.user.messages[0].octets, large);
    far.server->close(far.user.messages[0].connection);
    ASSERT_TRUE(near.user.wait_for_closes(1));
    EXPECT_EQ(near.user.closed[id], CloseReason::by_peer);
}

struct Row {
    const char* name;
    CertificateText certificate;
    const Issued* issuer;
    CloseReason reason;
};

const Row kRows[] = {
    {"expired",
     {.hosts = {"example.com"}, .from_days = -30, .to_days = -1},
     &kCa,
     CloseReason::certificate_out_of_date},
    {"not_valid_yet",
     {.hosts = {"example.com"}, .from_days = 1, .to_days = 30},
     &kCa,
     CloseReason::certificate_out_of_date},
    {"wrong_name", {.hosts = {"other.org"}}, &kCa, CloseReason::certificate_of_another},
    {"wildcard", {.hosts = {"*.com"}}, &kCa, CloseReason::certificate_of_another},
    {"self_signed", {.hosts = {"example.com"}}, nullptr, CloseReason::certificate_untrusted},
    {"strange_ca", {.hosts = {"example.com"}}, &kStrangeCa, CloseReason::certificate_untrusted},
};

class BadServer : public testing::TestWithParam<Row> {};

TEST_P(BadServer, B2BUA_K41_IsNotSentAnything) {
    const Row& row = GetParam();
    const Pki pki;
    Bed far({}, secured(pki.of(Issued(row.certificate, row.issuer))));
    Bed near;
    const ConnectionId id = near.server->connect(target(far, pki.of_nobody(), "example.com"));
    near.server->send(id, sip_message("secret"));
    ASSERT_TRUE(near.user.wait_for_closes(1));
    EXPECT_EQ(near.user.closed[id], row.reason);
    EXPECT_TRUE(near.user.opened.empty());
    ASSERT_TRUE(far.user.wait_for_closes(1));
    EXPECT_TRUE(far.user.messages.empty());
}

INSTANTIATE_TEST_SUITE_P(Rows, BadServer, testing::ValuesIn(kRows),
                         [](const auto& param_info) { return param_info.param.name; });

TEST(TlsServer, B2BUA_B15_ClientCertificates) {
    const Pki pki;
    Bed asks({}, secured(pki.of(kGood, ClientCertificates::kRequest)));
    Bed insists({}, secured(pki.of(kGood, ClientCertificates::kRequire)));
    Bed near;
    near.server->send(near.server->connect(target(asks, pki.of(kTrunk), "example.com")),
                      sip_message());
    near.server->send(near.server->connect(target(insists, pki.of(kTrunk), "example.com")),
                      sip_message());
    ASSERT_TRUE(asks.user.wait_for_messages(1));
    EXPECT_EQ(asks.user.messages[0].identities, std::vector<std::string>{"trunk.org"});
    ASSERT_TRUE(insists.user.wait_for_messages(1));

    near.server->send(near.server->connect(target(asks, pki.of_nobody(), "example.com")),
                      sip_message());
    ASSERT_TRUE(asks.user.wait_for_messages(2));
    EXPECT_TRUE(asks.user.messages[1].identities.empty());
    near.server->connect(target(insists, pki.of_nobody(), "example.com"));
    ASSERT_TRUE(insists.user.wait_for_closes(1));
    EXPECT_EQ(insists.closed(CloseReason::certificate_missing), 1U);
    ASSERT_TRUE(near.user.wait_for_closes(1));
    EXPECT_EQ(near.closed(CloseReason::tls_refused), 1U);
}

TEST(TlsServer, B2BUA_B15_SniChoosesTheCertificateAndReloadTheNextOne) {
    const Pki pki;
    const TlsFiles both{{pki.folder.write("a", kGood), pki.folder.write("b", kTrunk)}, pki.ca};
    const auto tls = store_of(both);
    Bed far({}, secured(tls));
    Bed near;
    for (const char* const domain : {"example.com", "trunk.org"}) {
        near.server->send(near.server->connect(target(far, pki.of_nobody(), domain)),
                          sip_message());
    }
    ASSERT_TRUE(far.user.wait_for_messages(2));

    ASSERT_TRUE(tls->replace({{both.certificates[1]}, pki.ca}).ok());
    const ConnectionId id = near.server->connect(target(far, pki.of_nobody(), "example.com"));
    ASSERT_TRUE(near.user.wait_for_closes(1));
    EXPECT_EQ(near.user.closed[id], CloseReason::certificate_of_another);
    far.server->send(far.user.messages[0].connection, sip_message("still here"));
    EXPECT_TRUE(near.user.wait_for_messages(1)) << "those that are open stay";
}

TEST(TlsServer, B2BUA_B14_PlainTextOnTheTlsPort) {
    const Pki pki;
    Bed bed({}, secured(pki.of(kGood)));
    const Client plain(bed.at());
    ASSERT_TRUE(plain.write(sip_message()));
    EXPECT_TRUE(plain.at_end());
    EXPECT_EQ(bed.closed(CloseReason::not_tls), 1U);
    EXPECT_TRUE(bed.user.messages.empty());
}

TEST(TlsServer, B2BUA_B14_PlainTextFromTheServer) {
    const Pki pki;
    Bed far;
    Bed near;
    const ConnectionId id = near.server->connect(target(far, pki.of_nobody(), "example.com"));
    ASSERT_TRUE(near.user.wait_for_closes(1));
    EXPECT_NE(near.user.closed[id], CloseReason::by_owner);
    EXPECT_TRUE(near.user.opened.empty());
    EXPECT_EQ(far.closed(CloseReason::not_a_start_line), 1U);
}

TEST(TlsServer, B2BUA_B22_UnfinishedHandshakesKeepNobodyWaiting) {
    const Pki pki;
    StreamOptions options;
    options.times.check = Millis{5};
    options.connections_per_source = 300;
    options.times.handshake = Millis{60 * 1000};
    Bed far(options, secured(pki.of(kGood)));
    std::vector<std::unique_ptr<Client>> half_open;
    for (int i = 0; i < 200; ++i) {
        half_open.push_back(std::make_unique<Client>(far.at()));
        ASSERT_TRUE(half_open.back()->write(i % 2 == 0 ? "\x16" : "\x16\x03\x01\x02"));
    }
    Bed near;
    near.server->send(near.server->connect(target(far, pki.of_nobody(), "example.com")),
                      sip_message());
    ASSERT_TRUE(far.user.wait_for_messages(1));
    EXPECT_EQ(far.server->counters().open.read(), 201U);
}

/// The first octets of a client that knows nothing newer than TLS 1.1.
std::string outdated_hello() {
    SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_max_proto_version(context, TLS1_1_VERSION);
    SSL* const ssl = SSL_new(context);
    BIO* const out = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl, BIO_new(BIO_s_mem()), out);
    SSL_connect(ssl);
    char* octets = nullptr;
    const long size = BIO_get_mem_data(out, &octets);
    std::string hello(octets, static_cast<std::size_t>(size));
    SSL_free(ssl);
    SSL_CTX_free(context);
    return hello;
}

TEST(TlsServer, B2BUA_B14_NothingOlderThanTls12) {
    const Pki pki;
    Bed bed({}, secured(pki.of(kGood)));
    const Client old(bed.at());
    const std::string hello = outdated_hello();
    ASSERT_FALSE(hello.empty());
    ASSERT_TRUE(old.write(hello));
    EXPECT_EQ(old.read(1), "\x15") << "an alert";
    ASSERT_TRUE(bed.user.wait_for_closes(1));
    EXPECT_EQ(bed.closed(CloseReason::tls_failed), 1U);
}

TEST(TlsServer, B2BUA_B22_AbortedHandshakesLeaveNothing) {
    const Pki pki;
    StreamOptions options;
    options.connections_per_source = 2000;
    Bed bed(options, secured(pki.of(kGood)));
    const std::size_t before = open_descriptors();
    for (int i = 0; i < 1000; ++i) {
        Client client(bed.at());
        ASSERT_TRUE(client.write("\x16\x03"));
        client.abort();
    }
    const Client last(bed.at());
    ASSERT_TRUE(last.write("x"));
    EXPECT_TRUE(last.at_end());
    ASSERT_TRUE(bed.user.wait_for_closes(bed.server->counters().accepted.read()));
    EXPECT_EQ(open_descriptors(), before + 1) << "the last client";
}

TEST(TlsServer, B2BUA_B22_UnfinishedHandshakesEnd) {
    const Pki pki;
    StreamOptions options;
    options.times.check = Millis{5};
    options.times.handshake = Millis{20};
    Bed bed(options, secured(pki.of(kGood)));
    const Client silent(bed.at());
    EXPECT_TRUE(silent.at_end());
    EXPECT_EQ(bed.closed(CloseReason::handshake_timeout), 1U);
}

TEST(TlsServer, B2BUA_B15_TlsWithoutCertificatesIsRefused) {
    Recorder user;
    const auto started =
        StreamServer::start({{.transport = StreamTransport::kTls, .local = kLoopback}}, {}, user);
    ASSERT_FALSE(started.ok());
    EXPECT_NE(started.error().find("TLS needs them"), std::string::npos);
}

}  // namespace
}  // namespace sallyport::test
