#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "cli/migrate/dry_run.hpp"
#include "cli/migrate/up_run.hpp"
#include "cli/migrate/up_targets.hpp"
#include "view/json_text.hpp"

namespace tripmig::cli {

namespace {

ExitCode up(Context& context, const UpOptions& options, const TargetOptions& targets) {
    if (targets.is_all)
        return up_targets(context, options, targets);
    if (!options.dry_run.empty()) {
        preview_up(context, options);
        return ExitCode::ok;
    }
    UpResult result;
    run_up(context, options, result);
    const auto& [applied, version] = result;
    const std::string where = version.empty() ? "no version yet" : "at version " + version;
    context.reporter.info("up.done", applied.empty() ? fmt::format("nothing to do: {}", where)
                                                     : fmt::format("{} applied, {}", applied.size(), where));
    if (context.json) {
        nlohmann::json document{{"applied", nlohmann::json::array()}, {"version", version}};
        for (const auto& file : applied)
            document["applied"].push_back(applied_file_json(file));
        context.out << view::json_text(document) << '\n';
    }
    return ExitCode::ok;
}

}  // namespace

void add_up(CLI::App& app, Commands& commands) {
    auto options = std::make_shared<UpOptions>();
    auto targets = std::make_shared<TargetOptions>();
    CLI::App* command = app.add_subcommand("up", "Apply what is pending; safe to repeat, and from many places at once");
    command->add_option("--to", options->to, "Stop after this version")->type_name("VERSION");
    command
        ->add_flag("--dry-run{text}", options->dry_run,
                   "Print what would run and change nothing: text, sql (for psql) or json")
        ->type_name("[=FORMAT]")
        ->check(CLI::IsMember({"text", "sql", "json"}));
    command
        ->add_option("--wait-for-database", options->wait_for_database,
                     "Try again for so long while the database can't be reached: 60s")
        ->type_name("DURATION");
    command->add_flag("--strict", options->is_strict, "Versions in the database that these files lack are an error");
    command->add_flag("--durable-each", options->durable_each,
                      "Flush every file's commit to disk; without it the last one's flush carries all");
    command->add_flag("--ignore-foreign-history", options->ignores_foreign_history,
                      "Begin though another tool's history in this database names these files");
    add_target_options(*command, *targets);
    command->footer(
        "Examples:\n"
        "  tripmig up                              apply what is pending\n"
        "  tripmig up --dry-run                    show it first\n"
        "  tripmig up --to 12 --wait-for-database 60s\n"
        "  tripmig up --all --jobs 8               every database of [[targets]], the first one alone\n"
        "Twenty of these at once are fine: one applies, the others wait and find nothing to do.\n"
        "After exit code 7, 8 or 11: mend what the message names and run the same command again.");
    commands.add(command, [options, targets](Context& context) { return up(context, *options, *targets); });
}

}  // namespace tripmig::cli
