#include "app/migrate/redo.hpp"

#include <fmt/format.h>

#include "app/migrate/migration_swap.hpp"
#include "app/migrate/target/applied_versions.hpp"
#include "app/migrate/target/drift.hpp"
#include "app/migrate/target/history_run.hpp"
#include "base/error.hpp"
#include "migrate/scripts.hpp"

namespace tripmig::app {

namespace {

/// The newest applied version's way back and way up.
struct Pair {
    const migrate::Migration* undo = nullptr;
    const migrate::Migration* file = nullptr;
};

Pair newest_pair(const MigrationTarget& target) {
    const auto rows = newest_first(target.history);
    if (rows.empty() || rows.front()->kind == "baseline")
        throw Error(ExitCode::refused,
                    rows.empty() ? "no version is applied" : "the newest version is the baseline, which has no file",
                    "`tripmig up` applies what is pending");
    const db::AppliedMigration& newest = *rows.front();
    for (const migrate::Migration& file : target.directory.versioned)
        if (file.version.text() == newest.version)
            return {&undo_file_of(target.directory, newest), &file};
    throw Error(ExitCode::disagreement,
                fmt::format("version {} ({}) is applied, but its file is missing", newest.version, newest.file),
                "restore the file");
}

/// What other files disagree about is not for redo to pass over; the newest one may well have been edited.
void require_others_agree(const MigrationTarget& target, const migrate::Migration& newest) {
    migrate::Comparison others;
    for (const migrate::Finding& finding : target.comparison.findings)
        if (finding.file != newest.file)
            others.findings.push_back(finding);
    migrate::require_agreement(others);
}

std::string what_it_does(const Pair& pair) {
    return fmt::format("redo would run {} ({}), which can delete data, then {} again", pair.undo->file,
                       pair.undo->title(), pair.file->file);
}

}  // namespace

RedoResult migrate_redo(const Context& context, const Confirm& confirm) {
    {
        const MigrationTarget target = look_at(context, "redo");  // nothing is locked while somebody thinks
        db::require_writable(*target.connection, context.config.state.schema, context.config.database.pooler);
        confirm(what_it_does(newest_pair(target)));
    }
    LockedTarget locked = lock_target(context, "redo");
    MigrationTarget& target = locked.target;
    const Pair pair = newest_pair(target);
    require_others_agree(target, *pair.file);
    migrate::Scripts& scripts = *target.directory.scripts;
    migrate::require_statements(*scripts.keep(*pair.file), *pair.file);
    migrate::FileRunner runner(*target.connection, *locked.lock, context.config, context.reporter, context.clock,
                               context.stop,
                               {target.history.applied,
                                migrate::JobGuard(*target.connection, context.config.state.schema),
                                swap_within_migration(context),
                                {}});
    const migrate::PlanOptions plan{context.config.state.schema,
                                    db::next_batch(*target.connection, context.config.state.schema), true, false};
    const auto run = [&](const migrate::Migration& file) {
        context.stop.check();
        migrate::AppliedFile done = runner.apply(file, scripts.take(file), plan);
        context.reporter.info("redo.ran", fmt::format("ran {} ({} ms)", file.title(), done.duration.count()));
        return done;
    };
    RedoResult result{pair.file->version.text(), {}, {}};
    with_drift_check(context, locked.lock->connection(), [&] {
        result.undone = run(*pair.undo);
        result.applied = run(*pair.file);
    });
    return result;
}

}  // namespace tripmig::app
