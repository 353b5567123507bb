#include "cli/schema_dump.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <vector>

#include "base/error.hpp"
#include "config/connection_string.hpp"
#include "db/connection.hpp"
#include "db/connection_parameters.hpp"
#include "db/server_error.hpp"
#include "sql/identifier.hpp"

namespace tripmig::cli {

namespace {

/// What pg_dump writes, and how it ended.
struct ProgramEnd {
    int status = 0;  ///< 127: there is no such program
    std::string out;
    std::string err;
};

std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> result;
    for (std::string& word : words)
        result.push_back(word.data());
    result.push_back(nullptr);
    return result;
}

std::string read_all(int descriptor) {
    std::string text;
    std::array<char, 65536> buffer{};
    for (ssize_t count = 1; count != 0;) {
        count = ::read(descriptor, buffer.data(), buffer.size());
        if (count > 0)
            text.append(buffer.data(), static_cast<std::size_t>(count));
        else if (count < 0 && errno != EINTR)
            break;
    }
    return text;
}

/// Waits for its end; ends it when the stop signal is raised.
int end_of(pid_t pid, const StopSignal& stop) {
    int status = 0;
    for (bool told = false; ::waitpid(pid, &status, WNOHANG) == 0;) {
        if (stop.wait_for(std::chrono::milliseconds(20)) && !told) {
            ::kill(pid, SIGTERM);
            told = true;
        }
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// Its output goes to memory files: nobody has to read while it writes.
ProgramEnd run(std::vector<std::string> arguments, std::vector<std::string> environment, const StopSignal& stop) {
    const int out = ::memfd_create("pg_dump", MFD_CLOEXEC);
    const int err = ::memfd_create("pg_dump errors", MFD_CLOEXEC);
    if (out < 0 || err < 0)
        throw Error(ExitCode::unexpected, "cannot make a memory file: too many open files?");
    posix_spawn_file_actions_t actions{};
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
    const std::vector<char*> argv = pointers(arguments);
    const std::vector<char*> envp = pointers(environment);
    pid_t pid = 0;
    ProgramEnd end;
    if (::posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), envp.data()) != 0)
        end.status = 127;
    else
        end.status = end_of(pid, stop);
    ::posix_spawn_file_actions_destroy(&actions);
    ::lseek(out, 0, SEEK_SET);
    ::lseek(err, 0, SEEK_SET);
    end.out = read_all(out);
    end.err = read_all(err);
    ::close(out);
    ::close(err);
    return end;
}

std::string find_pg_dump(const Context& context, int server_version) {
    const auto chosen = context.environment.find("PG_BINDIR");
    if (chosen != context.environment.end() && !chosen->second.empty())
        return chosen->second + "/pg_dump";
    const std::string of_server = fmt::format("/usr/lib/postgresql/{}/bin/pg_dump", server_version / 10000);
    return ::access(of_server.c_str(), X_OK) == 0 ? of_server : "pg_dump";
}

/// Everybody on the machine can read a program's arguments: the password goes by the environment.
void take_password(std::map<std::string, std::string>& parameters, std::map<std::string, std::string>& environment) {
    if (parameters.count("sslpassword") != 0)
        throw Error(ExitCode::refused, "pg_dump takes sslpassword only where everybody can read it",
                    "use a client key without a password for this, in a file that only you can read");
    const auto password = parameters.find("password");
    if (password == parameters.end())
        return;
    environment["PGPASSWORD"] = password->second;
    parameters.erase(password);
}

Error failed(const ProgramEnd& end, const std::string& program) {
    if (end.status == 127)
        return {ExitCode::refused, fmt::format("there is no {}", program),
                "apt-get install postgresql-client, or say where it is: PG_BINDIR=/usr/lib/postgresql/15/bin"};
    return Error(ExitCode::unexpected, fmt::format("{} failed with exit code {}", program, end.status),
                 "it must be of the server's version or a newer one, and the role must be able to read every table: "
                 "pg_dump locks each against DDL")
        .with_detail(db::without_line_end(end.err));
}

}  // namespace

std::string stable_dump(std::string_view text) {
    std::string result;
    std::string closing;  // the \unrestrict that belongs to the \restrict above
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
        const std::string_view line = text.substr(at, end - at);
        at = end;
        constexpr std::string_view restriction = "\\restrict ";
        const bool is_head = result.find("\nSET ") == std::string::npos;
        if (is_head && line.substr(0, restriction.size()) == restriction)
            closing = "\\unrestrict " + std::string(line.substr(restriction.size()));
        else if (is_head &&
                 (line.find("-- Dumped from database version ") == 0 || line.find("-- Dumped by pg_dump ") == 0))
            continue;
        else if (closing.empty() || line != closing)
            result += line;
    }
    result.erase(result.find_last_not_of('\n') + 1);
    result.erase(0, std::min(result.find_first_not_of('\n'), result.size()));
    return result + "\n";
}

std::string dump_schema(Context& context) {
    const config::DatabaseConfig database = db::past_pooler(context.config.database);
    const int version = db::Connection(database, "dump", context.reporter, context.stop).server_version();
    std::map<std::string, std::string> parameters = db::connection_parameters(database, "dump");
    std::map<std::string, std::string> variables = context.environment;
    take_password(parameters, variables);
    std::vector<std::string> environment;
    for (const auto& [name, value] : variables)
        environment.push_back(name + "=" + value);
    const std::string program = find_pg_dump(context, version);
    const ProgramEnd end =
        run({program, "--schema-only", "--no-password", "--exclude-schema=\"" + context.config.state.schema + "\"",
             "--dbname=" + config::connection_string(parameters)},
            std::move(environment), context.stop);
    context.stop.check();
    if (end.status != 0 || end.out.empty())
        throw failed(end, program);
    return stable_dump(end.out);
}

}  // namespace tripmig::cli
