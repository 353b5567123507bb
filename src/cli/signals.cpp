#include "cli/signals.hpp"

#include <atomic>
#include <cerrno>
#include <csignal>

namespace tripmig::cli {

namespace {

std::atomic<StopSignal*> signalled{nullptr};

extern "C" void raise_stop(int signal_number) {
    const int errno_before = errno;
    if (StopSignal* stop = signalled.load())
        stop->raise(signal_number);
    errno = errno_before;
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
}

}  // namespace tripmig::cli
