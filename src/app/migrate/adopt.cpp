#include "app/migrate/adopt.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>

#include "app/migrate/target/drift.hpp"
#include "app/migrate/target/history_run.hpp"
#include "base/counted.hpp"
#include "base/error.hpp"
#include "config/dialects.hpp"
#include "db/state/history_edit.hpp"
#include "sql/identifier.hpp"

namespace tripmig::app {

namespace {

using db::ForeignTable;
using db::ForeignTool;

ForeignTool tool_named(std::string_view name) {
    const auto found = std::find(config::dialect_names.begin(), config::dialect_names.end(), name);
    return static_cast<ForeignTool>(found - config::dialect_names.begin());
}

/// The one table that is meant. Throws Error{refused} when there is none, or more than one.
ForeignTable choose_table(db::Connection& connection, const AdoptOptions& options) {
    std::vector<ForeignTable> found = db::find_foreign_tables(connection, options.table);
    if (!options.from.empty())
        found.erase(std::remove_if(found.begin(), found.end(),
                                   [&](const ForeignTable& table) { return table.tool != tool_named(options.from); }),
                    found.end());
    if (found.size() == 1)
        return found.front();
    std::vector<std::string> names;
    for (const ForeignTable& table : found)
        names.push_back(fmt::format("{} of {}", sql::quoted(table.name), display_name(table.tool)));
    if (found.empty())
        throw Error(ExitCode::refused,
                    fmt::format("no history table of {} was found in this database{}",
                                options.from.empty() ? "Flyway, golang-migrate, dbmate or goose" : options.from,
                                options.table.empty() ? "" : " under the name " + options.table),
                    "if the tool's table has another name, add --table schema.table; if no tool was used before, start "
                    "with `tripmig baseline V`");
    throw Error(ExitCode::refused,
                fmt::format("this database has the histories of several tools: {}", fmt::join(names, ", ")),
                "choose one with --from TOOL or --table schema.table");
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

void record_adoption(const Context& context, LockedTarget& locked, const db::ForeignHistory& history,
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

void tell_adoption(Reporter& reporter, const AdoptResult& result) {
    const migrate::Adoption& adoption = result.adoption;
    for (const std::string& warning : adoption.warnings)
        reporter.warning("adopt.warning", warning);
    for (const std::string& version : adoption.left_out)
        reporter.warning("adopt.left-out", fmt::format("version {} has no file and is skipped", version));
    const std::string name = sql::quoted(result.table.name);
    const std::string tool(display_name(result.table.tool));
    if (adoption.records.empty())
        return reporter.info("adopt.done",
                             fmt::format("nothing to do: the history already has everything in {}", name));
    reporter.info("adopt.done",
                  fmt::format("recorded {} from {} ({}); that table was not changed and is no longer used",
                              counted(adoption.records.size(), "version"), name, tool));
}

}  // namespace

AdoptResult adopt_history(const Context& context, const AdoptOptions& options) {
    LockedTarget locked = lock_target(context, "adopt");
    MigrationTarget& target = locked.target;
    AdoptResult result;
    result.table = choose_table(*target.connection, options);
    const auto locks = lock_out(context, *target.connection, result.table);
    const db::ForeignHistory history = db::read_foreign_history(*target.connection, result.table);
    result.adoption =
        migrate::plan_adoption(history, target.directory, planning_options(context, target, options.allow_missing));
    if (!result.adoption.records.empty()) {
        record_adoption(context, locked, history, result.adoption);
        if (records_schema(context))
            record_schema(context, locked.lock->connection(), {});
    }
    target.read_again(context, false);
    result.version = newest_version(target.history);
    result.pending = target.comparison.pending.size();
    tell_adoption(context.reporter, result);
    return result;
}

}  // namespace tripmig::app
