// SPDX-License-Identifier: Apache-2.0
// The file of media records: appended to, one line for each report, and a start-up error that says
// what to do when it cannot be opened (B2BUA-J12).
#include "b2bua/media_records.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace sallyport {
namespace {

class MediaRecordsFile : public testing::Test {
protected:
    MediaRecordsFile() { std::filesystem::create_directory(directory_); }
    ~MediaRecordsFile() override { std::filesystem::remove_all(directory_); }

    std::vector<std::string> lines() const {
        std::ifstream file(path_);
        std::vector<std::string> all;
        for (std::string line; std::getline(file, line);) {
            all.push_back(line);
        }
        return all;
    }
    static call::MediaReport report(std::string call_id) {
        call::MediaReport made;
        made.a_call_id = std::move(call_id);
        return made;
    }

    const std::string directory_ = testing::TempDir() + "media-records-" +
                                   testing::UnitTest::GetInstance()->current_test_info()->name();
    const std::string path_ = directory_ + "/records";
};

TEST_F(MediaRecordsFile, B2BUA_J12_a_line_for_each_report_behind_what_was_there) {
    std::ofstream(path_) << "before\n";
    {
        const auto records = MediaRecords::open(path_);
        ASSERT_TRUE(records.ok());
        (*records)->write(report("one"));
        (*records)->write(report("two"));
    }
    const auto all = lines();
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[0], "before");
    EXPECT_NE(all[1].find("\"a-call-id\":\"one\""), std::string::npos) << all[1];
    EXPECT_NE(all[2].find("\"a-call-id\":\"two\""), std::string::npos) << all[2];
}

TEST_F(MediaRecordsFile, B2BUA_J12_is_not_for_everybody_to_read) {
    const mode_t before = umask(0);
    const auto records = MediaRecords::open(path_);
    umask(before);
    ASSERT_TRUE(records.ok());
    struct stat status {};
    ASSERT_EQ(stat(path_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0640U);
}

TEST_F(MediaRecordsFile, B2BUA_J12_goes_on_in_a_new_file_when_told_to) {
    const std::string moved = path_ + ".1";
    {
        const auto records = MediaRecords::open(path_);
        ASSERT_TRUE(records.ok());
        std::filesystem::rename(path_, moved);
        ASSERT_TRUE((*records)->reopen());
        (*records)->write(report("after"));
    }
    EXPECT_TRUE(std::filesystem::is_empty(moved));
    EXPECT_EQ(lines().size(), 1U);
}

TEST_F(MediaRecordsFile, B2BUA_J12_goes_on_in_the_old_file_when_there_can_be_no_new_one) {
    {
        const auto records = MediaRecords::open(path_);
        ASSERT_TRUE(records.ok());
        std::filesystem::rename(path_, path_ + ".1");
        std::filesystem::create_directory(path_);
        const auto done = (*records)->reopen();
        ASSERT_FALSE(done);
        EXPECT_NE(done.error().find("Is a directory; records still go to the one that was open"),
                  std::string::npos)
            << done.error();
        (*records)->write(report("after"));
    }
    std::filesystem::remove(path_);
    std::filesystem::rename(path_ + ".1", path_);
    EXPECT_EQ(lines().size(), 1U);
}

TEST_F(MediaRecordsFile, several_threads_mix_no_lines) {
    {
        const auto records = MediaRecords::open(path_);
        ASSERT_TRUE(records.ok());
        std::vector<std::thread> shards;
        for (int i = 0; i < 3; ++i) {
            shards.emplace_back([&records] {
                for (int n = 0; n < 200; ++n) {
                    (*records)->write(report("x"));
                }
            });
        }
        for (std::thread& shard : shards) {
            shard.join();
        }
    }
    const auto all = lines();
    EXPECT_EQ(all.size(), 600U);
    for (const std::string& line : all) {
        EXPECT_TRUE(line.starts_with("{\"a-call-id\":\"x\"") && line.ends_with("}")) << line;
    }
}

TEST_F(MediaRecordsFile, what_cannot_be_opened_is_an_error_that_says_what_to_do) {
    const auto records = MediaRecords::open(directory_ + "/missing/records");
    ASSERT_FALSE(records.ok());
    EXPECT_EQ(records.error(),
              "media-records: cannot append to '" + directory_ +
                  "/missing/records': No such file or directory; name a file in a directory that "
                  "exists and may be written to, or take media-records out");
    EXPECT_FALSE(std::filesystem::exists(directory_ + "/missing"));
    EXPECT_FALSE(MediaRecords::open(directory_).ok()) << "a directory is no file";
}

}  // namespace
}  // namespace sallyport
