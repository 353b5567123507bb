#include "cli/sandbox/run.hpp"

#include <fmt/format.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <iterator>
#include <string_view>
#include <system_error>

#include "base/start_program.hpp"

namespace tripmig::cli {

namespace {

/// Variables of libpq (manual 34.15) and of [database] that would send a client to another server or fail there.
bool leads_elsewhere(const std::string& variable) {
    constexpr std::array<std::string_view, 15> beginnings{
        "TRIPMIG_DATABASE_", "PGHOST",           "PGPASS", "PGSERVICE",   "PGSSL",
        "PGREQUIRE",         "PGCHANNELBINDING", "PGGSS",  "PGKRB",       "PGOPTIONS",
        "PGTARGET",          "PGLOADBALANCE",    "PGTZ",   "PGDATESTYLE", "PGGEQO"};
    return std::any_of(beginnings.begin(), beginnings.end(),
                       [&variable](std::string_view beginning) { return variable.rfind(beginning, 0) == 0; });
}

}  // namespace

std::map<std::string, std::string> sandbox_environment(std::map<std::string, std::string> base,
                                                       const sandbox::Server& server) {
    for (auto each = base.begin(); each != base.end();)
        each = leads_elsewhere(each->first) ? base.erase(each) : std::next(each);
    base["DATABASE_URL"] = server.url();
    base["PGHOST"] = server.host();
    base["PGPORT"] = std::to_string(server.port);
    base["PGUSER"] = "sandbox";
    base["PGDATABASE"] = "sandbox";
    if (server.listens)
        base["PGPASSWORD"] = server.password;
    base["TRIPMIG_SANDBOX_SUPERUSER_URL"] = server.superuser_url();
    base["TRIPMIG_SANDBOX_DIR"] = server.directory.string();
    base["TRIPMIG_SANDBOX_BINDIR"] = server.bindir.string();
    return base;
}

namespace {

/// Blocks the signals that end a command, and SIGCHLD, so that they can be waited for; gives back what was before.
class HeldSignals {
  public:
    HeldSignals() {
        sigset_t held{};
        ::sigemptyset(&held);
        for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGCHLD})
            ::sigaddset(&held, number);
        ::pthread_sigmask(SIG_BLOCK, &held, &m_before);
        m_descriptor = ::signalfd(-1, &held, SFD_CLOEXEC);
    }
    ~HeldSignals() {
        // What came while the command ran has been dealt with; it must not stop the clean-up that follows.
        ::close(m_descriptor);
        ::pthread_sigmask(SIG_SETMASK, &m_before, nullptr);
    }
    HeldSignals(const HeldSignals&) = delete;
    HeldSignals& operator=(const HeldSignals&) = delete;

    [[nodiscard]] const sigset_t& before() const noexcept { return m_before; }

    [[nodiscard]] signalfd_siginfo next() const {
        signalfd_siginfo info{};
        while (::read(m_descriptor, &info, sizeof info) < 0 && errno == EINTR) {
        }
        return info;
    }

  private:
    sigset_t m_before{};
    int m_descriptor = -1;
};

StartedProgram start(const std::vector<std::string>& command, const std::map<std::string, std::string>& environment,
                     const HeldSignals& signals) {
    std::vector<std::string> words = command;
    std::vector<std::string> variables;
    variables.reserve(environment.size());
    for (const auto& [name, value] : environment)
        variables.push_back(fmt::format("{}={}", name, value));
    const std::vector<char*> argv = exec_vector(words);
    const std::vector<char*> envp = exec_vector(variables);
    ProgramStart start;
    start.argv = argv.data();
    start.environment = envp.data();
    start.death_signal = SIGTERM;
    start.parent = ::getpid();
    start.signal_mask = signals.before();
    return start_program(start);
}

/// A signal from the terminal went to the whole foreground group, the command included.
bool came_from_terminal(const signalfd_siginfo& info) {
    return info.ssi_code == SI_KERNEL;
}

int wait_for(pid_t pid, const HeldSignals& signals) {
    for (;;) {
        int status = 0;
        if (::waitpid(pid, &status, WNOHANG) == pid)
            return shell_status(status);
        const signalfd_siginfo info = signals.next();
        if (info.ssi_signo != SIGCHLD && !came_from_terminal(info))
            ::kill(pid, static_cast<int>(info.ssi_signo));
    }
}

}  // namespace

ExitCode run_command(const std::vector<std::string>& command, const std::map<std::string, std::string>& environment,
                     Reporter& reporter) {
    const HeldSignals signals;
    const StartedProgram started = start(command, environment, signals);
    if (started.failure == 0)
        return static_cast<ExitCode>(wait_for(started.pid, signals));
    reporter.emit({Severity::error,
                   "sandbox.command",
                   fmt::format("cannot run {}: {}", command.front(), std::generic_category().message(started.failure)),
                   {},
                   std::nullopt});
    return static_cast<ExitCode>(started.failure == ENOENT ? 127 : 126);
}

}  // namespace tripmig::cli
