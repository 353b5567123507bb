#include "sandbox/detached.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <system_error>
#include <utility>

#include "base/error.hpp"
#include "sandbox/command_lines.hpp"
#include "sandbox/directory_lock.hpp"
#include "sandbox/program.hpp"
#include "sandbox/sandbox.hpp"
#include "sandbox/state_file.hpp"

namespace tripmig::sandbox {

namespace fs = std::filesystem;

namespace {

/// The former server with what was asked for this time on top.
Server restarted(Server former, const Server& asked) {
    former.bindir = asked.bindir;
    former.durable = former.durable || asked.durable;
    former.settings.insert(former.settings.end(), asked.settings.begin(), asked.settings.end());
    if (asked.listens && !former.listens)
        throw Error(ExitCode::refused,
                    fmt::format("the stopped sandbox in {} has no password to listen with", former.directory.string()),
                    "start it without --listen and --port, or remove it first: tripmig sandbox stop");
    if (asked.listens)
        former.port = asked.port;
    return former;
}

/// Is there a process, a backend without its postmaster say, that has the data directory as its working directory?
bool is_in_use(const Server& server) {
    std::error_code ignored;
    for (const fs::directory_entry& process : fs::directory_iterator("/proc", ignored)) {
        const fs::path working_directory = fs::read_symlink(process.path() / "cwd", ignored);
        if (!ignored && working_directory == server.data_directory())
            return true;
    }
    return false;
}

/// The lock files of a postmaster that was killed keep PostgreSQL from starting when another process, or a zombie, has
/// its number. Nobody uses the data directory: they say nothing any more.
void remove_stale_lock_files(const Server& server) {
    if (is_in_use(server))
        return;
    std::error_code ignored;
    fs::remove(server.data_directory() / "postmaster.pid", ignored);
    fs::remove(server.socket_file().string() + ".lock", ignored);
}

/// Waits until the server has ended. False: it has not in that time.
bool ends_within(const Server& server, std::chrono::seconds patience, const StopSignal& stop) {
    constexpr std::chrono::milliseconds read_again{5};
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (server.pid()) {
        if (std::chrono::steady_clock::now() > deadline)
            return false;
        if (stop.wait_for(read_again))
            stop.check();
    }
    return true;
}

void signal_server(const Server& server, int signal_number) {
    const std::optional<pid_t> pid = server.pid();
    if (pid && ::kill(*pid, signal_number) != 0 && errno == EPERM)
        throw Error(ExitCode::refused,
                    fmt::format("the server in {} belongs to another user", server.directory.string()),
                    "stop it as the user who started it");
}

void end_server(const Server& server, bool cleanly, const StopSignal& stop) {
    constexpr std::chrono::seconds patience{60};
    // Fast shutdown writes a checkpoint; immediate shutdown just ends (manual 19.5).
    signal_server(server, cleanly ? SIGINT : SIGQUIT);
    if (!ends_within(server, patience, stop))
        throw Error(ExitCode::refused, fmt::format("the server in {} does not stop", server.directory.string()),
                    "see its log: " + server.log_file().string());
}

void remove_files(const Server& server) {
    const ProgramResult result = run_program(remove_command(server), {});
    if (result.status != 0)
        throw Error(ExitCode::unexpected, fmt::format("cannot clear {}", server.directory.string()))
            .with_detail("\n" + result.output);
    ::rmdir(server.directory.c_str());  // stays when somebody put something else there
}

}  // namespace

fs::path default_directory() {
    return fmt::format("/tmp/tripmig-sandbox-{}", ::geteuid());
}

Started start_detached(const Options& options, const StopSignal& stop) {
    Server server = describe_server(options);
    if (!options.from.empty())
        require_stopped(options.from);
    const DirectoryLock lock(server.directory, server_user(), stop);
    if (std::optional<Server> former = read_state(server.directory)) {
        if (former->pid())
            return {std::move(*former), true};
        server = restarted(std::move(*former), server);
        remove_stale_lock_files(server);
    } else if (!lock.made_directory() && !fs::is_empty(server.directory)) {
        throw Error(ExitCode::refused,
                    fmt::format("{} contains something other than a sandbox", server.directory.string()),
                    "name another directory, one that does not exist yet: --dir DIR");
    }
    Sandbox sandbox(server, Lifetime::released, stop, options.from);
    sandbox.release();
    return {std::move(server), false};
}

std::optional<Server> find_detached(const fs::path& directory) {
    const fs::path where = fs::absolute(directory).lexically_normal();
    std::error_code none;
    if (fs::symlink_status(where, none).type() == fs::file_type::not_found)
        return std::nullopt;
    require_own_directory(where, server_user());
    return read_state(where);
}

void require_stopped(const fs::path& directory) {
    const std::optional<Server> server = find_detached(directory);
    if (!server)
        throw Error(ExitCode::refused, fmt::format("{} contains no sandbox", directory.string()),
                    fmt::format("create one: tripmig sandbox start --dir {}", directory.string()));
    if (server->pid())
        throw Error(ExitCode::refused, fmt::format("the sandbox in {} is running", directory.string()),
                    fmt::format("stop it first: tripmig sandbox stop --keep --dir {}", directory.string()));
}

std::optional<Server> stop_detached(const fs::path& directory, bool keep, const StopSignal& stop) {
    if (!find_detached(directory))
        return std::nullopt;
    const DirectoryLock lock(fs::absolute(directory).lexically_normal(), server_user(), stop);
    std::optional<Server> server = find_detached(directory);
    if (!server)
        return std::nullopt;
    end_server(*server, keep, stop);
    if (!keep)
        remove_files(*server);
    return server;
}

}  // namespace tripmig::sandbox
