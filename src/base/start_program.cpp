#include "base/start_program.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

#include "base/error.hpp"

namespace tripmig {

std::vector<char*> exec_vector(std::vector<std::string>& words) {
    std::vector<char*> vector;
    vector.reserve(words.size() + 1);
    for (std::string& word : words)
        vector.push_back(word.data());
    vector.push_back(nullptr);
    return vector;
}

namespace {

/// A handler of ours must not run in the child, which shares with us what it would write to; and our ignored SIGPIPE is
/// not the child's.
void forget_handlers() noexcept {
    struct sigaction none {};
    none.sa_handler = SIG_DFL;
    for (int number = 1; number < NSIG; ++number) {
        struct sigaction former {};
        if (::sigaction(number, nullptr, &former) == 0 && (former.sa_handler != SIG_IGN || number == SIGPIPE))
            ::sigaction(number, &none, nullptr);
    }
}

bool take_standard_descriptors(const std::array<int, 3>& standard) noexcept {
    for (std::size_t i = 0; i < standard.size(); ++i) {
        const int target = static_cast<int>(i);
        const bool taken =
            standard[i] == target ? ::fcntl(target, F_SETFD, 0) >= 0 : ::dup2(standard[i], target) == target;
        if (!taken && errno != EBADF)  // one that is closed stays closed
            return false;
    }
    return true;
}

}  // namespace

int become_program(const ProgramStart& start) noexcept {
    if (start.leads_group)
        ::setpgid(0, 0);
    if (start.death_signal != 0)
        ::prctl(PR_SET_PDEATHSIG, start.death_signal);
    if (start.parent != 0 && ::getppid() != start.parent)
        return ESRCH;  // it was gone before that counted
    forget_handlers();
    if (!take_standard_descriptors(start.standard) || (start.directory != nullptr && ::chdir(start.directory) != 0))
        return errno;
    ::sigprocmask(SIG_SETMASK, &start.signal_mask, nullptr);
    ::execvpe(start.argv[0], start.argv, start.environment != nullptr ? start.environment : ::environ);
    return errno;
}

StartedProgram start_program(const ProgramStart& start) {
    std::array<int, 2> failure_pipe{-1, -1};
    if (::pipe2(failure_pipe.data(), O_CLOEXEC) != 0)
        throw Error(ExitCode::unexpected, "cannot create a pipe: too many open files?");
    sigset_t all{};
    sigset_t before{};
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    StartedProgram started;
    started.pid = ::fork();
    if (started.pid == 0) {
        const int failure = become_program(start);
        [[maybe_unused]] const ssize_t written = ::write(failure_pipe[1], &failure, sizeof failure);
        ::_exit(127);
    }
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    ::close(failure_pipe[1]);
    // The pipe closes by itself when exec succeeds.
    ssize_t count = 0;
    while ((count = ::read(failure_pipe[0], &started.failure, sizeof started.failure)) < 0 && errno == EINTR) {
    }
    ::close(failure_pipe[0]);
    if (started.pid < 0)
        throw Error(ExitCode::unexpected, "cannot start another process", "is there a limit on processes (ulimit -u)?");
    if (count > 0)
        wait_for_program(started.pid);
    else
        started.failure = 0;
    return started;
}

int shell_status(int wait_status) {
    return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

int wait_for_program(pid_t pid) {
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return shell_status(status);
}

}  // namespace tripmig
