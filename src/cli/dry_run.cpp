#include "cli/dry_run.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "migrate/batch.hpp"
#include "migrate/partitioned_statements.hpp"
#include "migrate/pieces.hpp"
#include "migrate/plan.hpp"
#include "migrate/script.hpp"

namespace tripmig::cli {

namespace {

/// The units that one file becomes, as `up` makes them.
std::vector<Unit> units_of(const migrate::Migration& migration, const migrate::Script& script,
                           const std::string& schema) {
    const migrate::PlanOptions options{schema, 0, true, false};
    if (script.is_transactional)
        return {migrate::plan_transaction(migration, script, options)};
    std::vector<Unit> units;
    for (const migrate::Piece& piece : migrate::pieces_of(script))
        if (piece.first != piece.last)
            units.push_back(migrate::plan_piece(migration, script, piece, options));
    return units;
}

/// The statement's `batch` directive, when it has one.
const sql::Batch* batch_of(const migrate::Script& script, const Step& step) {
    for (const migrate::ScriptStatement& statement : script.statements)
        if (statement.directives.batch && statement.source.file == step.source->file &&
            statement.source.line == step.source->line && statement.source.column == step.source->column)
            return &*statement.directives.batch;
    return nullptr;
}

/// The users' statements alone: those that have a place in a file.
std::vector<const Step*> users_steps(const Unit& unit) {
    std::vector<const Step*> steps;
    for (const Step& step : unit.steps)
        if (step.source)
            steps.push_back(&step);
    return steps;
}

void print_text(Context& context, const migrate::Migration& migration, const migrate::Script& script,
                const std::vector<Unit>& units) {
    context.out << fmt::format(
        "{}  ({})\n", migration.file,
        script.is_transactional ? "one transaction" : "a statement at a time: " + script.why_not);
    for (const Unit& unit : units)
        for (const Step* step : users_steps(unit)) {
            if (const sql::Batch* batch = batch_of(script, *step))
                context.out << fmt::format("  {}:{}  in batches ({}):\n", step->source->file, step->source->line,
                                           migrate::describe(*batch));
            context.out << fmt::format("  {}:{}  {}\n", step->source->file, step->source->line,
                                       fmt::format("{}{}", step->sql.substr(0, step->sql.find('\n')),
                                                   step->sql.find('\n') == std::string::npos ? "" : " ..."));
        }
}

void print_sql(Context& context, const migrate::Migration& migration, const migrate::Script& script,
               const std::vector<Unit>& units) {
    context.out << fmt::format("-- {}\n", migration.file);
    for (const Unit& unit : units) {
        const bool is_inside = unit.transaction == Transaction::inside;
        context.out << (is_inside ? "BEGIN;\n" : "");
        for (const Step* step : users_steps(unit)) {
            if (const sql::Batch* batch = batch_of(script, *step))
                context.out << "-- in batches: " << migrate::describe(*batch) << '\n';
            context.out << step->sql << ";\n";
            if (!step->copy_data.empty())
                context.out << step->copy_data << "\\.\n";
        }
        context.out << (is_inside ? "COMMIT;\n" : "");
    }
    context.out << '\n';
}

nlohmann::json to_json(const migrate::Migration& migration, const migrate::Script& script,
                       const std::vector<Unit>& units) {
    nlohmann::json statements = nlohmann::json::array();
    for (const Unit& unit : units)
        for (const Step* step : users_steps(unit)) {
            statements.push_back({{"file", step->source->file},
                                  {"line", step->source->line},
                                  {"sql", step->sql},
                                  {"transaction", unit.transaction == Transaction::inside}});
            if (const sql::Batch* batch = batch_of(script, *step))
                statements.back()["batch"] = {
                    {"by", batch->by}, {"size", batch->size}, {"pause_ms", batch->pause.count()}};
        }
    return {{"file", migration.file},
            {"version", migration.version.text()},
            {"description", migration.description},
            {"transactional", script.is_transactional},
            {"statements", statements}};
}

}  // namespace

void print_dry_run(Context& context, const MigrationTarget& target, const std::string& format) {
    const bool as_json = context.json || format == "json";
    nlohmann::json document{{"pending", nlohmann::json::array()}};
    for (const migrate::Migration* migration : target.comparison.pending) {
        migrate::Script script =
            migrate::load_script(*migration, target.directory.path, context.config.migrations.placeholders);
        migrate::look_for_partitioned(script, *target.connection);
        const std::vector<Unit> units = units_of(*migration, script, context.config.state.schema);
        if (as_json)
            document["pending"].push_back(to_json(*migration, script, units));
        else if (format == "sql")
            print_sql(context, *migration, script, units);
        else
            print_text(context, *migration, script, units);
    }
    if (as_json)
        context.out << document.dump(2) << '\n';
    else if (target.comparison.pending.empty())
        context.out << (format == "sql" ? "-- nothing pending\n" : "nothing pending\n");
}

}  // namespace tripmig::cli
