#include "app/migrate/up.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "app/migrate/dry_run.hpp"
#include "app/migrate/up_targets.hpp"
#include "cli/duration_option.hpp"
#include "cli/print.hpp"
#include "view/migrate/dry_run.hpp"
#include "view/migrate/run.hpp"

namespace tripmig::cli {

namespace {

struct UpFlags {
    std::string dry_run;  ///< text, sql or json; empty: it runs
    std::string wait_for_database = "0s";
    bool is_all = false;
    app::UpOptions options;
    app::TargetOptions targets;
};

void add_target_options(CLI::App& command, UpFlags& flags) {
    CLI::Option* all = command.add_flag("--all", flags.is_all, "Migrate every database of [[targets]] in tripmig.toml");
    const auto only_with_all = [all](CLI::Option* option) { option->needs(all); };
    only_with_all(command
                      .add_option("--targets-from", flags.targets.from,
                                  "With --all: read the targets from this file (.toml, or one line per target: name "
                                  "and connection string)")
                      ->type_name("FILE"));
    only_with_all(command.add_option("--jobs", flags.targets.jobs, "With --all: number of databases at the same time")
                      ->type_name("N")
                      ->check(CLI::Range(1, 256))
                      ->capture_default_str());
    only_with_all(command
                      .add_option("--canary", flags.targets.canary,
                                  "With --all: the first N run one by one; if one fails, no other starts")
                      ->type_name("N")
                      ->check(CLI::Range(0, 1'000'000))
                      ->capture_default_str());
    only_with_all(command.add_flag("--keep-going", flags.targets.keeps_going,
                                   "With --all: start further targets although one failed"));
}

ExitCode up_all(Context& context, const app::UpOptions& options, const UpFlags& flags) {
    app::TargetOptions how = flags.targets;
    how.is_dry_run = !flags.dry_run.empty();
    const app::TargetsResult result = app::up_targets(context, options, how);
    if (!how.is_dry_run)
        print(context, result, view::targets_json, view::targets_text);
    else
        print(context, result, view::targets_dry_run_json,
              flags.dry_run == "sql" ? view::targets_dry_run_sql : view::targets_dry_run_text);
    context.stop.check();
    return result.exit_code();
}

ExitCode up(Context& context, const UpFlags& flags) {
    app::UpOptions options = flags.options;
    options.wait_for_database = parse_duration_option("--wait-for-database", flags.wait_for_database);
    context.json = context.json || flags.dry_run == "json";
    if (flags.is_all)
        return up_all(context, options, flags);
    if (flags.dry_run.empty())
        print(context, app::migrate_up(context, options), view::up_json);
    else
        print(context, app::preview_up(context, options), view::dry_run_json,
              flags.dry_run == "sql" ? view::dry_run_sql : view::dry_run_text);
    return ExitCode::ok;
}

}  // namespace

void add_up(CLI::App& app, Commands& commands) {
    auto flags = std::make_shared<UpFlags>();
    CLI::App* command =
        app.add_subcommand("up", "Apply pending migrations; safe to repeat, and from many places at once");
    command->add_option("--to", flags->options.to, "Stop after this version")->type_name("VERSION");
    command
        ->add_flag("--dry-run{text}", flags->dry_run,
                   "Print what would run and change nothing: text, sql (for psql) or json")
        ->type_name("[=FORMAT]")
        ->check(CLI::IsMember({"text", "sql", "json"}));
    command
        ->add_option("--wait-for-database", flags->wait_for_database,
                     "Retry for this long while the database cannot be reached, e.g. 60s")
        ->type_name("DURATION");
    command->add_flag("--strict", flags->options.is_strict,
                      "Treat versions in the database that have no file here as an error");
    command->add_flag("--durable-each", flags->options.durable_each,
                      "Flush each file's commit to disk; by default the last commit's flush covers all of them");
    command->add_flag("--ignore-foreign-history", flags->options.ignores_foreign_history,
                      "Run although another tool's history in this database lists these files");
    add_target_options(*command, *flags);
    command->footer(
        "Examples:\n"
        "  tripmig up                 apply what is pending\n"
        "  tripmig up --dry-run       show what would run\n"
        "  tripmig up --to 12 --wait-for-database 60s\n"
        "  tripmig up --all --jobs 8  every database of [[targets]], the first one alone\n"
        "Many may run at once: one applies, the others wait and then find nothing to do.\n"
        "After exit code 7, 8 or 11: do what the message says and run the same command again.");
    commands.add(command, [flags](Context& context) { return up(context, *flags); });
}

}  // namespace tripmig::cli
