#include "cli/migrate/dry_run.hpp"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string_view>
#include <tuple>

#include "app/migrate/migration_swap.hpp"
#include "base/error.hpp"
#include "cli/duration_option.hpp"
#include "cli/migrate/migration_target.hpp"
#include "migrate/batch.hpp"
#include "migrate/job_guard.hpp"
#include "migrate/partitioned_statements.hpp"
#include "migrate/pieces.hpp"
#include "migrate/plan.hpp"
#include "migrate/script.hpp"
#include "sql/placeholder.hpp"
#include "view/json_text.hpp"

namespace tripmig::cli {

namespace {

/// A pending file, taken apart.
struct PendingFile {
    const migrate::Migration& migration;
    sql::Script script;
    const migrate::HalfWay* half_way;  ///< null: nothing of it is done
    std::vector<Unit> units = {};      ///< what is left of it
};

/// The units that one file becomes, as `up` makes them: without what is done, but for the settings of the session.
std::vector<Unit> units_of(const PendingFile& pending, const std::string& schema) {
    const auto& [migration, script, half_way, units_] = pending;
    const int next = half_way == nullptr ? 1 : half_way->next;
    const migrate::PlanOptions options{schema, 0, true, false};
    if (script.directives.swap)
        return {};
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

    /// nullptr: the statement has none.
    [[nodiscard]] const sql::Batch* find(const Step& step) const {
        const auto found = m_batches.find(place_of(*step.source));
        return found == m_batches.end() ? nullptr : found->second;
    }

  private:
    using Place = std::tuple<std::string_view, std::size_t, std::size_t>;
    static Place place_of(const StepSource& source) { return {source.file, source.line, source.column}; }

    std::map<Place, const sql::Batch*> m_batches;
};

/// The users' statements alone: those that have a place in a file.
std::vector<const Step*> users_steps(const Unit& unit) {
    std::vector<const Step*> steps;
    for (const Step& step : unit.steps)
        if (step.source)
            steps.push_back(&step);
    return steps;
}

/// As a dry run shows it: with ${name} where a placeholder's value stands, which may be a password.
std::string with_names(const Context& context, const std::string& text) {
    return sql::hide_values(text, context.config.migrations.placeholders);
}

/// What a `swap` directive would do: it needs the table to be there, which an earlier pending file may be about to
/// make.
std::string outlook_of(Context& context, const std::vector<std::string>& table) {
    try {
        return app::look_at_swap(context, app::swapped_table(table)).text();
    } catch (const Error& error) {
        if (error.code() != ExitCode::refused)
            throw;
        return error.message() + " yet";
    }
}

/// "one transaction", and what it says itself of it.
std::string mode_text(const PendingFile& pending) {
    if (!pending.script.is_transactional)
        return fmt::format("a statement at a time: {}{}", pending.script.why_not,
                           pending.half_way == nullptr ? "" : "; " + pending.half_way->state() + ", resumes there");
    const std::string& modes = pending.units.front().transaction_modes;
    return "one transaction" + (modes.empty() ? "" : ", " + modes);
}

void print_text(Context& context, const PendingFile& pending) {
    const auto& [migration, script, half_way, units] = pending;
    if (script.directives.swap) {
        context.out << fmt::format("{}  (swap)\n  {}:{}  {}\n", migration.file, migration.file,
                                   script.directives.swap->position.line,
                                   outlook_of(context, script.directives.swap->table));
        return;
    }
    context.out << fmt::format("{}  ({})\n", migration.file, mode_text(pending));
    const Batches batches(script);
    for (const Unit& unit : units)
        for (const Step* step : users_steps(unit)) {
            context.stop.check();
            if (const sql::Batch* batch = batches.find(*step))
                context.out << fmt::format("  {}:{}  in batches ({}):\n", step->source->file, step->source->line,
                                           migrate::describe(*batch));
            const std::string sql = with_names(context, step->sql);
            context.out << fmt::format("  {}:{}  {}{}\n", step->source->file, step->source->line,
                                       sql.substr(0, sql.find('\n')),
                                       sql.find('\n') == std::string::npos ? "" : " ...");
        }
}

void print_sql(Context& context, const PendingFile& pending) {
    const auto& [migration, script, half_way, units] = pending;
    context.out << fmt::format("-- {}{}\n", migration.file,
                               half_way == nullptr ? "" : ", " + half_way->state() + ": what is left of it");
    if (script.directives.swap) {
        context.out << fmt::format("-- {}\n\n", outlook_of(context, script.directives.swap->table));
        return;
    }
    const Batches batches(script);
    for (const Unit& unit : units) {
        const bool is_inside = unit.transaction == Transaction::inside;
        if (is_inside)
            context.out << (unit.transaction_modes.empty() ? "BEGIN" : "BEGIN " + unit.transaction_modes) << ";\n";
        for (const Step* step : users_steps(unit)) {
            context.stop.check();
            if (const sql::Batch* batch = batches.find(*step))
                context.out << "-- in batches: " << migrate::describe(*batch) << '\n';
            context.out << with_names(context, step->sql) << ";\n";
            if (!step->copy_data.empty())
                context.out << with_names(context, step->copy_data) << "\\.\n";
        }
        context.out << (is_inside ? "COMMIT;\n" : "");
    }
    context.out << '\n';
}

nlohmann::json to_json(Context& context, const PendingFile& pending) {
    const auto& [migration, script, half_way, units] = pending;
    nlohmann::json statements = nlohmann::json::array();
    const Batches batches(script);
    for (const Unit& unit : units)
        for (const Step* step : users_steps(unit)) {
            context.stop.check();
            statements.push_back({{"file", step->source->file},
                                  {"line", step->source->line},
                                  {"sql", with_names(context, step->sql)},
                                  {"transaction", unit.transaction == Transaction::inside}});
            if (const sql::Batch* batch = batches.find(*step))
                statements.back()["batch"] = {
                    {"by", batch->by}, {"size", batch->size}, {"pause_ms", batch->pause.count()}};
        }
    nlohmann::json document{{"file", migration.file},
                            {"version", migration.version.text()},
                            {"description", migration.description},
                            {"transactional", script.is_transactional && !script.directives.swap},
                            {"stopped_at", nullptr},
                            {"statements", statements}};
    if (half_way != nullptr)
        document["stopped_at"] = {{"statement", half_way->next}, {"of", half_way->total}, {"line", half_way->line}};
    if (script.directives.swap)
        document["swap"] = {{"table", fmt::format("{}", fmt::join(script.directives.swap->table, "."))},
                            {"outlook", outlook_of(context, script.directives.swap->table)}};
    return document;
}

void warn_of_job(Context& context, const migrate::JobGuard& guard, const sql::Script& script,
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

void print_dry_run(Context& context, const MigrationTarget& target, const std::vector<migrate::HalfWay>& half_way,
                   const std::string& format) {
    const bool as_json = context.json || format == "json";
    nlohmann::json document{{"pending", nlohmann::json::array()}};
    const migrate::JobGuard guard(*target.connection, context.config.state.schema);
    for (const migrate::Migration* migration : target.comparison.pending) {
        PendingFile pending{
            *migration, migrate::load_script(*migration, target.directory.path, context.config.migrations.placeholders),
            half_way_of(half_way, migration->file)};
        migrate::require_statements(pending.script, *migration);
        migrate::look_for_partitioned(pending.script, *target.connection);
        warn_of_job(context, guard, pending.script, *target.connection);
        pending.units = units_of(pending, context.config.state.schema);
        if (as_json)
            document["pending"].push_back(to_json(context, pending));
        else if (format == "sql")
            print_sql(context, pending);
        else
            print_text(context, pending);
    }
    if (as_json)
        context.out << view::json_text(document) << '\n';
    else if (target.comparison.pending.empty())
        context.out << (format == "sql" ? "-- nothing pending\n" : "nothing pending\n");
}

}  // namespace

void preview_up(Context& context, const UpOptions& options) {
    MigrationTarget target = look_at(context, "up --dry-run", options.is_strict,
                                     parse_duration_option("--wait-for-database", options.wait_for_database));
    migrate::require_agreement(target.comparison);
    tell_warnings(context, target.comparison);
    keep_up_to(target, options.to);
    const std::vector<migrate::HalfWay> half_way = read_half_way(context, target);
    migrate::require_resumable(half_way);
    print_dry_run(context, target, half_way, options.dry_run);
}

}  // namespace tripmig::cli
