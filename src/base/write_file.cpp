#include "base/write_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace tripmig {

namespace fs = std::filesystem;

namespace {

constexpr mode_t usual_mode = S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH;  // less the umask

std::error_code last_error() {
    return {errno, std::generic_category()};
}

/// Writes all and closes. EINTR is a failure while nothing takes the text: a signal asked us to stop.
std::error_code write_and_close(int descriptor, std::string_view text) {
    std::error_code failed;
    while (!text.empty() && !failed) {
        const ssize_t written = ::write(descriptor, text.data(), text.size());
        if (written >= 0)
            text.remove_prefix(static_cast<std::size_t>(written));
        else
            failed = last_error();
    }
    if (::close(descriptor) != 0 && !failed)
        failed = last_error();
    return failed;
}

std::error_code write_to(const fs::path& file, int flags, std::string_view text) {
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY | flags, usual_mode);
    return descriptor < 0 ? last_error() : write_and_close(descriptor, text);
}

bool is_in_proc(const fs::path& file) {
    return fs::absolute(file).lexically_normal().string().rfind("/proc/", 0) == 0;
}

/// The end of a chain of links. Empty: the chain is too long. What /proc calls a link may lead to no path at all.
fs::path follow_links(fs::path file) {
    constexpr int most_links = 40;  // as the kernel has it
    for (int links = 0; links < most_links; ++links) {
        std::error_code none;
        if (!fs::is_symlink(fs::symlink_status(file, none)) || is_in_proc(file))
            return file;
        file = file.parent_path() / fs::read_symlink(file, none);
    }
    return {};
}

std::error_code replace(const fs::path& file, const struct stat* former, std::string_view text) {
    const fs::path fresh = file.string() + fmt::format(".{}.tmp", ::getpid());
    const int descriptor = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, usual_mode);
    if (descriptor < 0)
        return last_error();
    if (former != nullptr) {
        // Only root can keep another owner, and nobody else needs to.
        [[maybe_unused]] const int owned = ::fchown(descriptor, former->st_uid, former->st_gid);
        [[maybe_unused]] const int moded = ::fchmod(descriptor, former->st_mode & static_cast<mode_t>(~S_IFMT));
    }
    std::error_code failed = write_and_close(descriptor, text);
    if (!failed && ::rename(fresh.c_str(), file.c_str()) != 0)
        failed = last_error();
    if (failed)
        ::unlink(fresh.c_str());
    return failed;
}

}  // namespace

std::error_code write_file(const fs::path& file, std::string_view text) {
    const fs::path target = follow_links(file);
    if (target.empty())
        return {ELOOP, std::generic_category()};
    struct stat status {};
    if (::stat(target.c_str(), &status) != 0)
        return errno == ENOENT ? replace(target, nullptr, text) : last_error();
    if (S_ISREG(status.st_mode) && !is_in_proc(target))
        return replace(target, &status, text);
    return write_to(target, S_ISREG(status.st_mode) ? O_TRUNC : 0, text);
}

std::error_code write_private_file(const fs::path& file, std::string_view text, const std::optional<FileOwner>& owner) {
    const int descriptor =
        ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (descriptor < 0)
        return last_error();
    if (owner && ::fchown(descriptor, owner->user, owner->group) != 0) {
        const std::error_code failed = last_error();
        ::close(descriptor);
        return failed;
    }
    return write_and_close(descriptor, text);
}

std::error_code create_file(const fs::path& file, std::string_view text) {
    return write_to(file, O_CREAT | O_EXCL | O_NOFOLLOW, text);
}

}  // namespace tripmig
