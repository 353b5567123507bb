#include "sandbox/supervisor_process.hpp"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>

#include "base/start_program.hpp"
#include "sandbox/supervisor_report.hpp"

// Everything in this file runs after fork() in what may have been a process of many threads.

namespace tripmig::sandbox {

namespace {

constexpr int cannot_run = 126;

void complain(std::string_view text) {
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

void close_range_of_descriptors(unsigned first, unsigned last) {
    if (first > last || ::close_range(first, last, 0) == 0)
        return;
    constexpr unsigned usual_limit = 1024;  // a kernel before 5.9
    for (unsigned each = first; each <= last && each < usual_limit; ++each)
        ::close(static_cast<int>(each));
}

/// stdin, stdout and stderr of the supervisor lead nowhere: whoever reads tripmig's output must see its end when
/// tripmig ends. All other descriptors but the socket are closed, since they may be someone's pipe or lock.
void let_go_of_descriptors(int socket) {
    const int null = ::open("/dev/null", O_RDWR);
    for (int standard = 0; standard <= STDERR_FILENO; ++standard)
        ::dup2(null, standard);
    const auto kept = static_cast<unsigned>(socket);
    close_range_of_descriptors(STDERR_FILENO + 1, kept - 1);
    close_range_of_descriptors(kept + 1, ~0U);
}

void restore_default(int signal_number) {
    struct sigaction action {};
    action.sa_handler = SIG_DFL;
    ::sigaction(signal_number, &action, nullptr);
}

bool become(const RawOrders& orders) {
    return !orders.change_user ||
           (::setgroups(1, &orders.gid) == 0 && ::setgid(orders.gid) == 0 && ::setuid(orders.uid) == 0);
}

/// What differs from one child to the next.
struct Launch {
    int death_signal = 0;    ///< what it gets when the supervisor is killed; 0: nothing
    bool fresh_log = false;  ///< its log begins here
};

/// The child's part: a session of its own, the server's user, its output in the log.
[[noreturn]] void become_server(const RawOrders& orders, char* const* argv, const Launch& how, pid_t supervisor) {
    ::setsid();
    const bool changed_user = become(orders);
    ::umask(S_IRWXG | S_IRWXO);
    const int log = ::open(orders.log_file, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | (how.fresh_log ? O_TRUNC : 0),
                           S_IRUSR | S_IWUSR);
    if (log < 0)
        ::_exit(no_access);
    ::dup2(log, STDOUT_FILENO);
    ::dup2(log, STDERR_FILENO);
    close_range_of_descriptors(STDERR_FILENO + 1, ~0U);
    if (!changed_user) {
        complain("cannot change to the server's user: does this container lack CAP_SETUID and CAP_SETGID?\n");
        ::_exit(cannot_run);
    }
    // The kernel forgets a death signal at setuid(), so it comes after.
    ProgramStart start;
    start.argv = argv;
    start.environment = orders.environment;
    start.directory = "/";
    start.death_signal = how.death_signal;
    start.parent = supervisor;
    become_program(start);
    complain("cannot run ");
    complain(argv[0]);
    complain("\n");
    ::_exit(cannot_run);
}

pid_t launch(const RawOrders& orders, char* const* argv, const Launch& how) {
    const pid_t supervisor = ::getpid();
    const pid_t child = ::_Fork();
    if (child == 0)
        become_server(orders, argv, how, supervisor);
    return child;
}

void report(const RawOrders& orders, SupervisorReport::Job job, int status) {
    const SupervisorReport message{job, status};
    [[maybe_unused]] const ssize_t sent = ::send(orders.socket, &message, sizeof message, MSG_NOSIGNAL);
}

/// What ended a wait.
struct Wakeup {
    bool child_ended = false;
    int child_status = 0;
    char order = 0;  ///< 0: none
    bool time_is_up = false;
};

constexpr char order_end = 'e';  ///< the other end of the socket is gone, or someone asks us to stop

/// Waits for the child's end (0: there is none), an order (when listening), or the time.
Wakeup wait(const RawOrders& orders, int signals, pid_t child, bool listen, int milliseconds) {
    for (;;) {
        Wakeup wakeup;
        if (child > 0 && ::waitpid(child, &wakeup.child_status, WNOHANG) == child) {
            wakeup.child_ended = true;
            return wakeup;
        }
        std::array<pollfd, 2> descriptors{{{signals, POLLIN, 0}, {listen ? orders.socket : -1, POLLIN, 0}}};
        if (::poll(descriptors.data(), descriptors.size(), milliseconds) == 0) {
            wakeup.time_is_up = true;
            return wakeup;
        }
        signalfd_siginfo info{};
        if (descriptors[0].revents != 0 && ::read(signals, &info, sizeof info) == static_cast<ssize_t>(sizeof info) &&
            info.ssi_signo != SIGCHLD && listen)
            wakeup.order = order_end;
        if (descriptors[1].revents != 0 && ::recv(orders.socket, &wakeup.order, 1, 0) != 1)
            wakeup.order = order_end;
        if (wakeup.order != 0)
            return wakeup;
    }
}

/// Sends the signal, gives the child ten seconds, kills it then. PostgreSQL itself gives its backends five.
void end_child(const RawOrders& orders, int signals, pid_t child, int signal_number) {
    constexpr int patience_milliseconds = 10'000;
    ::kill(child, signal_number);
    if (wait(orders, signals, child, false, patience_milliseconds).child_ended)
        return;
    ::kill(child, SIGKILL);
    wait(orders, signals, child, false, -1);
}

/// Again when something was still being written in there.
void remove_directory(const RawOrders& orders, int signals) {
    constexpr int tries = 50;
    constexpr int pause_milliseconds = 20;
    for (int i = 0; orders.remove != nullptr && i < tries; ++i) {
        const pid_t child = ::_Fork();
        if (child == 0) {
            ProgramStart start;
            start.argv = orders.remove;
            start.environment = orders.environment;
            become_program(start);
            ::_exit(cannot_run);
        }
        wait(orders, signals, child, false, -1);
        if (::rmdir(orders.directory) == 0 || errno == ENOENT)
            return;
        wait(orders, signals, 0, false, pause_milliseconds);
    }
}

[[noreturn]] void clear_away(const RawOrders& orders, int signals) {
    remove_directory(orders, signals);
    ::_exit(0);
}

/// A job failed: whoever asked reads the log first, then lets us go.
[[noreturn]] void wait_and_clear_away(const RawOrders& orders, int signals) {
    char order = 0;
    while (order == 0)
        order = wait(orders, signals, 0, true, -1).order;
    if (order == order_keep)
        ::_exit(0);
    clear_away(orders, signals);
}

void make_directory(const RawOrders& orders, int signals) {
    if (::mkdir(orders.directory, S_IRWXU) == 0 &&
        (!orders.change_user || ::chown(orders.directory, orders.uid, orders.gid) == 0))
        return;
    report(orders, SupervisorReport::Job::directory, errno);
    while (wait(orders, signals, 0, true, -1).order == 0) {
    }
    ::_exit(1);  // what stands there may be someone else's
}

void make_cluster(const RawOrders& orders, int signals) {
    const pid_t child = launch(orders, orders.make_cluster, {SIGKILL, true});
    const Wakeup wakeup = wait(orders, signals, child, true, -1);
    if (!wakeup.child_ended) {
        ::kill(-child, SIGKILL);  // initdb and the single-user servers it feeds
        wait(orders, signals, child, false, -1);
        clear_away(orders, signals);
    }
    report(orders, SupervisorReport::Job::cluster, wakeup.child_status);
    if (wakeup.child_status != 0)
        wait_and_clear_away(orders, signals);
}

[[noreturn]] void run_postgres(const RawOrders& orders, int signals) {
    // What was said while the cluster was made is of no interest once it is done.
    const Launch how{orders.die_together ? SIGQUIT : 0, orders.make_cluster != nullptr};
    const pid_t child = launch(orders, orders.postgres, how);
    const Wakeup wakeup = wait(orders, signals, child, true, -1);
    if (wakeup.child_ended) {
        report(orders, SupervisorReport::Job::postgres, wakeup.child_status);
        wait_and_clear_away(orders, signals);
    }
    if (wakeup.order == order_release)
        ::_exit(0);
    const bool keep = wakeup.order == order_keep;
    end_child(orders, signals, child, keep || orders.remove == nullptr ? SIGINT : SIGQUIT);
    if (keep)
        ::_exit(0);
    clear_away(orders, signals);
}

/// A descriptor that tells of a child's end, and of those who ask the supervisor itself to stop.
int take_signals() {
    restore_default(SIGCHLD);  // an ignored one would reap our children behind our back
    sigset_t all{};
    ::sigfillset(&all);
    ::sigprocmask(SIG_SETMASK, &all, nullptr);
    sigset_t heeded{};
    ::sigemptyset(&heeded);
    for (const int number : {SIGCHLD, SIGTERM, SIGINT, SIGHUP})
        ::sigaddset(&heeded, number);
    return ::signalfd(-1, &heeded, SFD_CLOEXEC | SFD_NONBLOCK);
}

}  // namespace

void supervise(const RawOrders& orders) {
    ::setsid();
    ::prctl(PR_SET_NAME, "tripmig-sandbox");
    let_go_of_descriptors(orders.socket);
    [[maybe_unused]] const int in_root = ::chdir("/");
    const int signals = take_signals();
    if (orders.make_directory)
        make_directory(orders, signals);
    if (orders.make_cluster != nullptr)
        make_cluster(orders, signals);
    run_postgres(orders, signals);
}

}  // namespace tripmig::sandbox
