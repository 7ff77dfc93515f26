// SPDX-License-Identifier: Apache-2.0
#include "config/read_file.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>

namespace sallyport::config {
namespace {

struct CloseFile {
    void operator()(std::FILE* file) const noexcept { (void)std::fclose(file); }
};

}  // namespace

Result<std::string, Unreadable> read_file(const std::string& name, std::size_t most) {
    errno = 0;
    const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(name.c_str(), "rb"));
    if (!file) {
        return Failure{Unreadable{errno}};
    }
    std::string text;
    std::array<char, 16384> block;
    while (text.size() <= most) {
        const std::size_t got = std::fread(block.data(), 1, block.size(), file.get());
        text.append(block.data(), got);
        if (got < block.size()) {
            break;
        }
    }
    if (std::ferror(file.get()) != 0) {
        return Failure{Unreadable{errno}};
    }
    return text;
}

std::string cure_for(Unreadable why, const std::string& file, const std::string& option) {
    if (why.error == EACCES || why.error == EPERM) {
        return "allow this user to read it: chmod a+r " + file;
    }
    return "create it or name another one with " + option;
}

}  // namespace sallyport::config
