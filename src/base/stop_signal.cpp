#include "base/stop_signal.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "base/error.hpp"

namespace tripmig {

StopSignal::StopSignal() {
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0)
        throw Error(ExitCode::unexpected, "cannot create a pipe: too many open files?");
    m_read_end = ends[0];
    m_write_end = ends[1];
}

StopSignal::~StopSignal() {
    ::close(m_read_end);
    ::close(m_write_end);
}

void StopSignal::raise(int signal_number) noexcept {
    int none = 0;
    if (m_signal.compare_exchange_strong(none, signal_number)) {
        const char byte = 1;
        [[maybe_unused]] const auto written = ::write(m_write_end, &byte, 1);
    }
}

bool StopSignal::wait_for(std::chrono::milliseconds duration) const {
    const auto deadline = std::chrono::steady_clock::now() + duration;
    while (!is_raised()) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
        if (left <= 0)
            return is_raised();
        pollfd descriptor{m_read_end, POLLIN, 0};
        ::poll(&descriptor, 1, static_cast<int>(left));
    }
    return true;
}

void StopSignal::check() const {
    if (!is_raised())
        return;
    if (signal_number() == SIGTERM)
        throw Error(ExitCode::terminated, "stopped by SIGTERM; uncommitted work was rolled back");
    throw Error(ExitCode::interrupted, "interrupted; uncommitted work was rolled back");
}

}  // namespace tripmig
