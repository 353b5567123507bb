#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "cli/command.hpp"
#include "cli/sandbox_run.hpp"
#include "sandbox/binaries.hpp"
#include "sandbox/options.hpp"
#include "sandbox/sandbox.hpp"

namespace tripmig::cli {

namespace {

/// What the options of `start` and `run` were given.
struct ServerFlags {
    std::string bindir;
    std::string directory;
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
    const sandbox::Server server = sandbox::describe_server(options_of(flags.server, context));
    sandbox::Sandbox sandbox(server, sandbox::Lifetime::bound, context.stop);
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
    CLI::App* command = group.add_subcommand("run", "Run a command with a server of its own; nothing remains of it\n");
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

}  // namespace

void add_sandbox(CLI::App& app, Commands& commands) {
    CLI::App* group = app.add_subcommand("sandbox", "A throw-away PostgreSQL on this machine\n");
    group->require_subcommand(1);
    add_run(*group, commands);
}

}  // namespace tripmig::cli
