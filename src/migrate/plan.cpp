#include "migrate/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "migrate/new_objects.hpp"

namespace tripmig::migrate {

namespace {

void append(std::vector<Step>& steps, std::vector<Step> more) {
    std::move(more.begin(), more.end(), std::back_inserter(steps));
}

std::vector<Step> history_steps(const Migration& migration, const Script& script, const PlanOptions& options,
                                std::optional<std::int64_t> duration_ms, bool is_new = false) {
    db::MigrationRecord record = record_of(migration, script, options);
    record.duration_ms = duration_ms;
    return migration.kind == Kind::undo ? db::record_undo_steps(record, options.state_schema)
                                        : db::record_steps(record, options.state_schema, is_new);
}

/// The file may have set another role for its own statements; the journal belongs to the role that logged in.
std::vector<Step> journal_steps(const Migration& migration, const Piece& piece, const PlanOptions& options,
                                bool is_done, const std::optional<db::SampledLocks>& sampled = std::nullopt) {
    Step role;
    role.sql = "SET LOCAL ROLE NONE";
    role.why = "the journal belongs to the role that logged in";
    return {role, db::journal_step(options.state_schema, migration.file, piece.ordinal, piece.sha256, is_done,
                                   std::nullopt, sampled)};
}

}  // namespace

db::MigrationRecord record_of(const Migration& migration, const Script& script, const PlanOptions& options) {
    db::MigrationRecord record;
    record.kind = migration.kind == Kind::versioned ? "V" : migration.kind == Kind::undo ? "U" : "R";
    record.version = migration.version.text();
    record.description = migration.description;
    record.file = migration.file;
    const ExpandedHashes hashes = recorded_hashes(migration, script);
    record.sha256 = hashes.sha256;
    record.sha256_tokens = hashes.sha256_tokens;
    record.batch = options.batch;
    return record;
}

Step step_of(const ScriptStatement& statement) {
    Step step;
    step.sql = std::string(statement.sql);
    step.source = source_of(statement);
    step.copy_data = std::string(statement.copy_data);
    step.retry = statement.directives->retry.value_or(true) ? Retry::unit : Retry::never;
    step.why = fmt::format("{}:{}", statement.file, statement.line);
    return step;
}

std::vector<Step> with_timeouts(const ScriptStatement& statement, Step step, bool is_in_transaction) {
    std::vector<Step> before;
    std::vector<Step> after;
    const auto set_for = [&](std::string_view name, std::chrono::milliseconds value) {
        Step set;
        set.sql = fmt::format(
            "SELECT pg_catalog.set_config('tripmig.{0}', pg_catalog.current_setting('{0}'), {1}), "
            "pg_catalog.set_config('{0}', '{2}', {1})",
            name, is_in_transaction, value.count());
        set.why = fmt::format("{} for the next statement only", name);
        before.push_back(set);
        set.sql = fmt::format("SELECT pg_catalog.set_config('{0}', pg_catalog.current_setting('tripmig.{0}'), {1})",
                              name, is_in_transaction);
        set.why = fmt::format("{} as before", name);
        after.push_back(set);
    };
    if (statement.directives->lock_timeout)
        set_for("lock_timeout", *statement.directives->lock_timeout);
    if (statement.directives->statement_timeout)
        set_for("statement_timeout", *statement.directives->statement_timeout);
    before.push_back(std::move(step));
    append(before, std::move(after));
    return before;
}

namespace {

/// Reading and writing rows, and settings: nothing that others but DDL would wait for.
bool may_lock_strongly(const sql::Facts& facts) {
    static constexpr std::array<std::string_view, 11> harmless = {
        "insert", "update", "delete", "merge", "select", "values", "copy", "set", "savepoint", "begin", "reset"};
    return std::find(harmless.begin(), harmless.end(), facts.kind) == harmless.end();
}

/// The statements of one transaction. Before each that may lock, what was locked before it is noted, and when.
std::vector<Step> steps_of(const Script& script, std::size_t first, std::size_t last, bool is_in_transaction,
                           bool is_new = false) {
    std::vector<Step> steps;
    for (std::size_t i = first; i < last; ++i) {
        const ScriptStatement& statement = script.statements[i];
        if (is_in_transaction && !is_new && i > first && may_lock_strongly(*statement.facts))
            steps.push_back(db::mark_locks_step());
        append(steps, with_timeouts(statement, step_of(statement), is_in_transaction));
    }
    return steps;
}

/// What a BEGIN and a SET TRANSACTION at the head say of the transaction: our own BEGIN says it, since no query may
/// come before it (manual, SET TRANSACTION). `first` moves behind them.
std::string take_modes(const Script& script, std::size_t& first, std::size_t last) {
    std::string modes;
    for (; first < last && !script.statements[first].facts->transaction_modes.empty(); ++first)
        modes += (modes.empty() ? "" : ", ") + script.statements[first].facts->transaction_modes;
    return modes;
}

}  // namespace

Unit plan_transaction(const Migration& migration, const Script& script, const PlanOptions& options) {
    Unit unit;
    unit.name = migration.file;
    unit.user_sql = true;
    unit.asynchronous = !options.is_last && !options.durable_each;
    const bool is_new = migration.kind != Kind::undo && makes_only_new_objects(script);
    unit.leaves_session = is_new;
    std::size_t first = 0;
    unit.transaction_modes = take_modes(script, first, script.statements.size());
    unit.steps = steps_of(script, first, script.statements.size(), true, is_new);
    append(unit.steps, history_steps(migration, script, options, std::nullopt, is_new));
    if (!script.directives.retry.value_or(true))
        for (Step& step : unit.steps)
            step.retry = Retry::never;
    return unit;
}

Unit plan_piece(const Migration& migration, const Script& script, const Piece& piece, const PlanOptions& options) {
    Unit unit;
    const bool has_transaction = piece.kind == Piece::Kind::transaction || piece.kind == Piece::Kind::batch;
    unit.name = fmt::format("{} line {}", migration.file, script.statements[piece.first].line);
    unit.user_sql = true;
    unit.keeps_session = true;
    unit.transaction = has_transaction ? Transaction::inside : Transaction::none;
    std::size_t first = piece.first;
    if (has_transaction)
        unit.transaction_modes = take_modes(script, first, piece.last);
    unit.steps = steps_of(script, first, piece.last, has_transaction);
    if (has_transaction)
        append(unit.steps, journal_steps(migration, piece, options, true));
    const bool may_repeat =
        piece.kind != Piece::Kind::committing || script.statements[piece.first].directives->repeat.value_or(false);
    if (!script.directives.retry.value_or(true) || !may_repeat)
        for (Step& step : unit.steps)
            step.retry = Retry::never;
    return unit;
}

Unit plan_journal(const Migration& migration, const Piece& piece, const PlanOptions& options, bool is_done,
                  const std::optional<db::SampledLocks>& sampled) {
    Unit unit;
    unit.name = fmt::format("{}, journal", migration.file);
    unit.user_sql = true;
    unit.keeps_session = true;
    unit.steps = journal_steps(migration, piece, options, is_done, sampled);
    return unit;
}

Unit plan_forget(const Migration& migration, const Piece& piece, const PlanOptions& options) {
    Unit unit;
    unit.name = fmt::format("{}, journal", migration.file);
    unit.user_sql = true;
    unit.keeps_session = true;
    Step role;
    role.sql = "SET LOCAL ROLE NONE";
    role.why = "the journal belongs to the role that logged in";
    unit.steps = {role, db::forget_statement_step(options.state_schema, migration.file, piece.ordinal)};
    return unit;
}

Unit plan_completion(const Migration& migration, const Script& script, const PlanOptions& options,
                     std::int64_t duration_ms) {
    Unit unit;
    unit.name = migration.file + ", its history row";
    unit.user_sql = true;
    append(unit.steps,
           history_steps(migration, script, options, duration_ms));  // takes over what the journal says of locks
    unit.steps.push_back(db::forget_journal_step(options.state_schema, migration.file));
    return unit;
}

}  // namespace tripmig::migrate
