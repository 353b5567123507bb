#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.hpp"
#include "cli/command.hpp"
#include "cli/migrate/applied_versions.hpp"
#include "cli/migrate/history_run.hpp"
#include "db/state/state_schema.hpp"
#include "migrate/pieces.hpp"
#include "migrate/run/file_runner.hpp"
#include "migrate/scripts.hpp"
#include "view/json_text.hpp"

namespace tripmig::cli {

namespace {

struct DownOptions {
    std::string to;
    int steps = 1;
    bool is_confirmed = false;
};

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
            throw Error(ExitCode::usage, fmt::format("--to {}: that version is not applied", options.to),
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
                        fmt::format("version {} is the baseline: nothing below it is known", row->version),
                        "undo stops above the baseline");
        files.push_back(&undo_file_of(target.directory, *row));
    }
    return files;
}

void require_confirmation(const DownOptions& options, const std::vector<const migrate::Migration*>& files) {
    if (options.is_confirmed)
        return;
    std::string names;
    for (const migrate::Migration* file : files)
        names += (names.empty() ? "" : ", ") + file->file;
    throw Error(ExitCode::refused, fmt::format("down would run {}", names),
                "data can be lost: say --yes when that is meant");
}

/// What stands in the way is found before anything runs: a file half applied above these, and an undo file that can't
/// be taken apart.
void require_runnable(Context& context, MigrationTarget& target, const std::vector<const migrate::Migration*>& files) {
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

ExitCode down(Context& context, const DownOptions& options) {
    MigrationTarget target = look_at(context, "down");
    db::require_writable(*target.connection, context.config.state.schema, context.config.database.pooler);
    std::vector<const migrate::Migration*> files = files_to_run(target, options);
    nlohmann::json document{{"undone", nlohmann::json::array()}};
    if (!files.empty()) {
        require_confirmation(options, files);
        if (target.history.needs_state())
            db::ensure_state(*target.connection, context.config.state.schema);
        const auto lock = take_run_lock(context, target, "down");
        files = files_to_run(target, options);
        require_runnable(context, target, files);
        migrate::FileRunner runner(
            *target.connection, *lock, context.config, context.reporter, context.clock, context.stop,
            {target.history.applied, migrate::JobGuard(*target.connection, context.config.state.schema), {}, {}});
        const migrate::PlanOptions plan{context.config.state.schema,
                                        db::next_batch(*target.connection, context.config.state.schema), true, false};
        for (const migrate::Migration* file : files) {
            context.stop.check();
            const migrate::AppliedFile done = runner.apply(*file, target.directory.scripts->take(*file), plan);
            context.reporter.info("migration.undone",
                                  fmt::format("ran {} ({} ms)", file->title(), done.duration.count()));
            document["undone"].push_back({{"file", done.file}, {"version", done.version}});
        }
    }
    target.read_again(context, false);
    const std::string version = newest_version(target.history);
    context.reporter.info("down.done", fmt::format("{} undone, {}", files.size(),
                                                   version.empty() ? "no version left" : "at version " + version));
    if (context.json) {
        document["version"] = version;
        context.out << view::json_text(document) << '\n';
    }
    return ExitCode::ok;
}

}  // namespace

void add_down(CLI::App& app, Commands& commands) {
    auto options = std::make_shared<DownOptions>();
    CLI::App* command = app.add_subcommand("down", "Undo by U files, newest first");
    CLI::Option* to =
        command->add_option("--to", options->to, "Undo what is above this version; 0 undoes all")->type_name("VERSION");
    command->add_option("--steps", options->steps, "Undo so many versions")
        ->type_name("N")
        ->check(CLI::PositiveNumber)
        ->capture_default_str()
        ->excludes(to);
    command->add_flag("--yes", options->is_confirmed, "Do it; without this it only says what it would run (exit 12)");
    command->footer(
        "Examples:\n"
        "  tripmig down --yes              undo the newest version\n"
        "  tripmig down --to 3 --yes       back to version 3");
    commands.add(command, [options](Context& context) { return down(context, *options); });
}

}  // namespace tripmig::cli
