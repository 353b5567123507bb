#include "app/migrate/rehearse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "app/migrate/migration_swap.hpp"
#include "app/migrate/target/applied_versions.hpp"
#include "app/migrate/target/history_run.hpp"
#include "base/error.hpp"
#include "config/connection_string.hpp"
#include "db/state/state_schema.hpp"
#include "migrate/rehearse/schema_portrait.hpp"
#include "migrate/run/file_runner.hpp"
#include "migrate/scripts.hpp"
#include "sandbox/binaries.hpp"
#include "sandbox/options.hpp"
#include "sandbox/sandbox.hpp"
#include "sql/placeholder.hpp"

namespace tripmig::app {

namespace {

/// Up, down, and up again on one database, watched.
class Rehearsal {
  public:
    explicit Rehearsal(const Context& context)
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
            migrate::require_statements(*m_target.directory.scripts->keep(*file), *file);
    }

    std::vector<RehearsedFile> run() {
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

    RehearsedFile& apply(migrate::FileRunner& runner, const migrate::Migration& migration, std::string_view direction) {
        m_context.stop.check();
        const std::string& schema = m_context.config.state.schema;
        const migrate::PlanOptions plan{schema, db::next_batch(*m_target.connection, schema), true, false};
        const migrate::Script script = *m_target.directory.scripts->keep(migration);  // it may run again
        const migrate::AppliedFile applied = runner.apply(migration, script, plan);
        m_context.reporter.info("rehearse.file",
                                fmt::format("{}: {} ({} ms)", direction, migration.title(), applied.duration.count()));
        m_files.push_back({migration.file, direction, applied.duration, m_watch.take(), {}});
        return m_files.back();
    }

    std::unique_ptr<migrate::FileRunner> runner() {
        return std::make_unique<migrate::FileRunner>(
            *m_target.connection, *m_lock, m_context.config, m_context.reporter, m_context.clock, m_context.stop,
            migrate::RunScope{
                m_target.history.applied,
                {},
                swap_within_migration(m_context),
                [this](db::Executor& executor, const Unit& unit) { return m_watch.run(executor, unit); }});
    }

    /// What is pending. The second time the schema must become what it was the first time.
    void up(std::string_view direction) {
        m_told.clear();
        const auto applying = runner();
        migrate::SchemaPortrait before = portrait();
        for (const migrate::Migration* migration : m_target.comparison.pending) {
            RehearsedFile& file = apply(*applying, *migration, direction);
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
            RehearsedFile& undone = apply(*undoing, *file, "down");
            undone.differences = new_differences(before->second, portrait());
        }
        m_target.read_again(m_context, false);
    }

    const Context& m_context;
    MigrationTarget m_target;
    db::Session m_session;
    migrate::RehearseWatch m_watch;
    std::unique_ptr<db::RunLock> m_lock;
    std::map<std::string, migrate::SchemaPortrait> m_before;  ///< by version
    std::map<std::string, migrate::SchemaPortrait> m_after;   ///< by file
    std::set<std::string> m_told;                             ///< differences of this way
    std::vector<RehearsedFile> m_files;
};

/// A placeholder's value may be a password: its name is shown.
void hide_placeholders(std::vector<RehearsedFile>& files, const std::map<std::string, std::string>& placeholders) {
    for (RehearsedFile& file : files) {
        for (migrate::SeenStatement& statement : file.statements)
            statement.sql = sql::hide_values(statement.sql, placeholders);
        for (std::string& difference : file.differences)
            difference = sql::hide_values(difference, placeholders);
    }
}

std::vector<RehearsedFile> rehearse_in_sandbox(const Context& context, const RehearseOptions& options) {
    sandbox::Options wanted;
    wanted.bindir = sandbox::find_bindir(options.bindir, context.environment);
    const sandbox::Sandbox sandbox(sandbox::describe_server(wanted), sandbox::Lifetime::bound, context.stop);
    config::Config config = context.config;
    config.database = {};
    config.database.parameters = config::parse_connection_string(sandbox.server().url());
    return Rehearsal({config, context.reporter, context.stop, context.clock, context.environment}).run();
}

}  // namespace

std::size_t RehearsalResult::different() const {
    return static_cast<std::size_t>(
        std::count_if(files.begin(), files.end(), [](const auto& file) { return !file.differences.empty(); }));
}

RehearsalResult rehearse_migrations(const Context& context, const RehearseOptions& options, const Confirm& confirm) {
    if (options.is_on_clone)
        confirm("rehearse would apply, undo and re-apply all files on the database of --url, whose data would be lost");
    RehearsalResult result{options.is_on_clone ? Rehearsal(context).run() : rehearse_in_sandbox(context, options)};
    hide_placeholders(result.files, context.config.migrations.placeholders);
    return result;
}

}  // namespace tripmig::app
