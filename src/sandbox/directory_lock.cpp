#include "sandbox/directory_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <system_error>

#include "base/error.hpp"

namespace tripmig::sandbox {

namespace fs = std::filesystem;

namespace {

Error refusal(const fs::path& directory, const std::string& why) {
    return Error(ExitCode::refused, fmt::format("{} cannot be used for a sandbox: {}", directory.string(), why),
                 "name another directory, one that does not exist yet: --dir DIR");
}

std::string reason_of(int error_number) {
    return std::generic_category().message(error_number);
}

/// Whoever held the lock before us may have removed the directory meanwhile: then ours is a lock on nothing.
bool still_stands(int descriptor, const fs::path& directory) {
    struct stat opened {};
    struct stat named {};
    return ::fstat(descriptor, &opened) == 0 && ::lstat(directory.c_str(), &named) == 0 &&
           opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

/// Why a directory can't be trusted; empty: it can.
std::string objection(const struct stat& status, const std::optional<ServerUser>& owner) {
    if (status.st_uid != ::geteuid() && (!owner || status.st_uid != owner->uid))
        return "it belongs to another user";
    return (status.st_mode & (S_IRWXG | S_IRWXO)) == 0 ? "" : "other users can access it";
}

}  // namespace

DirectoryLock::DirectoryLock(const fs::path& directory, const std::optional<ServerUser>& owner,
                             const StopSignal& stop) {
    constexpr std::chrono::milliseconds read_again{20};
    for (;;) {
        open_directory(directory, owner);
        while (::flock(m_descriptor, LOCK_EX | LOCK_NB) != 0 && !stop.wait_for(read_again)) {
        }
        if (!stop.is_raised() && still_stands(m_descriptor, directory))
            return;
        ::close(m_descriptor);
        stop.check();
    }
}

DirectoryLock::~DirectoryLock() {
    ::close(m_descriptor);
}

void DirectoryLock::open_directory(const fs::path& directory, const std::optional<ServerUser>& owner) {
    m_made = ::mkdir(directory.c_str(), S_IRWXU) == 0;
    if (!m_made && errno != EEXIST)
        throw refusal(directory, reason_of(errno));
    if (m_made && owner && ::chown(directory.c_str(), owner->uid, owner->gid) != 0)
        throw refusal(directory, fmt::format("its owner cannot be changed to {}: {}", owner->name, reason_of(errno)));
    m_descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (m_descriptor < 0)
        throw refusal(directory, reason_of(errno));
    struct stat status {};
    ::fstat(m_descriptor, &status);
    if (const std::string why = objection(status, owner); !why.empty()) {
        ::close(m_descriptor);
        throw refusal(directory, why);
    }
}

void require_own_directory(const fs::path& directory, const std::optional<ServerUser>& owner) {
    struct stat status {};
    if (::lstat(directory.c_str(), &status) != 0)
        throw refusal(directory, reason_of(errno));
    if (const std::string why = S_ISDIR(status.st_mode) ? objection(status, owner) : "it is not a directory";
        !why.empty())
        throw refusal(directory, why);
}

}  // namespace tripmig::sandbox
