#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "cli/command.hpp"
#include "cli/migrate/history_run.hpp"
#include "db/state/history_edit.hpp"
#include "view/json_text.hpp"

namespace tripmig::cli {

namespace {

ExitCode baseline(Context& context, const std::string& wanted) {
    const auto version = migrate::Version::parse(wanted.substr(wanted.substr(0, 1) == "V" ? 1 : 0));
    if (!version)
        throw Error(ExitCode::usage, fmt::format("\"{}\" is no version", wanted),
                    "give the newest version whose changes the database has: tripmig baseline 12");
    LockedTarget locked = lock_target(context, "baseline");
    MigrationTarget& target = locked.target;
    if (const std::string newest = newest_version(target.history); !newest.empty())
        throw Error(ExitCode::refused, fmt::format("the history has versions already, up to {}", newest),
                    "a baseline is the beginning of a history: `tripmig status` shows what is in this one");
    if (const auto half_way = read_half_way(context, target); !half_way.empty())
        throw Error(ExitCode::refused,
                    fmt::format("{} {}: a part of it is done", half_way.front().file, half_way.front().state()),
                    "finish it with `tripmig up`; a baseline would count it as applied, or hide it");
    db::MigrationRecord record;
    record.kind = "baseline";
    record.version = version->text();
    record.description = "baseline";
    record.batch = db::next_batch(*target.connection, context.config.state.schema);
    Unit unit;
    unit.name = "baseline";
    unit.steps.push_back(db::add_history_step(record, context.config.state.schema));
    change_history(context, locked, unit);
    target.read_again(context, false);
    context.reporter.info("baseline.done", fmt::format("the history begins at version {}; {} files are pending",
                                                       version->text(), target.comparison.pending.size()));
    if (context.json)
        context.out << view::json_text(
                           nlohmann::json{{"version", version->text()}, {"pending", target.comparison.pending.size()}})
                    << '\n';
    return ExitCode::ok;
}

}  // namespace

void add_baseline(CLI::App& app, Commands& commands) {
    CLI::App* command =
        app.add_subcommand("baseline", "Start with an existing database: versions up to V count as applied");
    auto version = std::make_shared<std::string>();
    command->add_option("version", *version, "The newest version whose changes the database has")
        ->required()
        ->type_name("V");
    command->footer(
        "Records one row and runs nothing. Refused (exit 12) when the history has versions already.\n"
        "Where another tool's history table is, `tripmig adopt` takes that over instead.\n"
        "Example:\n"
        "  tripmig baseline 12 && tripmig up      go on with version 13");
    commands.add(command, [version](Context& context) { return baseline(context, *version); });
}

}  // namespace tripmig::cli
