// SPDX-License-Identifier: Apache-2.0
// B14, B15: what is wrong with a file is said in a sentence, and a bad file changes nothing.
#include "tests/unit/b2bua/transport/stream/test_certificates.h"

#include <gtest/gtest.h>

namespace sallyport::test {
namespace {

const Issued kCa({.common_name = "CA"}, nullptr, true);
const Issued kGood({.hosts = {"example.com"}}, &kCa);
const Issued kOther({.hosts = {"other.org"}}, &kCa);
const Issued kExpired({.hosts = {"example.com"}, .from_days = -30, .to_days = -1}, &kCa);
const Issued kFuture({.hosts = {"example.com"}, .from_days = 1, .to_days = 30}, &kCa);

struct Row {
    const char* name;
    TlsFiles (*files)(const Folder& folder);
    std::vector<const char*> parts;  // of the sentence
};

const Row kRows[] = {
    {"certificate_missing",
     [](const Folder& f) {
         return TlsFiles{{{f.at("none.pem"), f.at("none.key")}}};
     },
     {"none.pem: found No such file or directory, expected a PEM file with a certificate"}},
    {"certificate_is_none",
     [](const Folder& f) {
         return TlsFiles{{{f.write("a.pem", "no certificate"), f.at("none.key")}}};
     },
     {"a.pem: found no start line, expected a PEM file"}},
    {"key_missing",
     [](const Folder& f) {
         return TlsFiles{{{f.write("a.pem", kGood.certificate_pem()), f.at("none.key")}}};
     },
     {"none.key: found No such file or directory", "the private key of ", "a.pem"}},
    {"key_of_another",
     [](const Folder& f) {
         return TlsFiles{
             {{f.write("a.pem", kGood.certificate_pem()), f.write("b.key", kOther.key_pem())}}};
     },
     {"b.key: found key values mismatch", "do give the path of the key that belongs"}},
    {"key_with_passphrase",
     [](const Folder& f) {
         return TlsFiles{{{f.write("a.pem", kGood.certificate_pem()),
                           f.write("a.key", kGood.key_pem("secret"))}}};
     },
     {"a.key: found ", "no passphrase on it"}},
    {"second_certificate_bad",
     [](const Folder& f) {
         return TlsFiles{{f.write("a", kGood), {f.at("none.pem"), f.at("none.key")}}};
     },
     {"none.pem: found No such file"}},
    {"ca_missing",
     [](const Folder& f) {
         return TlsFiles{{f.write("a", kGood)}, f.at("ca.pem")};
     },
     {"ca.pem: found No such file or directory, expected a PEM file with the certificates of "}},
    {"ca_is_none",
     [](const Folder& f) {
         return TlsFiles{{f.write("a", kGood)}, f.write("ca.pem", "")};
     },
     {"ca.pem: found ", "trusted CAs"}},
    {"clients_without_ca",
     [](const Folder& f) {
         return TlsFiles{{f.write("a", kGood)}, "", ClientCertificates::kRequest};
     },
     {"found client certificates without a CA"}},
};

class TlsFault : public testing::TestWithParam<Row> {};

TEST_P(TlsFault, B2BUA_B15_IsSaidAndLeavesTheOldInForce) {
    const Folder folder;
    const TlsFiles bad = GetParam().files(folder);
    const auto loaded = TlsContext::load(bad);
    ASSERT_FALSE(loaded.ok());
    for (const char* const part : GetParam().parts) {
        EXPECT_NE(loaded.error().find(part), std::string::npos) << loaded.error();
    }
    const auto store = TlsStore::load({{folder.write("good", kGood)}});
    ASSERT_TRUE(store.ok());
    const auto before = (*store)->current();
    EXPECT_FALSE((*store)->replace(bad).ok());
    EXPECT_EQ((*store)->current(), before);
}

INSTANTIATE_TEST_SUITE_P(Rows, TlsFault, testing::ValuesIn(kRows),
                         [](const auto& param_info) { return param_info.param.name; });

TEST(TlsContext, B2BUA_B15_OutOfDateStartsWithAWarningButDoesNotReplaceWhatIsGood) {
    for (const Issued* const stale : {&kExpired, &kFuture}) {
        const Folder folder;
        const TlsFiles files{{folder.write("stale", *stale)}};
        const auto loaded = TlsContext::load(files);
        ASSERT_TRUE(loaded.ok()) << loaded.error();
        ASSERT_EQ((*loaded)->warnings().size(), 1U);
        EXPECT_NE((*loaded)->warnings()[0].find("stale.pem: found a certificate that "),
                  std::string::npos);
        const auto store = TlsStore::load({{folder.write("good", kGood)}});
        EXPECT_FALSE((*store)->replace(files).ok());
    }
}

TEST(TlsContext, B2BUA_B15_ReloadReadsTheFilesAgain) {
    const Folder folder;
    const auto store = TlsStore::load({{folder.write("a", kGood)}});
    ASSERT_TRUE(store.ok());
    const auto before = (*store)->current();
    const auto again = folder.write("a", kOther);
    ASSERT_TRUE((*store)->reload().ok());
    EXPECT_NE((*store)->current(), before);
    folder.write("a.key", "");
    const auto now = (*store)->current();
    EXPECT_FALSE((*store)->reload().ok());
    EXPECT_EQ((*store)->current(), now);
}

TEST(TlsContext, B2BUA_B15_TheCertificateForTheDomainThatIsAskedFor) {
    const Folder folder;
    const auto loaded = TlsContext::load({{folder.write("a", kGood), folder.write("b", kOther)}});
    ASSERT_TRUE(loaded.ok());
    const TlsContext& context = **loaded;
    EXPECT_NE(context.for_domain("example.com"), context.for_domain("other.org"));
    EXPECT_EQ(context.for_domain("OTHER.org"), context.for_domain("other.org"));
    EXPECT_EQ(context.for_domain("unknown.net"), context.for_domain("example.com"));
}

}  // namespace
}  // namespace sallyport::test
