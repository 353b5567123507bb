#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "cli/command.hpp"
#include "cli/sandbox/run.hpp"
#include "sandbox/binaries.hpp"
#include "sandbox/detached.hpp"
#include "sandbox/options.hpp"
#include "sandbox/sandbox.hpp"
#include "view/json_text.hpp"

namespace tripmig::cli {

namespace {

/// What the options of `start` and `run` were given.
struct ServerFlags {
    std::string bindir;
    std::string directory;
    std::string from;
    std::vector<std::string> settings;
    bool durable = false;
    bool listen = false;
    int port = 0;
};

sandbox::Options options_of(const ServerFlags& flags, const Context& context) {
    sandbox::Options options;
    for (const std::string& setting : flags.settings)
        options.settings.push_back(sandbox::parse_setting(setting));
    options.directory = flags.directory;
    if (!flags.from.empty())
        options.from = std::filesystem::absolute(flags.from).lexically_normal();
    options.durable = flags.durable;
    if (flags.listen || flags.port != 0)
        options.port = flags.port;
    options.bindir = sandbox::find_bindir(flags.bindir, context.environment);
    return options;
}

void add_server_flags(CLI::App& command, ServerFlags& flags) {
    constexpr int highest_port = 65535;
    command
        .add_option("--pg-bindir", flags.bindir,
                    "The folder of initdb and postgres (else PG_BINDIR, pg_config, Debian's)")
        ->type_name("DIR");
    command.add_option("--from", flags.from, "Begin with a copy of the stopped sandbox in this directory")
        ->type_name("DIR");
    command.add_option("--setting", flags.settings, "A server parameter, as in shared_buffers=1GB; may be repeated")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);
    command.add_flag("--durable", flags.durable, "fsync and full_page_writes on, as in production: for benchmarks");
    command.add_flag("--listen", flags.listen, "Listen on 127.0.0.1 as well, with a password; any free port");
    command.add_option("--port", flags.port, "Listen on this port of 127.0.0.1")
        ->type_name("PORT")
        ->check(CLI::Range(1, highest_port));
}

struct RunFlags {
    ServerFlags server;
    bool keep = false;
    std::vector<std::string> command;
};

ExitCode run(const RunFlags& flags, Context& context) {
    const sandbox::Options options = options_of(flags.server, context);
    if (!options.from.empty())
        sandbox::require_stopped(options.from);
    const sandbox::Server server = sandbox::describe_server(options);
    sandbox::Sandbox sandbox(server, sandbox::Lifetime::bound, context.stop, options.from);
    context.reporter.debug("sandbox.ready", fmt::format("the sandbox is up: {}", server.directory.string()));
    const ExitCode code =
        run_command(flags.command, sandbox_environment(context.environment, server), context.reporter);
    if (const auto log = sandbox.crash())
        context.reporter.warning("sandbox.crash", "the server ended before the command; the end of its log:\n" + *log);
    if (flags.keep) {
        sandbox.stop_and_keep();
        const std::string directory = server.directory.string();
        context.reporter.info("sandbox.kept", fmt::format("kept {}; `tripmig sandbox start --dir {}` starts it again",
                                                          directory, directory));
    }
    return code;
}

void add_run(CLI::App& group, Commands& commands) {
    CLI::App* command = group.add_subcommand("run", "Run a command with a server of its own; nothing remains of it");
    const auto flags = std::make_shared<RunFlags>();
    add_server_flags(*command, flags->server);
    command->add_option("--dir", flags->server.directory, "Where it lives; must not exist yet (else under /tmp)")
        ->type_name("DIR");
    command->add_flag("--keep", flags->keep, "Stop the server, but leave its directory");
    command->add_option("COMMAND", flags->command, "What to run, after --, with its arguments")
        ->required()
        ->type_name("");
    command->footer(
        R"(The command finds the server in DATABASE_URL and PGHOST, PGPORT, PGUSER, PGDATABASE: database sandbox as its owner,
role sandbox, no superuser, CREATEDB and CREATEROLE. TRIPMIG_SANDBOX_SUPERUSER_URL is role postgres. The exit code is the
command's; 127 when there is no such program.

  tripmig sandbox run -- psql
  tripmig sandbox run --setting shared_buffers=1GB -- sh -c 'tripmig up && pg_dump --schema-only')");
    commands.add(
        command, [flags](Context& context) { return run(*flags, context); }, Needs::nothing);
}

nlohmann::ordered_json json_of(const sandbox::Server& server) {
    const std::optional<pid_t> pid = server.pid();
    return {{"running", pid.has_value()},
            {"pid", pid ? nlohmann::ordered_json(*pid) : nlohmann::ordered_json(nullptr)},
            {"directory", server.directory.string()},
            {"url", server.url()},
            {"superuser_url", server.superuser_url()},
            {"log", server.log_file().string()},
            {"bindir", server.bindir.string()}};
}

/// The URL alone, for $(tripmig sandbox start), or all there is to know.
void print_server(const sandbox::Server& server, Context& context) {
    context.out << (context.json ? view::json_text(json_of(server), -1) : server.url()) << "\n";
}

std::string nothing_runs_in(const std::string& directory) {
    return fmt::format("no sandbox runs in {}", directory);
}

ExitCode start(const ServerFlags& flags, Context& context) {
    const sandbox::Started started = sandbox::start_detached(options_of(flags, context), context.stop);
    const std::string directory = started.server.directory.string();
    if (started.ran_already)
        context.reporter.info("sandbox.running",
                              fmt::format("a sandbox runs in {} already; it stays as it is", directory));
    else
        context.reporter.info("sandbox.started", fmt::format("the sandbox runs in {}", directory));
    print_server(started.server, context);
    return ExitCode::ok;
}

ExitCode stop(const std::string& directory, bool keep, Context& context) {
    const auto server = sandbox::stop_detached(directory, keep, context.stop);
    if (!server)
        context.reporter.info("sandbox.stopped", nothing_runs_in(directory));
    else if (keep)
        context.reporter.info("sandbox.stopped", fmt::format("stopped; {} is kept", directory));
    else
        context.reporter.info("sandbox.stopped", fmt::format("stopped, and {} removed", directory));
    return ExitCode::ok;
}

ExitCode status(const std::string& directory, Context& context) {
    const auto server = sandbox::find_detached(directory);
    const auto pid = server ? server->pid() : std::nullopt;
    if (context.json)
        context.out << view::json_text(server ? json_of(*server)
                                              : nlohmann::ordered_json{{"running", false}, {"directory", directory}},
                                       -1)
                    << "\n";
    else if (pid)
        context.out << fmt::format("runs in {}, process {}\n{}\n", directory, *pid, server->url());
    else
        context.out << nothing_runs_in(directory) << (server ? "; a stopped one lies there\n" : "\n");
    return pid ? ExitCode::ok : ExitCode::unreachable;
}

ExitCode url(const std::string& directory, Context& context) {
    const auto server = sandbox::find_detached(directory);
    if (!server || !server->pid())
        throw Error(ExitCode::unreachable, nothing_runs_in(directory), "tripmig sandbox start");
    print_server(*server, context);
    return ExitCode::ok;
}

void add_directory(CLI::App& command, std::string& directory) {
    directory = sandbox::default_directory();
    command.add_option("--dir", directory, "Where it lives")->type_name("DIR")->capture_default_str();
}

void add_start(CLI::App& group, Commands& commands) {
    CLI::App* command = group.add_subcommand("start", "Start a server that stays, and print its URL");
    const auto flags = std::make_shared<ServerFlags>();
    add_server_flags(*command, *flags);
    add_directory(*command, flags->directory);
    command->footer("  export DATABASE_URL=$(tripmig sandbox start)");
    commands.add(
        command, [flags](Context& context) { return start(*flags, context); }, Needs::nothing);
}

void add_stop(CLI::App& group, Commands& commands) {
    struct StopFlags {
        std::string directory;
        bool keep = false;
    };
    CLI::App* command = group.add_subcommand("stop", "Stop that server and remove its directory");
    const auto flags = std::make_shared<StopFlags>();
    add_directory(*command, flags->directory);
    command->add_flag("--keep", flags->keep, "Leave the directory, to be started again");
    commands.add(
        command, [flags](Context& context) { return stop(flags->directory, flags->keep, context); }, Needs::nothing);
}

/// A command that only asks about the server of a directory.
void add_question(CLI::App& group, Commands& commands, const std::string& name, const std::string& description,
                  ExitCode (*answer)(const std::string&, Context&)) {
    CLI::App* command = group.add_subcommand(name, description);
    const auto directory = std::make_shared<std::string>();
    add_directory(*command, *directory);
    commands.add(
        command, [directory, answer](Context& context) { return answer(*directory, context); }, Needs::nothing);
}

}  // namespace

void add_sandbox(CLI::App& app, Commands& commands) {
    CLI::App* group = app.add_subcommand("sandbox", "A throw-away PostgreSQL on this machine");
    group->require_subcommand(1);
    add_run(*group, commands);
    add_start(*group, commands);
    add_stop(*group, commands);
    add_question(*group, commands, "status", "Does it run, and where (exit code 6: it does not)", status);
    add_question(*group, commands, "url", "The URL of the server that was started (exit code 6: none runs)", url);
}

}  // namespace tripmig::cli
