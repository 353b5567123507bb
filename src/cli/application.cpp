#include "cli/application.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <filesystem>
#include <iostream>
#include <string_view>

#include "app/migrate/hidden_values.hpp"
#include "base/clock.hpp"
#include "base/version.hpp"
#include "cli/doctor/doctor.hpp"
#include "cli/given_options.hpp"
#include "cli/help_format.hpp"
#include "cli/report/report.hpp"
#include "cli/signals.hpp"
#include "cli/usage_error.hpp"
#include "config/dialects.hpp"
#include "db/connection.hpp"
#include "report/error_text.hpp"
#include "view/error_json.hpp"
#include "view/json_text.hpp"

namespace tripmig::cli {

namespace {

struct Declaration {
    std::string_view name;
    void (*add)(CLI::App&, Commands&);
};

/// Every command, in the order of --help.
constexpr std::array declarations{
    Declaration{"up", add_up},
    Declaration{"down", add_down},
    Declaration{"redo", add_redo},
    Declaration{"status", add_status},
    Declaration{"validate", add_validate},
    Declaration{"new", add_new},
    Declaration{"baseline", add_baseline},
    Declaration{"adopt", add_adopt},
    Declaration{"repair", add_repair},
    Declaration{"lint", add_lint},
    Declaration{"rehearse", add_rehearse},
    Declaration{"dump", add_dump},
    Declaration{"wait", add_wait},
    Declaration{"partition", add_partition},
    Declaration{"swap", add_swap},
    Declaration{"doctor", add_doctor},
    Declaration{"audit", add_audit},
    Declaration{"report", add_report},
    Declaration{"serve", add_serve},
    Declaration{"sandbox", add_sandbox},
    Declaration{"explain", add_explain},
    Declaration{"help", add_help},
    Declaration{"completion", add_completion},
};

constexpr std::string_view footer = R"(At night, begin here:
  tripmig status             what is applied, what is pending, who is at work
  tripmig up --dry-run       the statements that `up` would run, in order
  tripmig partition status   partitions, gaps, and how many days are left
  tripmig swap status TABLE  how far an online swap is
  tripmig doctor             what is wrong with the server, the schema and the
                             partitions, and what helps
These change nothing. `tripmig up` applies what is pending, or resumes after an error; it is safe to repeat.
`tripmig COMMAND --help` has the options of one command, with examples.

Exit codes:
   0 done, or nothing to do          7 a migration failed and was rolled back
   1 unexpected error                8 stopped half way; the next run resumes
   2 wrong usage or configuration    9 some failed, the others are done
   3 something is pending           10 verification found a difference
   4 files and history disagree     11 lock deadline passed, nothing changed
   5 another run holds its lock     12 refused; the message says what is to do
   6 database not reachable         13 the role lacks a privilege
 130, 143 interrupted; run the same command again (tripmig explain CODE)

The connection: --url, else TRIPMIG_DATABASE_URL, else DATABASE_URL, else [database] of tripmig.toml, else libpq's PG*.)";

std::map<std::string, std::string> read_environment() {
    std::map<std::string, std::string> environment;
    for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        const std::size_t equals = text.find('=');
        if (equals != std::string_view::npos)
            environment.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return environment;
}

void add_global_options(CLI::App& app, GlobalOptions& options) {
    app.add_option("--config", options.config, "Read this configuration file instead of the nearest tripmig.toml")
        ->type_name("FILE");
    app.add_option("--url", options.url, "The database: URI, key=value or ADO.NET string")->type_name("URL");
    app.add_option("--migrations", options.migrations, "The directory of migration files")->type_name("DIR");
    app.add_option("--dialect", options.dialect,
                   "Which tool's format the files have: flyway (tripmig's own), golang-migrate, dbmate, goose; auto: "
                   "detected from the files")
        ->type_name("NAME")
        ->check(
            CLI::IsMember(std::vector<std::string>(config::dialect_choices.begin(), config::dialect_choices.end())));
    app.add_flag("--allow-empty", options.allow_empty, "Accept a directory without any migration");
    app.add_option("--check-drift", options.check_drift,
                   "What `up` does when the schema was changed by hand since the last run: off, warn or refuse")
        ->type_name("WHAT")
        ->check(CLI::IsMember({"off", "warn", "refuse"}));
    app.add_option("--partitions", options.partitions, "The directory of partition policies")->type_name("DIR");
    app.add_flag("--json", options.json, "Print the result as one JSON document on stdout");
    app.add_option("--log-format", options.log_format,
                   "Format of the messages on stderr: text or json (one document per line)")
        ->type_name("FORMAT")
        ->check(CLI::IsMember({"text", "json"}));
    CLI::Option* quiet = app.add_flag("--quiet,-q", options.quiet, "Print only warnings and errors on stderr");
    app.add_flag("--verbose,-v", options.verbose, "Print every statement and every wait on stderr")->excludes(quiet);
    app.add_flag("--no-color", options.no_color, "No colours (NO_COLOR does the same)");
}

/// What the help of every single command ends with.
void add_help_pointer(CLI::App& command) {
    for (CLI::App* sub : command.get_subcommands([](CLI::App*) { return true; })) {
        const std::string own = sub->get_footer();
        sub->footer((own.empty() ? "" : own + "\n\n") +
                    "Options that every command takes, and exit codes: tripmig --help");
        add_help_pointer(*sub);
    }
}

void declare(CLI::App& app, GlobalOptions& options) {
    app.description("Schema migrations, partition maintenance and online table swaps for PostgreSQL\n");
    app.set_help_flag("--help,-h", "Show this help");
    app.set_version_flag("--version",
                         fmt::format("tripmig {} ({}), {}", version(), git_revision(), db::client_library()),
                         "Show the version");
    app.formatter(std::make_shared<HelpFormat>());
    app.get_formatter()->column_width(32);
    app.require_subcommand(1);
    app.fallthrough();  // subcommands inherit it: the options of tripmig count after the command's name as well
    add_global_options(app, options);
}

/// The first argument that is a command's name; nullptr: none is.
const Declaration* named_command(const std::vector<std::string>& arguments) {
    for (const std::string& argument : arguments)
        for (const Declaration& declaration : declarations)
            if (argument == declaration.name)
                return &declaration;
    return nullptr;
}

}  // namespace

void declare_program(CLI::App& app, GlobalOptions& options, Commands& commands) {
    declare(app, options);
    for (const Declaration& declaration : declarations)
        declaration.add(app, commands);
    app.footer(std::string(footer));  // not earlier: commands would inherit it
    add_help_pointer(app);
}

/// A command line's grammar, and what it was understood as.
struct Application::Line {
    CLI::App app{"", "tripmig"};
    Commands commands;

    void parse(const std::vector<std::string>& arguments) {
        app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    }
};

/// Declaring every option of every command takes longer than asking a server whether anything is pending. So only the
/// command that is named is declared; all are when that was not understood: for help, and for errors.
bool Application::understand_one_command(Line& line, const std::vector<std::string>& arguments) {
    const Declaration* named = named_command(arguments);
    if (named == nullptr)
        return false;
    declare(line.app, m_options);
    named->add(line.app, line.commands);
    try {
        line.parse(arguments);
        return true;
    } catch (const CLI::ParseError&) {
        m_options = {};
        return false;
    }
}

ExitCode Application::run(const std::vector<std::string>& arguments) {
    m_environment = read_environment();
    const auto own_end = std::find(arguments.begin(), arguments.end(), "--");  // then another program's
    const auto has = [&](std::string_view flag) { return std::find(arguments.begin(), own_end, flag) != own_end; };
    m_wants_json = has("--json");
    m_wants_no_color = has("--no-color");
    choose_report_format("auto");
    if (Line line; understand_one_command(line, arguments))
        return run_chosen(line);
    Line line;
    declare_program(line.app, m_options, line.commands);
    try {
        line.parse(arguments);
    } catch (const CLI::Success& wish) {
        line.app.exit(wish);
        return ExitCode::ok;
    } catch (const CLI::ParseError& failure) {
        throw usage_error(line.app, failure);
    }
    return run_chosen(line);
}

ExitCode Application::run_chosen(const Line& line) {
    choose_report_format("auto");  // what --log-format says counts for a broken configuration as well
    const CLI::App& chosen = innermost(line.app);
    const Command* command = line.commands.find(&chosen);
    if (command == nullptr)
        throw Error(ExitCode::usage, spelled(chosen) + " needs a command", spelled(chosen) + " --help");
    return run_command(*command,
                       {spelled(chosen).substr(std::string_view("tripmig ").size()), given_options(line.app)});
}

void Application::choose_report_format(const std::string& color) {
    m_report = report::reporter_options(STDERR_FILENO, m_options.no_color || m_wants_no_color ? "never" : color,
                                        m_environment);
    m_report.quiet = m_options.quiet;
    m_report.verbose = m_options.verbose;
    if (m_options.log_format == "json")
        m_report.format = report::ReporterOptions::Format::json;
}

config::Config Application::configuration() const {
    config::Sources sources;
    sources.working_directory = std::filesystem::current_path();
    sources.environment = m_environment;
    if (!m_options.config.empty())
        sources.config_file = m_options.config;
    const auto add_flag = [&sources](const char* key, const std::string& value) {
        if (!value.empty())
            sources.flags[key] = value;
    };
    add_flag("database.url", m_options.url);
    add_flag("migrations.dir", m_options.migrations);
    add_flag("migrations.dialect", m_options.dialect);
    add_flag("migrations.allow_empty", m_options.allow_empty ? "true" : "");
    add_flag("partitions.dir", m_options.partitions);
    add_flag("migrations.check_drift", m_options.check_drift);
    return config::load_config(sources);
}

ExitCode Application::run_command(const Command& command, const app::CommandLine& line) {
    const std::string& name = line.name;
    const config::Config config = command.needs == Needs::nothing ? config::Config{} : configuration();
    choose_report_format(config.report.color);
    m_reporter = report::make_reporter(m_report);
    m_stop = std::make_unique<StopSignal>();
    catch_signals(*m_stop);
    const SystemClock clock;
    Context context{{config, *m_reporter, *m_stop, clock, m_environment, &line}, m_out, m_options.json};
    const Instant started = clock.now();
    const auto tell_monitor = [&](ExitCode code) {
        if (!config.report.metrics_file.empty())
            write_metrics(
                config.report.metrics_file,
                {name, to_int(code), clock.now(),
                 std::chrono::duration_cast<std::chrono::milliseconds>(clock.now() - started), context.metrics});
    };
    try {
        const ExitCode code = command.action(context);
        m_out.flush();
        if (!m_out)
            throw Error(ExitCode::unexpected, "cannot write the result to stdout");
        tell_monitor(code);
        return code;
    } catch (const Error& error) {
        tell_monitor(error.code());
        // Where no migration is read, a value in a message is just a word.
        if (name.rfind("swap", 0) == 0 || name.rfind("partition", 0) == 0)
            throw;
        throw app::without_values(error, config.migrations.placeholders);
    }
}

/// A monitor that misses a run is told of by the run itself; the run's own exit code stays.
void Application::write_metrics(const std::filesystem::path& file, const report::RunMetrics& run) {
    try {
        report::write_metrics(file, run);
    } catch (const Error& error) {
        m_reporter->warning("metrics.failed", error.message());
    }
}

ExitCode Application::fail(const Error& error) {
    m_reporter.reset();  // a progress bar ends before the error is shown
    if (!m_report.sink)  // it went wrong before anything else
        m_report.sink = report::descriptor_sink(STDERR_FILENO);
    report::report_error(m_report, error);
    if ((m_wants_json || m_options.json) && !m_output.has_any())
        m_out << view::json_text(nlohmann::json{{"error", view::error_json(error)}}) << std::endl;
    return error.code();
}

}  // namespace tripmig::cli
