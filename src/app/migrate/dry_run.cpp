#include "app/migrate/dry_run.hpp"

#include <fmt/format.h>

#include <map>
#include <string_view>
#include <tuple>

#include "app/migrate/migration_swap.hpp"
#include "app/migrate/target/target.hpp"
#include "base/error.hpp"
#include "migrate/job_guard.hpp"
#include "migrate/partitioned_statements.hpp"
#include "migrate/pieces.hpp"
#include "migrate/plan.hpp"
#include "migrate/scripts.hpp"
#include "sql/placeholder.hpp"

namespace tripmig::app {

namespace {

/// The units that one file becomes, as `up` makes them: without what is done, but for the settings of the session.
std::vector<Unit> units_left(const migrate::Migration& migration, const sql::Script& script,
                             const migrate::HalfWay* half_way, const std::string& schema) {
    const int next = half_way == nullptr ? 1 : half_way->next;
    const migrate::PlanOptions options{schema, 0, true, false};
    if (script.is_transactional)
        return {migrate::plan_transaction(migration, script, options)};
    std::vector<Unit> units;
    for (const migrate::Piece& piece : migrate::pieces_of(script))
        if (piece.first != piece.last && (piece.ordinal >= next || piece.kind == migrate::Piece::Kind::setting))
            units.push_back(migrate::plan_piece(migration, script, piece, options));
    return units;
}

/// The `batch` directives of a script, by the place of their statements.
class Batches {
  public:
    explicit Batches(const sql::Script& script) {
        for (const sql::ScriptStatement& statement : script.statements)
            if (statement.directives->batch)
                m_batches[Place{statement.file, statement.line, statement.column}] = &*statement.directives->batch;
    }

    [[nodiscard]] std::optional<sql::Batch> find(const StepSource& source) const {
        const auto found = m_batches.find(Place{source.file, source.line, source.column});
        return found == m_batches.end() ? std::nullopt : std::optional(*found->second);
    }

  private:
    using Place = std::tuple<std::string_view, std::size_t, std::size_t>;

    std::map<Place, const sql::Batch*> m_batches;
};

/// The users' statements alone: those that have a place in a file.
PendingUnit pending_unit(const Context& context, const Unit& unit, const Batches& batches) {
    const auto with_names = [&](const std::string& text) {
        return sql::hide_values(text, context.config.migrations.placeholders);
    };
    PendingUnit pending{unit.transaction == Transaction::inside, unit.transaction_modes, {}};
    for (const Step& step : unit.steps) {
        context.stop.check();
        if (step.source)
            pending.statements.push_back({std::string(step.source->file), step.source->line, with_names(step.sql),
                                          with_names(step.copy_data), batches.find(*step.source)});
    }
    return pending;
}

/// A `swap` directive needs the table to be there, which an earlier pending file may be about to make.
PendingSwap pending_swap(const Context& context, const sql::SwapDirective& directive) {
    PendingSwap swap{swapped_table(directive.table), directive.position.line, {}};
    try {
        swap.outlook = look_at_swap(context, swap.table).text();
    } catch (const Error& error) {
        if (error.code() != ExitCode::refused)
            throw;
        swap.outlook = error.message() + " yet";
    }
    return swap;
}

void warn_of_job(const Context& context, const migrate::JobGuard& guard, const sql::Script& script,
                 db::Connection& connection) {
    try {
        guard.require_free(script, connection);
    } catch (const Error& error) {
        if (error.code() != ExitCode::refused)
            throw;
        context.reporter.warning("migration.job", fmt::format("{}:{}: would be refused: {}", error.position()->file,
                                                              error.position()->line, error.message()));
    }
}

PendingFile pending_file(const Context& context, const migrate::Migration& migration, const sql::Script& script,
                         const migrate::HalfWay* half_way) {
    PendingFile pending;
    pending.file = migration.file;
    pending.version = migration.version.text();
    pending.description = migration.description;
    pending.is_transactional = script.is_transactional;
    pending.why_not = script.why_not;
    if (half_way != nullptr)
        pending.half_way = *half_way;
    else
        for (const sql::Expectation& expected : script.directives.expected)
            pending.expected.push_back(sql::hide_values(expected.query, context.config.migrations.placeholders));
    if (script.directives.swap) {
        pending.swap = pending_swap(context, *script.directives.swap);
        return pending;
    }
    const Batches batches(script);
    for (const Unit& unit : units_left(migration, script, half_way, context.config.state.schema))
        pending.units.push_back(pending_unit(context, unit, batches));
    return pending;
}

}  // namespace

DryRun preview_up(const Context& context, const UpOptions& options) {
    MigrationTarget target = look_at(context, "up --dry-run", options.is_strict, options.wait_for_database);
    migrate::require_agreement(target.comparison);
    tell_warnings(context, target.comparison);
    keep_up_to(target, options.to);
    const std::vector<migrate::HalfWay> half_way = read_half_way(context, target);
    migrate::require_resumable(half_way);
    const migrate::JobGuard guard(*target.connection, context.config.state.schema);
    DryRun preview;
    for (const migrate::Migration* migration : target.comparison.pending) {
        migrate::Script script = target.directory.scripts->take(*migration);
        migrate::require_statements(script, *migration);
        migrate::look_for_partitioned(script, *target.connection);
        warn_of_job(context, guard, script, *target.connection);
        preview.pending.push_back(pending_file(context, *migration, script, half_way_of(half_way, migration->file)));
    }
    return preview;
}

}  // namespace tripmig::app
