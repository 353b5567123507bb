#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "app/migrate/migration_swap.hpp"
#include "base/error.hpp"
#include "cli/command.hpp"
#include "cli/migrate/applied_versions.hpp"
#include "cli/migrate/history_run.hpp"
#include "migrate/run/run.hpp"
#include "view/json_text.hpp"

namespace tripmig::cli {

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
                    rows.empty() ? "no version is applied" : "the newest version is the baseline, which no file made",
                    "`tripmig up` applies what is pending");
    const db::AppliedMigration& newest = *rows.front();
    for (const migrate::Migration& file : target.directory.versioned)
        if (file.version.text() == newest.version)
            return {&undo_file_of(target.directory, newest), &file};
    throw Error(ExitCode::disagreement,
                fmt::format("version {} ({}) is applied, and its file is gone", newest.version, newest.file),
                "bring the file back");
}

/// What other files disagree about is not for redo to pass over; the newest one may well have been edited.
void require_others_agree(const MigrationTarget& target, const migrate::Migration& newest) {
    migrate::Comparison others;
    for (const migrate::Finding& finding : target.comparison.findings)
        if (finding.file != newest.file)
            others.findings.push_back(finding);
    migrate::require_agreement(others);
}

ExitCode redo(Context& context, bool is_confirmed) {
    if (!is_confirmed) {
        const MigrationTarget target = look_at(context, "redo");
        const Pair pair = newest_pair(target);
        throw Error(
            ExitCode::refused,
            fmt::format("redo would run {} ({}), then {} again", pair.undo->file, pair.undo->title(), pair.file->file),
            "data can be lost: say --yes when that is meant");
    }
    LockedTarget locked = lock_target(context, "redo");
    MigrationTarget& target = locked.target;
    const Pair pair = newest_pair(target);
    require_others_agree(target, *pair.file);
    migrate::require_statements(
        migrate::load_script(*pair.file, target.directory.path, context.config.migrations.placeholders), *pair.file);
    migrate::Runner runner(*target.connection, *locked.lock, context.config, target.directory.path, context.reporter,
                           context.clock, context.stop);
    runner.set_applied(target.history.applied);
    runner.set_guard(migrate::JobGuard(*target.connection, context.config.state.schema));
    runner.set_swap(app::swap_within_migration(context));
    const migrate::PlanOptions plan{context.config.state.schema,
                                    db::next_batch(*target.connection, context.config.state.schema), true, false};
    nlohmann::json document{{"version", pair.file->version.text()}, {"ran", nlohmann::json::array()}};
    for (const migrate::Migration* file : {pair.undo, pair.file}) {
        context.stop.check();
        const migrate::AppliedFile done = runner.apply(*file, plan);
        context.reporter.info("redo.ran", fmt::format("ran {} ({} ms)", file->title(), done.duration.count()));
        document["ran"].push_back({{"file", done.file},
                                   {"direction", file->kind == migrate::Kind::undo ? "down" : "up"},
                                   {"duration_ms", done.duration.count()}});
    }
    if (context.json)
        context.out << view::json_text(document) << '\n';
    return ExitCode::ok;
}

}  // namespace

void add_redo(CLI::App& app, Commands& commands) {
    CLI::App* command =
        app.add_subcommand("redo", "Undo the newest version and apply it again: while it is being written");
    auto is_confirmed = std::make_shared<bool>(false);
    command->add_flag("--yes", *is_confirmed, "Do it; without this it only says what it would run (exit 12)");
    command->footer(
        "The file may have been edited since it was applied: its text of now is what runs and is recorded.");
    commands.add(command, [is_confirmed](Context& context) { return redo(context, *is_confirmed); });
}

}  // namespace tripmig::cli
