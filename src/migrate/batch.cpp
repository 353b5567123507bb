#include "migrate/batch.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/duration.hpp"
#include "base/error.hpp"
#include "sql/identifier.hpp"

namespace tripmig::migrate {

std::string describe(const sql::Batch& batch) {
    return fmt::format("batch by {}, {} rows each{}", sql::quote_ident(batch.by), batch.size,
                       batch.pause.count() > 0 ? ", pause " + tripmig::to_string(batch.pause) : "");
}

namespace {

std::string from(const sql::RangeStatement& cut, const BatchKey& key) {
    return fmt::format("{}{} AS batched", cut.is_only ? "ONLY " : "", key.table);
}

std::string literal(const std::string& value, const BatchKey& key) {
    return fmt::format("{}::{}", sql::quote_literal(value), key.type);
}

/// `last` < column <= `upper`.
std::string range(const std::string& column, const BatchKey& key, const std::optional<std::string>& last,
                  const std::string& upper) {
    const std::string above = last ? fmt::format("{} > {} AND ", column, literal(*last, key)) : std::string();
    return fmt::format("({}{} <= {})", above, column, literal(upper, key));
}

}  // namespace

std::string highest_key_sql(const sql::RangeStatement& cut, const BatchKey& key) {
    return fmt::format("SELECT batched.{0}::pg_catalog.text FROM {1} ORDER BY batched.{0} DESC LIMIT 1", key.column,
                       from(cut, key));
}

std::string next_key_sql(const sql::RangeStatement& cut, const BatchKey& key, const db::JournalProgress& progress,
                         std::int64_t size) {
    return fmt::format("SELECT batched.{0}::pg_catalog.text FROM {1} WHERE {2} ORDER BY batched.{0} OFFSET {3} LIMIT 1",
                       key.column, from(cut, key), range("batched." + key.column, key, progress.last, progress.upper),
                       size - 1);
}

Step batch_step(const ScriptStatement& statement, const sql::RangeStatement& cut, const BatchKey& key,
                const db::JournalProgress& progress, const std::string& last) {
    Step step = step_of(statement);
    step.sql = cut.within(range(sql::quote_ident(cut.alias) + "." + key.column, key, progress.last, last));
    step.why = fmt::format("{} up to {}", sql::quote_ident(statement.directives->batch->by), last);
    return step;
}

Unit plan_batch(const Migration& migration, const Script& script, const Piece& piece, const PlanOptions& options,
                Step batch, const db::JournalProgress& done) {
    const ScriptStatement& statement = script.statements[piece.first];
    Unit unit;
    unit.name = fmt::format("{} line {}, up to {} {}", migration.file, statement.line, done.by, *done.last);
    unit.user_sql = true;
    unit.keeps_session = true;
    unit.steps = with_timeouts(statement, std::move(batch), true);
    // The file may have set another role for its own statements; the journal belongs to the role that logged in.
    Step role;
    role.sql = "SET LOCAL ROLE NONE";
    unit.steps.push_back(role);
    unit.steps.push_back(db::journal_step(options.state_schema, migration.file, piece.ordinal, piece.sha256,
                                          done.last == done.upper, done));
    if (!script.directives.retry.value_or(true))
        for (Step& step : unit.steps)
            step.retry = Retry::never;
    return unit;
}

}  // namespace tripmig::migrate
