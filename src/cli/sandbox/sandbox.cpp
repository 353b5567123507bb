#include "sandbox/sandbox.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "app/sandbox/server.hpp"
#include "cli/command.hpp"
#include "cli/print.hpp"
#include "cli/sandbox/run.hpp"
#include "sandbox/detached.hpp"
#include "view/sandbox/server.hpp"

namespace tripmig::cli {

namespace {

void add_server_flags(CLI::App& command, app::SandboxOptions& options) {
    constexpr int highest_port = 65535;
    command
        .add_option("--pg-bindir", options.bindir,
                    "Directory of initdb and postgres; default: from PG_BINDIR, pg_config, or Debian's packages")
        ->type_name("DIR");
    command.add_option("--from", options.from, "Start with a copy of the stopped sandbox in this directory")
        ->type_name("DIR");
    command.add_option("--setting", options.settings, "A server parameter, e.g. shared_buffers=1GB; may be repeated")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);
    command.add_flag("--durable", options.durable, "fsync and full_page_writes on, as in production: for benchmarks");
    command.add_flag_callback(
        "--listen", [&options] { options.port = options.port.value_or(0); },
        "Also listen on 127.0.0.1, on any free port, with a password");
    command.add_option("--port", options.port, "Also listen on this port of 127.0.0.1, with a password")
        ->type_name("PORT")
        ->check(CLI::Range(1, highest_port));
}

struct RunFlags {
    app::SandboxOptions server;
    bool keep = false;
    std::vector<std::string> command;
};

ExitCode run(const RunFlags& flags, Context& context) {
    const sandbox::Options options = app::describe_sandbox(context, flags.server);
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
        context.reporter.info("sandbox.kept", fmt::format("kept {}; to start it again: tripmig sandbox start --dir {}",
                                                          directory, directory));
    }
    return code;
}

void add_sandbox_run(CLI::App& group, Commands& commands) {
    CLI::App* command =
        group.add_subcommand("run", "Run a command with a temporary server, and remove the server afterwards");
    const auto flags = std::make_shared<RunFlags>();
    add_server_flags(*command, flags->server);
    command
        ->add_option("--dir", flags->server.directory,
                     "The server's directory; must not exist yet; default: a new one under /tmp")
        ->type_name("DIR");
    command->add_flag("--keep", flags->keep, "Keep the server's directory when the command has ended");
    command->add_option("COMMAND", flags->command, "The command to run, after --, with its arguments")
        ->required()
        ->type_name("");
    command->footer(
        R"(The command finds the server in DATABASE_URL, and in PGHOST, PGPORT, PGUSER and PGDATABASE. Its role, sandbox, owns
database sandbox; it is not a superuser, but has CREATEDB and CREATEROLE. TRIPMIG_SANDBOX_SUPERUSER_URL is for role
postgres. The exit code is the command's; 127 if there is no such program.
Examples:
  tripmig sandbox run -- psql
  tripmig sandbox run --setting shared_buffers=1GB -- tripmig up)");
    commands.add(
        command, [flags](Context& context) { return run(*flags, context); }, Needs::nothing);
}

void add_directory(CLI::App& command, std::string& directory) {
    directory = sandbox::default_directory();
    command.add_option("--dir", directory, "The server's directory")->type_name("DIR")->capture_default_str();
}

void add_sandbox_start(CLI::App& group, Commands& commands) {
    CLI::App* command = group.add_subcommand("start", "Start a server that keeps running, and print its URL");
    const auto options = std::make_shared<app::SandboxOptions>();
    add_server_flags(*command, *options);
    add_directory(*command, options->directory);
    command->footer("Example:\n  export DATABASE_URL=$(tripmig sandbox start)");
    const auto start = [options](Context& context) {
        print(context, app::start_sandbox(context, *options), view::sandbox_json, view::sandbox_url_text);
        return ExitCode::ok;
    };
    commands.add(command, start, Needs::nothing);
}

void add_sandbox_stop(CLI::App& group, Commands& commands) {
    CLI::App* command = group.add_subcommand("stop", "Stop the server and remove its directory");
    const auto directory = std::make_shared<std::string>();
    const auto keep = std::make_shared<bool>(false);
    add_directory(*command, *directory);
    command->add_flag("--keep", *keep, "Keep the directory, so that the server can be started again");
    const auto stop = [directory, keep](Context& context) {
        print(context, app::stop_sandbox(context, *directory, *keep), view::stopped_sandbox_json);
        return ExitCode::ok;
    };
    commands.add(command, stop, Needs::nothing);
}

void add_sandbox_status(CLI::App& group, Commands& commands) {
    CLI::App* command =
        group.add_subcommand("status", "Show whether it runs, and where (exit code 6: it does not run)");
    const auto directory = std::make_shared<std::string>();
    add_directory(*command, *directory);
    const auto status = [directory](Context& context) {
        const app::SandboxStatus found = app::sandbox_status(*directory);
        print(context, found, view::sandbox_json, view::sandbox_status_text);
        return found.exit_code();
    };
    commands.add(command, status, Needs::nothing);
}

void add_sandbox_url(CLI::App& group, Commands& commands) {
    CLI::App* command = group.add_subcommand("url", "Print the URL of the running server (exit code 6: none runs)");
    const auto directory = std::make_shared<std::string>();
    add_directory(*command, *directory);
    const auto url = [directory](Context& context) {
        print(context, app::require_sandbox(*directory), view::sandbox_json, view::sandbox_url_text);
        return ExitCode::ok;
    };
    commands.add(command, url, Needs::nothing);
}

}  // namespace

void add_sandbox(CLI::App& app, Commands& commands) {
    CLI::App* group = app.add_subcommand("sandbox", "A throw-away PostgreSQL on this machine");
    group->require_subcommand(1);
    add_sandbox_run(*group, commands);
    add_sandbox_start(*group, commands);
    add_sandbox_stop(*group, commands);
    add_sandbox_status(*group, commands);
    add_sandbox_url(*group, commands);
}

}  // namespace tripmig::cli
