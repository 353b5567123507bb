#include "sandbox/supervisor.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include "base/error.hpp"
#include "base/start_program.hpp"
#include "sandbox/program.hpp"
#include "sandbox/supervisor_process.hpp"

namespace tripmig::sandbox {

namespace {

/// nullptr for an empty command line.
char* const* exec_vector_or_null(const std::vector<char*>& vector) {
    return vector.front() == nullptr ? nullptr : vector.data();
}

}  // namespace

Supervisor::Supervisor(const SupervisorOrders& orders) : m_directory(orders.directory), m_remove(orders.remove) {
    SupervisorOrders own = orders;
    std::vector<std::string> variables = bare_environment();
    const std::vector<char*> environment = exec_vector(variables);
    const std::vector<char*> make_cluster = exec_vector(own.make_cluster);
    const std::vector<char*> postgres = exec_vector(own.postgres);
    const std::vector<char*> remove = exec_vector(own.remove);
    std::array<int, 2> ends{-1, -1};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
        throw Error(ExitCode::unexpected, "cannot create a socket pair: too many open files?");
    RawOrders raw;
    raw.directory = own.directory.c_str();
    raw.log_file = own.log_file.c_str();
    raw.make_cluster = exec_vector_or_null(make_cluster);
    raw.postgres = exec_vector_or_null(postgres);
    raw.remove = exec_vector_or_null(remove);
    raw.environment = environment.data();
    raw.make_directory = own.make_directory;
    raw.die_together = own.die_together;
    raw.change_user = own.user.has_value();
    raw.uid = own.user ? own.user->uid : 0;
    raw.gid = own.user ? own.user->gid : 0;
    raw.socket = ends[1];
    // No handler of ours may run in the child: what it would write to is shared with us.
    sigset_t all{};
    sigset_t before{};
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    m_pid = ::fork();
    if (m_pid == 0)
        supervise(raw);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    ::close(ends[1]);
    m_socket = ends[0];
    if (m_pid < 0) {
        ::close(m_socket);
        throw Error(ExitCode::unexpected, "cannot start another process", "is there a limit on processes (ulimit -u)?");
    }
}

Supervisor::~Supervisor() {
    give_last_order(0);
}

std::optional<SupervisorReport> Supervisor::next_report(std::chrono::milliseconds wait) {
    pollfd descriptor{m_socket, POLLIN, 0};
    if (::poll(&descriptor, 1, static_cast<int>(wait.count())) <= 0)
        return std::nullopt;
    SupervisorReport report;
    if (::recv(m_socket, &report, sizeof report, 0) == static_cast<ssize_t>(sizeof report))
        return report;
    return SupervisorReport{SupervisorReport::Job::supervisor, 0};
}

void Supervisor::release() {
    give_last_order(order_release);
}

void Supervisor::stop_and_keep() {
    give_last_order(order_keep);
}

void Supervisor::give_last_order(char order) {
    if (m_pid < 0)
        return;
    if (order != 0)
        ::send(m_socket, &order, 1, MSG_NOSIGNAL);
    else
        ::close(std::exchange(m_socket, -1));
    int status = 0;
    while (::waitpid(m_pid, &status, 0) < 0 && errno == EINTR) {
    }
    m_pid = -1;
    if (order == 0 && WIFSIGNALED(status))
        clear_in_its_place();
    if (m_socket >= 0)
        ::close(std::exchange(m_socket, -1));
}

/// The supervisor was killed. The kernel has told the server, which needs a moment to end.
void Supervisor::clear_in_its_place() const {
    constexpr int tries = 50;
    constexpr int pause_milliseconds = 20;
    for (int i = 0; !m_remove.empty() && i < tries; ++i) {
        run_program(m_remove, {});
        if (::rmdir(m_directory.c_str()) == 0 || errno == ENOENT)
            return;
        ::poll(nullptr, 0, pause_milliseconds);
    }
}

}  // namespace tripmig::sandbox
