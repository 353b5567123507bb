#include "base/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <utility>

#include "base/error.hpp"
#include "base/start_program.hpp"

namespace tripmig {

namespace chr = std::chrono;

namespace {

/// The process groups that a signal of ours ends; 0: a free place. More than that at once are not told.
constexpr std::size_t most_children = 256;
std::array<std::atomic<pid_t>, most_children> groups{};
std::atomic<bool> was_signalled{false};

class Registered {
  public:
    explicit Registered(pid_t group) {
        for (auto& place : groups) {
            pid_t free = 0;
            if (group != 0 && place.compare_exchange_strong(free, group)) {
                m_place = &place;
                return;
            }
        }
    }
    ~Registered() {
        if (m_place != nullptr)
            m_place->store(0);
    }
    Registered(const Registered&) = delete;
    Registered& operator=(const Registered&) = delete;

  private:
    std::atomic<pid_t>* m_place = nullptr;
};

class Pipe {
  public:
    Pipe() {
        if (::pipe2(m_ends.data(), O_CLOEXEC) != 0)
            throw Error(ExitCode::unexpected, "cannot create a pipe: too many open files?");
    }
    ~Pipe() {
        close_end(0);
        close_end(1);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;

    [[nodiscard]] int reader() const { return m_ends[0]; }
    [[nodiscard]] int writer() const { return m_ends[1]; }
    void close_end(std::size_t end) {
        if (m_ends.at(end) >= 0)
            ::close(std::exchange(m_ends.at(end), -1));
    }

  private:
    std::array<int, 2> m_ends{-1, -1};
};

struct Pipes {
    Pipe in;
    Pipe out;
    Pipe err;
};

StartedProgram start(const ChildOrders& orders, const Pipes& pipes) {
    std::vector<std::string> words = orders.arguments;
    std::vector<std::string> variables = orders.environment;
    const std::vector<char*> argv = exec_vector(words);
    const std::vector<char*> environment = exec_vector(variables);
    ProgramStart start;
    start.argv = argv.data();
    start.environment = variables.empty() ? nullptr : environment.data();
    start.directory = orders.directory.empty() ? nullptr : orders.directory.c_str();
    start.standard = {pipes.in.reader(), pipes.out.writer(), pipes.err.writer()};
    if (orders.error_output == ChildOrders::Stderr::with_stdout)
        start.standard[STDERR_FILENO] = pipes.out.writer();
    if (orders.error_output == ChildOrders::Stderr::inherited)
        start.standard[STDERR_FILENO] = STDERR_FILENO;
    start.leads_group = true;
    return start_program(start);
}

/// Reads what is there. False: its end has come.
bool take_output(int descriptor, std::string& text) {
    std::array<char, 65536> buffer{};
    const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
    if (count > 0)
        text.append(buffer.data(), static_cast<std::size_t>(count));
    return count > 0 || (count < 0 && errno == EINTR);
}

int milliseconds_left(const ChildOrders& orders, chr::steady_clock::time_point deadline) {
    if (orders.patience.count() == 0)
        return -1;
    const auto left = chr::ceil<chr::milliseconds>(deadline - chr::steady_clock::now()).count();
    return static_cast<int>(std::clamp<chr::milliseconds::rep>(left, 0, 1'000'000));
}

/// Until both outputs have ended, which they do when the last process that has them ends.
ChildEnd::How read_outputs(const ChildOrders& orders, const Pipes& pipes, chr::steady_clock::time_point deadline,
                           ChildEnd& end) {
    std::array<pollfd, 2> descriptors{{{pipes.out.reader(), POLLIN, 0}, {pipes.err.reader(), POLLIN, 0}}};
    while (descriptors[0].fd >= 0 || descriptors[1].fd >= 0) {
        const int ready = ::poll(descriptors.data(), descriptors.size(), milliseconds_left(orders, deadline));
        if (ready == 0)
            return ChildEnd::How::timed_out;
        if (ready < 0)
            continue;  // a signal: its handler has told the child
        if (descriptors[0].revents != 0 && !take_output(descriptors[0].fd, end.out))
            descriptors[0].fd = -1;
        if (descriptors[1].revents != 0 && !take_output(descriptors[1].fd, end.err))
            descriptors[1].fd = -1;
        if (end.out.size() > orders.most_output)
            return ChildEnd::How::too_much_output;
    }
    return ChildEnd::How::ended;
}

/// It may have closed its outputs and run on.
bool ends_in_time(pid_t pid, const ChildOrders& orders, chr::steady_clock::time_point deadline) {
    constexpr int read_again = 10;
    siginfo_t info{};
    while (orders.patience.count() > 0) {
        if (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == pid)
            return true;
        if (milliseconds_left(orders, deadline) == 0)
            return false;
        ::poll(nullptr, 0, read_again);
    }
    return true;
}

}  // namespace

ChildEnd run_child(const ChildOrders& orders) {
    const auto deadline = chr::steady_clock::now() + orders.patience;
    Pipes pipes;
    ChildEnd end;
    const StartedProgram started = start(orders, pipes);
    const pid_t pid = started.pid;
    if (started.failure != 0) {
        end.status = 127;
        return end;
    }
    const Registered registered(orders.ends_on_signal ? pid : 0);
    if (was_signalled && orders.ends_on_signal)
        ::kill(-pid, SIGTERM);  // the signal came before the child was known
    pipes.in.close_end(0);
    pipes.out.close_end(1);
    pipes.err.close_end(1);
    [[maybe_unused]] const ssize_t written = ::write(pipes.in.writer(), orders.input.data(), orders.input.size());
    pipes.in.close_end(1);
    end.how = read_outputs(orders, pipes, deadline, end);
    if (end.how == ChildEnd::How::ended && !ends_in_time(pid, orders, deadline))
        end.how = ChildEnd::How::timed_out;
    if (end.how != ChildEnd::How::ended)
        ::kill(-pid, SIGKILL);
    end.status = wait_for_program(pid);
    if (end.how == ChildEnd::How::ended && was_signalled && orders.ends_on_signal)
        end.how = ChildEnd::How::signalled;
    return end;
}

void signal_children(int signal_number) noexcept {
    was_signalled = true;
    for (const auto& place : groups)
        if (const pid_t group = place.load(); group > 0)
            ::kill(-group, signal_number);
}

}  // namespace tripmig
