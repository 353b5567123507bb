#include "cli/signals.hpp"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <string_view>

#include "base/child_process.hpp"

namespace tripmig::cli {

namespace {

std::atomic<StopSignal*> signalled{nullptr};
std::atomic<std::int64_t> first_at{0};  ///< milliseconds of the monotonic clock; 0: no signal yet
std::atomic<int> first_signal{0};

/// A terminal and a supervisor may both send the same signal: within this time it is one.
constexpr std::int64_t same_signal = 250;

/// Kubernetes kills after 30 seconds and says nothing about why.
constexpr unsigned patience_seconds = 25;

std::int64_t now_in_milliseconds() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

/// The server rolls back what was not committed, sooner or later; every command can be run again.
[[noreturn]] void end_at_once(int signal_number, std::string_view why) {
    signal_children(SIGKILL);
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, why.data(), why.size());
    ::_exit(128 + signal_number);
}

extern "C" void raise_stop(int signal_number) {
    const int errno_before = errno;
    const std::int64_t now = now_in_milliseconds();
    std::int64_t none = 0;
    if (first_at.compare_exchange_strong(none, now)) {
        first_signal = signal_number;
        ::alarm(patience_seconds);
        signal_children(SIGTERM);
    } else if (now - none > same_signal) {
        end_at_once(signal_number,
                    "error: stopped at once by a second signal; the server rolls back uncommitted work\n");
    }
    if (StopSignal* stop = signalled.load())
        stop->raise(signal_number);
    errno = errno_before;
}

extern "C" void give_up(int /*signal_number*/) {
    end_at_once(first_signal,
                "error: stopped without waiting longer: a call did not end within 25 s of the signal. Is the server "
                "reachable? It rolls back uncommitted work\n");
}

}  // namespace

void catch_signals(StopSignal& stop) {
    signalled.store(&stop);
    struct sigaction action {};
    action.sa_handler = raise_stop;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
    struct sigaction hang_up {};
    ::sigaction(SIGHUP, nullptr, &hang_up);
    if (hang_up.sa_handler != SIG_IGN)  // nohup stays nohup
        ::sigaction(SIGHUP, &action, nullptr);
    action.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &action, nullptr);
    action.sa_handler = give_up;
    ::sigaction(SIGALRM, &action, nullptr);
}

}  // namespace tripmig::cli
