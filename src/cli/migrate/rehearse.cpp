#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "app/migrate/migration_swap.hpp"
#include "base/error.hpp"
#include "cli/command.hpp"
#include "cli/migrate/applied_versions.hpp"
#include "cli/migrate/history_run.hpp"
#include "config/connection_string.hpp"
#include "db/state/state_schema.hpp"
#include "migrate/rehearse/schema_portrait.hpp"
#include "migrate/run/run.hpp"
#include "sandbox/binaries.hpp"
#include "sandbox/options.hpp"
#include "sandbox/sandbox.hpp"
#include "sql/placeholder.hpp"
#include "view/json_text.hpp"
#include "view/rehearsal.hpp"

namespace tripmig::cli {

namespace {

struct RehearseOptions {
    std::string bindir;
    bool is_confirmed = false;
};

/// Up, down, and up again on one database, watched.
class Rehearsal {
  public:
    explicit Rehearsal(Context& context)
        : m_context(context),
          m_target(look_at(context, "rehearse")),
          m_session(m_target.database, "rehearse portrait"),
          m_watch(m_target.database, context.config.state.schema, context.reporter, context.stop) {
        db::require_writable(*m_target.connection, context.config.state.schema, context.config.database.pooler);
        if (m_target.history.needs_state())
            db::ensure_state(*m_target.connection, context.config.state.schema);
        m_lock = take_run_lock(context, m_target, "rehearse");
        migrate::require_agreement(m_target.comparison);
        for (const migrate::Migration* file : m_target.comparison.pending)
            migrate::require_statements(
                migrate::load_script(*file, m_target.directory.path, context.config.migrations.placeholders), *file);
    }

    std::vector<view::RehearsedFile> run() {
        up("up");
        down();
        up("up again");
        return std::move(m_files);
    }

  private:
    migrate::SchemaPortrait portrait() { return migrate::schema_portrait(m_session, m_context.config.state.schema); }

    /// Each difference once: at the file behind which it is first seen.
    std::vector<std::string> new_differences(const migrate::SchemaPortrait& wanted,
                                             const migrate::SchemaPortrait& found) {
        std::vector<std::string> fresh;
        for (std::string& line : migrate::differences(wanted, found))
            if (m_told.insert(line).second)
                fresh.push_back(std::move(line));
        return fresh;
    }

    view::RehearsedFile& apply(migrate::Runner& runner, const migrate::Migration& migration,
                               std::string_view direction) {
        m_context.stop.check();
        const std::string& schema = m_context.config.state.schema;
        const migrate::PlanOptions plan{schema, db::next_batch(*m_target.connection, schema), true, false};
        const migrate::AppliedFile applied = runner.apply(migration, plan);
        m_context.reporter.info("rehearse.file",
                                fmt::format("{}: {} ({} ms)", direction, migration.title(), applied.duration.count()));
        m_files.push_back({migration.file, direction, applied.duration, m_watch.take(), {}});
        return m_files.back();
    }

    std::unique_ptr<migrate::Runner> runner() {
        auto runner =
            std::make_unique<migrate::Runner>(*m_target.connection, *m_lock, m_context.config, m_target.directory.path,
                                              m_context.reporter, m_context.clock, m_context.stop);
        runner->set_applied(m_target.history.applied);
        runner->set_swap(app::swap_within_migration(m_context));
        runner->set_run_unit([this](db::Executor& executor, const Unit& unit) { return m_watch.run(executor, unit); });
        return runner;
    }

    /// What is pending. The second time the schema must become what it was the first time.
    void up(std::string_view direction) {
        m_told.clear();
        const auto applying = runner();
        migrate::SchemaPortrait before = portrait();
        for (const migrate::Migration* migration : m_target.comparison.pending) {
            view::RehearsedFile& file = apply(*applying, *migration, direction);
            migrate::SchemaPortrait after = portrait();
            const bool is_versioned = migration->kind == migrate::Kind::versioned;
            const auto first = m_after.find(migration->file);
            if (first != m_after.end())
                file.differences = new_differences(first->second, after);
            else if (is_versioned)
                m_after.emplace(migration->file, after);
            if (is_versioned)
                m_before.emplace(migration->version.text(), before);
            before = std::move(after);
        }
        m_target.read_again(m_context, false);
    }

    /// Newest first, as far as each version that was just applied has its way back; what it leaves must be what was
    /// there before.
    void down() {
        const auto undoing = runner();
        for (const db::AppliedMigration* row : newest_first(m_target.history)) {
            const auto before = m_before.find(migrate::Version::parse(row->version)->text());
            const auto& undo = m_target.directory.undo;
            const auto file = std::find_if(undo.begin(), undo.end(), [&](const migrate::Migration& migration) {
                return before != m_before.end() && migration.version.text() == before->first;
            });
            if (file == undo.end())
                break;
            view::RehearsedFile& undone = apply(*undoing, *file, "down");
            undone.differences = new_differences(before->second, portrait());
        }
        m_target.read_again(m_context, false);
    }

    Context& m_context;
    MigrationTarget m_target;
    db::Session m_session;
    migrate::RehearseWatch m_watch;
    std::unique_ptr<db::RunLock> m_lock;
    std::map<std::string, migrate::SchemaPortrait> m_before;  ///< by version
    std::map<std::string, migrate::SchemaPortrait> m_after;   ///< by file
    std::set<std::string> m_told;                             ///< differences of this way
    std::vector<view::RehearsedFile> m_files;
};

/// A placeholder's value may be a password: its name is shown.
void hide_placeholders(std::vector<view::RehearsedFile>& files,
                       const std::map<std::string, std::string>& placeholders) {
    for (view::RehearsedFile& file : files) {
        for (migrate::SeenStatement& statement : file.statements)
            statement.sql = sql::hide_values(statement.sql, placeholders);
        for (std::string& difference : file.differences)
            difference = sql::hide_values(difference, placeholders);
    }
}

ExitCode report(Context& context, std::vector<view::RehearsedFile> files) {
    hide_placeholders(files, context.config.migrations.placeholders);
    if (context.json)
        context.out << view::json_text(view::rehearsal_json(files)) << '\n';
    else
        context.out << view::rehearsal_text(files);
    const auto different = std::count_if(files.begin(), files.end(),
                                         [](const view::RehearsedFile& file) { return !file.differences.empty(); });
    const auto down = std::count_if(files.begin(), files.end(),
                                    [](const view::RehearsedFile& file) { return file.direction == "down"; });
    context.reporter.info("rehearse.done",
                          fmt::format("{} files run, {} of them ways back; {} left another schema than they should",
                                      files.size(), down, different));
    return different == 0 ? ExitCode::ok : ExitCode::verification_difference;
}

ExitCode rehearse_on_clone(Context& context, const RehearseOptions& options) {
    if (!options.is_confirmed)
        throw Error(ExitCode::refused, "rehearse runs all files up, down and up again on the database of --url",
                    "data are lost: say --yes when it is a clone that nobody else uses");
    return report(context, Rehearsal(context).run());
}

ExitCode rehearse_in_sandbox(Context& context, const RehearseOptions& options) {
    sandbox::Options wanted;
    wanted.bindir = sandbox::find_bindir(options.bindir, context.environment);
    const sandbox::Sandbox sandbox(sandbox::describe_server(wanted), sandbox::Lifetime::bound, context.stop);
    config::Config config = context.config;
    config.database = {};
    config.database.parameters = config::parse_connection_string(sandbox.server().url());
    Context inside{
        {config, context.reporter, context.stop, context.clock, context.environment}, context.out, context.json};
    return report(context, Rehearsal(inside).run());
}

}  // namespace

void add_rehearse(CLI::App& app, Commands& commands) {
    auto options = std::make_shared<RehearseOptions>();
    CLI::App* command =
        app.add_subcommand("rehearse", "Run all files up, down and up again on a throw-away server, and watch");
    command
        ->add_option("--pg-bindir", options->bindir,
                     "The folder of initdb and postgres (else PG_BINDIR, pg_config, Debian's)")
        ->type_name("DIR");
    command->add_flag("--yes", options->is_confirmed, "With --url: that database is a clone, and may lose its data");
    command->footer(
        "Shows the locks that each statement took on what was there before (pg_locks), which tables it rewrote\n"
        "(relfilenode) and read from end to end, and whom it would block; and compares the schema: behind each way "
        "back\n"
        "with what was there before, behind the second way up with the first. Exit code 10: it differs.\n"
        "Only --url names another server than the throw-away one; TRIPMIG_DATABASE_URL and its like do not count.\n"
        "Examples:\n"
        "  tripmig rehearse\n"
        "  tripmig rehearse --url postgresql://localhost/clone --yes --json");
    const CLI::Option* url = app.get_option("--url");
    commands.add(command, [options, url](Context& context) {
        return url->count() > 0 ? rehearse_on_clone(context, *options) : rehearse_in_sandbox(context, *options);
    });
}

}  // namespace tripmig::cli
