#include "app/migrate/down.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "app/migrate/target/applied_versions.hpp"
#include "app/migrate/target/drift.hpp"
#include "app/migrate/target/history_run.hpp"
#include "base/error.hpp"
#include "db/state/state_schema.hpp"
#include "migrate/pieces.hpp"
#include "migrate/scripts.hpp"

namespace tripmig::app {

namespace {

/// The undo files to run, in order.
std::vector<const migrate::Migration*> files_to_run(const MigrationTarget& target, const DownOptions& options) {
    std::optional<migrate::Version> floor;
    if (!options.to.empty()) {
        const bool is_nothing = options.to == "0";
        floor = migrate::Version::parse(options.to.front() == 'V' ? options.to.substr(1) : options.to);
        const auto rows = newest_first(target.history);
        const bool is_known = floor && std::any_of(rows.begin(), rows.end(), [&](const auto* row) {
                                  return *migrate::Version::parse(row->version) == *floor;
                              });
        if (!is_known && !is_nothing)
            throw Error(ExitCode::usage, fmt::format("--to {}: this version is not applied", options.to),
                        "`tripmig status` lists the versions; 0 undoes all");
    }
    std::vector<const migrate::Migration*> files;
    for (const db::AppliedMigration* row : newest_first(target.history)) {
        const bool is_enough = floor ? !(*floor < *migrate::Version::parse(row->version))
                                     : files.size() == static_cast<std::size_t>(options.steps);
        if (is_enough)
            break;
        if (row->kind == "baseline")
            throw Error(ExitCode::refused,
                        fmt::format("version {} is the baseline, which cannot be undone", row->version),
                        fmt::format("to undo everything above it: tripmig down --to {}", row->version));
        files.push_back(&undo_file_of(target.directory, *row));
    }
    return files;
}

std::string what_it_does(const std::vector<const migrate::Migration*>& files) {
    std::string names;
    for (const migrate::Migration* file : files)
        names += (names.empty() ? "" : ", ") + file->file;
    return fmt::format("down would run {}, which can delete data", names);
}

/// What stands in the way is found before anything runs: a file half applied above these, and an undo file that can't
/// be taken apart.
void require_runnable(const Context& context, MigrationTarget& target,
                      const std::vector<const migrate::Migration*>& files) {
    const std::vector<migrate::HalfWay> half_way = read_half_way(context, target);
    migrate::require_resumable(half_way);
    std::set<std::string> unfinished;
    for (const migrate::HalfWay& each : half_way)
        unfinished.insert(each.file);
    for (const migrate::Migration* file : files) {
        migrate::require_readable(*target.directory.scripts->keep(*file), *file);
        unfinished.erase(file->file);  // it goes on where it stopped
    }
    if (!unfinished.empty())
        throw Error(ExitCode::refused, fmt::format("{} stopped half way: a part of it is done", *unfinished.begin()),
                    "fix it and finish it with `tripmig up` first, then undo it as a whole");
}

std::vector<migrate::AppliedFile> undo(const Context& context, MigrationTarget& target, const DownOptions& options) {
    const std::string& schema = context.config.state.schema;
    if (target.history.needs_state())
        db::ensure_state(*target.connection, schema);
    const auto lock = take_run_lock(context, target, "down");
    const std::vector<const migrate::Migration*> files = files_to_run(target, options);
    require_runnable(context, target, files);
    migrate::FileRunner runner(*target.connection, *lock, context.config, context.reporter, context.clock, context.stop,
                               {target.history.applied, migrate::JobGuard(*target.connection, schema), {}, {}});
    const migrate::PlanOptions plan{schema, db::next_batch(*target.connection, schema), true, false};
    std::vector<migrate::AppliedFile> undone;
    const auto run = [&](const migrate::Migration& file) {
        context.stop.check();
        undone.push_back(runner.apply(file, target.directory.scripts->take(file), plan));
        context.reporter.info("migration.undone",
                              fmt::format("ran {} ({} ms)", file.title(), undone.back().duration.count()));
    };
    with_drift_check(context, lock->connection(), [&] {
        for (const migrate::Migration* file : files)
            run(*file);
    });
    return undone;
}

}  // namespace

DownResult migrate_down(const Context& context, const DownOptions& options, const Confirm& confirm) {
    MigrationTarget target = look_at(context, "down");
    db::require_writable(*target.connection, context.config.state.schema, context.config.database.pooler);
    DownResult result;
    if (const auto files = files_to_run(target, options); !files.empty()) {
        confirm(what_it_does(files));
        result.undone = undo(context, target, options);
    }
    target.read_again(context, false);
    result.version = newest_version(target.history);
    context.reporter.info(
        "down.done", result.undone.empty() && result.version.empty()
                         ? "nothing to undo: no version is applied"
                         : fmt::format("{} undone, {}", result.undone.size(),
                                       result.version.empty() ? "no version left" : "at version " + result.version));
    return result;
}

}  // namespace tripmig::app
