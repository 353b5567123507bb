#include "base/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <utility>

#include "base/error.hpp"

namespace tripmig {

namespace chr = std::chrono;

std::vector<char*> exec_vector(std::vector<std::string>& words) {
    std::vector<char*> vector;
    vector.reserve(words.size() + 1);
    for (std::string& word : words)
        vector.push_back(word.data());
    vector.push_back(nullptr);
    return vector;
}

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

/// Our handlers and our ignored SIGPIPE are not the child's.
class Attributes {
  public:
    Attributes() {
        ::posix_spawnattr_init(&m_attributes);
        ::posix_spawnattr_setpgroup(&m_attributes, 0);
        sigset_t none{};
        ::sigemptyset(&none);
        ::posix_spawnattr_setsigmask(&m_attributes, &none);
        sigset_t defaults{};
        ::sigemptyset(&defaults);
        ::sigaddset(&defaults, SIGPIPE);
        ::posix_spawnattr_setsigdefault(&m_attributes, &defaults);
        ::posix_spawnattr_setflags(&m_attributes,
                                   POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }
    ~Attributes() { ::posix_spawnattr_destroy(&m_attributes); }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;

    [[nodiscard]] const posix_spawnattr_t* get() const { return &m_attributes; }

  private:
    posix_spawnattr_t m_attributes{};
};

struct Pipes {
    Pipe in;
    Pipe out;
    Pipe err;
};

/// 0 and the process, or errno.
int spawn(const ChildOrders& orders, const Pipes& pipes, pid_t& pid) {
    std::vector<std::string> words = orders.arguments;
    std::vector<std::string> variables = orders.environment;
    const std::vector<char*> argv = exec_vector(words);
    const std::vector<char*> envp = exec_vector(variables);
    posix_spawn_file_actions_t actions{};
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, pipes.in.reader(), STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, pipes.out.writer(), STDOUT_FILENO);
    if (orders.error_output != ChildOrders::Stderr::inherited)
        ::posix_spawn_file_actions_adddup2(
            &actions, orders.error_output == ChildOrders::Stderr::with_stdout ? pipes.out.writer() : pipes.err.writer(),
            STDERR_FILENO);
    if (!orders.directory.empty())
        ::posix_spawn_file_actions_addchdir_np(&actions, orders.directory.c_str());
    const Attributes attributes;
    const int failure = ::posix_spawnp(&pid, argv[0], &actions, attributes.get(), argv.data(),
                                       orders.environment.empty() ? ::environ : envp.data());
    ::posix_spawn_file_actions_destroy(&actions);
    return failure;
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

int wait_for(pid_t pid) {
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
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
    pid_t pid = 0;
    ChildEnd end;
    if (spawn(orders, pipes, pid) != 0) {
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
    end.status = wait_for(pid);
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
