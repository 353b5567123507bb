#include "base/read_file.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>

namespace tripmig {

namespace chr = std::chrono;

namespace {

std::error_code read_error() {
    return {errno, std::generic_category()};
}

/// Waits for text of a FIFO, or for its end. A FIFO that no one has opened for writing yet has neither.
std::error_code wait_for_text(int descriptor, chr::steady_clock::time_point deadline) {
    const auto left = chr::ceil<chr::milliseconds>(deadline - chr::steady_clock::now()).count();
    pollfd readable{descriptor, POLLIN, 0};
    const int ready = ::poll(&readable, 1, static_cast<int>(std::max<chr::milliseconds::rep>(left, 0)));
    if (ready < 0)
        return read_error();
    return ready == 0 ? std::make_error_code(std::errc::timed_out) : std::error_code();
}

bool is_null_device(const struct stat& status) {
    struct stat null {};
    return S_ISCHR(status.st_mode) && ::stat("/dev/null", &null) == 0 && status.st_rdev == null.st_rdev;
}

std::error_code read_open_file(int descriptor, std::size_t most_bytes, chr::milliseconds patience, std::string& text) {
    struct stat status {};
    if (::fstat(descriptor, &status) != 0)
        return read_error();
    const bool is_fifo = S_ISFIFO(status.st_mode);
    if (!is_fifo && !S_ISREG(status.st_mode))
        return is_null_device(status) ? std::error_code() : std::make_error_code(std::errc::not_supported);
    const auto deadline = chr::steady_clock::now() + patience;
    text.reserve(std::min(static_cast<std::size_t>(status.st_size), most_bytes));
    std::array<char, 16384> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): read() fills it
    for (;;) {
        if (const std::error_code failed = is_fifo ? wait_for_text(descriptor, deadline) : std::error_code())
            return failed;
        const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
        if (count < 0 && errno != EAGAIN)
            return read_error();
        if (count == 0)
            return {};
        text.append(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
        if (text.size() > most_bytes)
            return std::make_error_code(std::errc::file_too_large);
    }
}

}  // namespace

std::error_code read_file(const std::filesystem::path& file, std::size_t most_bytes, chr::milliseconds patience,
                          std::string& text) {
    // Opening a FIFO does not wait for its writer then, nor a device for its other end.
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0)
        return read_error();
    text.clear();
    const std::error_code failed = read_open_file(descriptor, most_bytes, patience, text);
    ::close(descriptor);
    return failed;
}

std::error_code read_file(const std::filesystem::path& file, std::string& text) {
    return read_file(file, std::numeric_limits<std::size_t>::max(), chr::seconds(30), text);
}

}  // namespace tripmig
