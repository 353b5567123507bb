#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "cli/command.hpp"
#include "cli/migrate/history_run.hpp"
#include "db/state/foreign_history.hpp"
#include "db/state/history_edit.hpp"
#include "migrate/adoption.hpp"
#include "sql/identifier.hpp"
#include "view/json_text.hpp"

namespace tripmig::cli {

namespace {

using db::ForeignTable;
using db::ForeignTool;

struct AdoptOptions {
    std::string from;
    std::string table;
    bool allow_missing = false;
};

const std::map<std::string, ForeignTool>& tools() {
    static const std::map<std::string, ForeignTool> names{{"flyway", ForeignTool::flyway},
                                                          {"golang-migrate", ForeignTool::golang_migrate},
                                                          {"dbmate", ForeignTool::dbmate},
                                                          {"goose", ForeignTool::goose}};
    return names;
}

/// The one table that is meant. Throws Error{refused} when there is none, or more than one.
ForeignTable choose_table(db::Connection& connection, const AdoptOptions& options) {
    std::vector<ForeignTable> found = db::find_foreign_tables(connection, options.table);
    if (!options.from.empty())
        found.erase(std::remove_if(found.begin(), found.end(),
                                   [&](const ForeignTable& table) { return table.tool != tools().at(options.from); }),
                    found.end());
    if (found.size() == 1)
        return found.front();
    std::vector<std::string> names;
    for (const ForeignTable& table : found)
        names.push_back(fmt::format("{} of {}", sql::quoted(table.name), display_name(table.tool)));
    if (found.empty())
        throw Error(
            ExitCode::refused,
            fmt::format("no history table of {} is in this database{}",
                        options.from.empty() ? "Flyway, golang-migrate, dbmate or goose" : options.from,
                        options.table.empty() ? "" : " under the name " + options.table),
            "where the tool was told to use another table, name it with --table schema.table; a database without "
            "any starts with `tripmig baseline V`");
    throw Error(ExitCode::refused, fmt::format("several tools left their history here: {}", fmt::join(names, ", ")),
                "say which with --from TOOL, or --table schema.table");
}

/// The other tool can't start while these are held.
std::vector<std::unique_ptr<db::AdvisoryLock>> lock_out(const Context& context, db::Connection& connection,
                                                        const ForeignTable& table) {
    const std::string database = connection.execute("SELECT pg_catalog.current_database()").text();
    std::vector<std::unique_ptr<db::AdvisoryLock>> locks;
    for (const std::int64_t key : db::foreign_lock_keys(table, database))
        locks.push_back(std::make_unique<db::AdvisoryLock>(
            connection, key, fmt::format("{}'s lock", display_name(table.tool)),
            context.config.migrations.run_lock_wait, context.reporter, context.clock, context.stop));
    return locks;
}

migrate::AdoptionOptions planning_options(const Context& context, MigrationTarget& target, bool allow_missing) {
    migrate::AdoptionOptions options;
    options.known = db::versions_ever(*target.connection, context.config.state.schema);
    for (const db::AppliedMigration& row : target.history.applied)
        if (row.kind == "R")
            options.known_repeatable.insert(row.description);
    options.placeholders = context.config.migrations.placeholders;
    options.allow_missing = allow_missing;
    return options;
}

void record(const Context& context, LockedTarget& locked, const db::ForeignHistory& history,
            migrate::Adoption& adoption) {
    const std::string& schema = context.config.state.schema;
    const std::int64_t batch = db::next_batch(*locked.target.connection, schema);
    Unit unit;
    unit.name = "adopt";
    unit.lock_first.push_back({history.table.name, LockMode::share});
    unit.steps.push_back(db::unchanged_step(history));
    for (db::MigrationRecord& row : adoption.records) {
        row.batch = batch;
        unit.steps.push_back(db::add_history_step(row, schema));
    }
    change_history(context, locked, unit);
}

void print_json(Context& context, const db::ForeignHistory& history, const migrate::Adoption& adoption,
                const MigrationTarget& target) {
    nlohmann::json document{{"tool", display_name(history.table.tool)},
                            {"table", sql::quoted(history.table.name)},
                            {"adopted", nlohmann::json::array()},
                            {"left_out", adoption.left_out},
                            {"warnings", adoption.warnings},
                            {"version", newest_version(target.history)},
                            {"pending", target.comparison.pending.size()}};
    for (const db::MigrationRecord& row : adoption.records)
        document["adopted"].push_back(
            {{"kind", row.kind}, {"version", row.version}, {"description", row.description}, {"file", row.file}});
    context.out << view::json_text(document) << '\n';
}

ExitCode adopt(Context& context, const AdoptOptions& options) {
    LockedTarget locked = lock_target(context, "adopt");
    MigrationTarget& target = locked.target;
    const ForeignTable table = choose_table(*target.connection, options);
    const auto locks = lock_out(context, *target.connection, table);
    const db::ForeignHistory history = db::read_foreign_history(*target.connection, table);
    migrate::Adoption adoption =
        migrate::plan_adoption(history, target.directory, planning_options(context, target, options.allow_missing));
    if (!adoption.records.empty())
        record(context, locked, history, adoption);
    for (const std::string& warning : adoption.warnings)
        context.reporter.warning("adopt.warning", warning);
    for (const std::string& version : adoption.left_out)
        context.reporter.warning("adopt.left-out", fmt::format("version {} has no file and is left out", version));
    target.read_again(context, false);
    const std::string name = sql::quoted(table.name);
    context.reporter.info(
        "adopt.done",
        adoption.records.empty()
            ? fmt::format("nothing to do: all that {} has is in the history", name)
            : fmt::format("{} rows of {} ({}) are in the history; {} stays as it is and is no longer used",
                          adoption.records.size(), name, display_name(table.tool), name));
    if (context.json)
        print_json(context, history, adoption, target);
    return ExitCode::ok;
}

}  // namespace

void add_adopt(CLI::App& app, Commands& commands) {
    auto options = std::make_shared<AdoptOptions>();
    CLI::App* command = app.add_subcommand("adopt", "Go on where Flyway, golang-migrate, dbmate or goose stopped");
    command
        ->add_option("--from", options->from, "Whose history: flyway, golang-migrate, dbmate, goose; told by the table")
        ->type_name("TOOL")
        ->check(CLI::IsMember({"flyway", "golang-migrate", "dbmate", "goose"}));
    command->add_option("--table", options->table, "The tool's table, when it was told to use another than its own")
        ->type_name("TABLE");
    command->add_flag("--allow-missing", options->allow_missing,
                      "Leave out versions that were applied and have no file any more");
    command->footer(
        "Records what the tool applied, runs nothing, and leaves the tool's table as it is. Safe to repeat.\n"
        "The tool's own lock is held meanwhile. Exit 12 when the tool stopped half way, 4 when a file is missing or "
        "is\n"
        "not what was applied (Flyway's checksums).\n"
        "Example:\n"
        "  tripmig adopt && tripmig up");
    commands.add(command, [options](Context& context) { return adopt(context, *options); });
}

}  // namespace tripmig::cli
