#include "report/sink.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <ctime>
#include <memory>

namespace tripmig::report {

namespace {

/// Keeps SIGPIPE away from this thread while it lives, and takes back the one that its own write made. The process's
/// own disposition, which a command that is started inherits, stays as it is.
class PipeSignalBlock {
  public:
    PipeSignalBlock() {
        sigemptyset(&m_pipe);
        sigaddset(&m_pipe, SIGPIPE);
        sigset_t pending;
        sigpending(&pending);
        m_was_pending = sigismember(&pending, SIGPIPE) == 1;
        pthread_sigmask(SIG_BLOCK, &m_pipe, &m_former);
    }
    ~PipeSignalBlock() {
        if (!m_was_pending) {
            const timespec at_once{0, 0};
            while (sigtimedwait(&m_pipe, nullptr, &at_once) == -1 && errno == EINTR) {
            }
        }
        pthread_sigmask(SIG_SETMASK, &m_former, nullptr);
    }
    PipeSignalBlock(const PipeSignalBlock&) = delete;
    PipeSignalBlock& operator=(const PipeSignalBlock&) = delete;

  private:
    sigset_t m_pipe{};
    sigset_t m_former{};
    bool m_was_pending = false;
};

bool wait_until_writable(int descriptor) {
    pollfd waiting{descriptor, POLLOUT, 0};
    constexpr int patience_ms = 10'000;
    return ::poll(&waiting, 1, patience_ms) > 0;
}

/// False when nothing can be written here any more.
bool write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        errno = 0;
        const ssize_t written = ::write(descriptor, text.data(), text.size());
        if (written > 0)
            text.remove_prefix(static_cast<std::size_t>(written));
        else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            if (!wait_until_writable(descriptor))
                return false;
        } else if (errno != EINTR)
            return false;
    }
    return true;
}

}  // namespace

Sink descriptor_sink(int descriptor) {
    return [descriptor, broken = std::make_shared<bool>(false)](std::string_view text) {
        if (*broken)
            return;
        const PipeSignalBlock block;
        *broken = !write_all(descriptor, text);
    };
}

std::size_t terminal_width(int descriptor) {
    winsize size{};
    if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return 80;
    return size.ws_col;
}

bool is_interactive(int descriptor, std::string_view term) {
    return ::isatty(descriptor) == 1 && term != "dumb";
}

}  // namespace tripmig::report
