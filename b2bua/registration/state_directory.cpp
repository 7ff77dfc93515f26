// SPDX-License-Identifier: Apache-2.0
#include "b2bua/registration/state_directory.h"

#include "config/fault.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace sallyport::registration {
namespace {

constexpr mode_t kDirectoryMode = 0700;
constexpr mode_t kFileMode = 0600;

std::string fault(const std::string& path, std::string_view found, std::string_view expected,
                  std::string_view cure) {
    return "state-directory " + config::in_quotes(path) + ": " +
           config::sentence(found, expected, cure);
}

std::string reason() {
    return std::strerror(errno);  // start-up: one thread
}

/// Who holds the lock, as that gateway wrote it.
std::string holder(int lock) {
    std::array<char, 32> text{};
    const ssize_t length = pread(lock, text.data(), text.size() - 1, 0);
    return length > 0 ? "process " + std::string(text.data(), static_cast<std::size_t>(length))
                      : "another process";
}

void write_holder(int lock) {
    const std::string text = std::to_string(getpid());
    if (ftruncate(lock, 0) != 0 || pwrite(lock, text.data(), text.size(), 0) < 0) {
        return;  // it is only for the message of another gateway
    }
}

}  // namespace

Result<StateDirectory, std::string> StateDirectory::open(const std::string& path) {
    if (mkdir(path.c_str(), kDirectoryMode) != 0 && errno != EEXIST) {
        return Failure{fault(path, "that it cannot be made: " + reason(), "a directory to write in",
                             "make it, or name another one, or 'state-directory = none'")};
    }
    struct stat status {};
    if (stat(path.c_str(), &status) == 0 && (status.st_mode & S_IWOTH) != 0) {
        return Failure{fault(path, "that everybody may write in it",
                             "one for the gateway alone: it holds secrets",
                             "take that right away (chmod o-w), or name another one")};
    }
    const std::string file = path + "/lock";
    const int lock = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kFileMode);
    if (lock < 0) {
        return Failure{fault(path, "that no file can be made in it: " + reason(),
                             "a directory to write in",
                             "give it to the user that runs the gateway, or name another one, or "
                             "'state-directory = none'")};
    }
    if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
        const std::string other = holder(lock);
        close(lock);
        return Failure{fault(path, "a gateway that uses it, " + other, "one for this gateway alone",
                             "stop that one, or name another directory")};
    }
    write_holder(lock);
    return StateDirectory(path, lock);
}

StateDirectory::~StateDirectory() {
    if (lock_ >= 0) {
        close(lock_);
    }
}

StateDirectory::StateDirectory(StateDirectory&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

std::string StateDirectory::path_of(std::string_view file) const {
    return path_ + "/" + std::string(file);
}

std::string StateDirectory::set_aside(std::string_view file, Millis wall) const {
    const std::time_t seconds = wall.count() / 1000;
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    std::array<char, 32> stamp{};
    (void)std::strftime(stamp.data(), stamp.size(), "%Y%m%dT%H%M%SZ", &utc);
    const std::string from = path_of(file);
    std::string to = from + ".broken-" + stamp.data();
    for (int again = 2; access(to.c_str(), F_OK) == 0; ++again) {
        to = from + ".broken-" + stamp.data() + "-" + std::to_string(again);
    }
    return rename(from.c_str(), to.c_str()) == 0 ? to : std::string{};
}

}  // namespace sallyport::registration
