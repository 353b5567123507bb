#include "swap/copy/sync_old_table.hpp"

#include <fmt/format.h>

#include "ddl/index_definition.hpp"
#include "ddl/statement_step.hpp"
#include "job/copy/catch_up.hpp"
#include "job/locks/attempts.hpp"
#include "job/source/source_table.hpp"
#include "job/triggers/actions.hpp"
#include "job/triggers/own_triggers.hpp"
#include "job/verify/verify.hpp"
#include "sql/identifier.hpp"

namespace tripmig::swap {

namespace {

/// The leaves' triggers on TRUNCATE, which no parent gives them.
std::vector<Step> renew_truncate_triggers(const backfill::Capture& capture, const std::vector<QualifiedName>& leaves) {
    std::vector<Step> steps;
    const std::string trigger = sql::quote_ident(capture.truncate_trigger);
    for (const QualifiedName& leaf : leaves) {
        const std::string table = sql::quoted(leaf);
        steps.push_back(
            ddl::statement(fmt::format("DROP TRIGGER IF EXISTS {} ON {}", trigger, table), "created again"));
        steps.push_back(ddl::statement(
            fmt::format("CREATE TRIGGER {} AFTER TRUNCATE ON {} FOR EACH STATEMENT EXECUTE FUNCTION {}()", trigger,
                        table, sql::quoted(capture.truncate_function)),
            "TRUNCATE of a partition counts as TRUNCATE of the table"));
        steps.push_back(ddl::statement(fmt::format("ALTER TABLE {} ENABLE ALWAYS TRIGGER {}", table, trigger),
                                       "also for a replication worker"));
    }
    return steps;
}

Unit renew_reverse_unit(job::Session& server, const job::State& state, const backfill::Capture& capture) {
    const std::vector<QualifiedName> leaves = job::leaves_of(server, state.table);
    Unit unit;
    unit.name = fmt::format("recreate the triggers on {}", sql::quoted(state.table));
    unit.lock_first = {{state.table, LockMode::access_exclusive}};
    for (const QualifiedName& leaf : leaves)
        unit.lock_first.push_back({leaf, LockMode::access_exclusive});
    unit.steps = backfill::renew_capture(capture);
    ddl::append(unit.steps, renew_truncate_triggers(capture, leaves));
    unit.steps.push_back(
        db::record_own_triggers(job::own_capture(state, server.state_schema()), server.state_schema(), state.job));
    return unit;
}

/// Of the job of an older version: what the triggers were is not known, what the rows are is.
bool old_table_is_equal(job::Session& server, const job::State& state, const backfill::Transfer& back) {
    job::run_step(server, renew_reverse_unit(server, state, back.capture));
    sync_old_table(server, back);
    return job::verify_copy(server, state).empty();
}

}  // namespace

Unit copy_all_back(const backfill::Transfer& back) {
    const backfill::Projection& projection = back.projections.front();
    const std::string columns = ddl::column_list(projection.columns);
    Unit unit;
    unit.name = fmt::format("copy all of {} back", sql::quoted(projection.source));
    unit.steps = {
        ddl::statement("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", "log and rows from one snapshot"),
        ddl::statement(fmt::format("DELETE FROM {}", sql::quoted(back.capture.log)),
                       "everything that it names is copied now"),
        ddl::statement(fmt::format("DELETE FROM {}", sql::quoted(projection.target)), "the table was truncated"),
        ddl::statement(fmt::format("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM {}",
                                   sql::quoted(projection.target), columns, columns, sql::quoted(projection.source)),
                       "its rows as they are now")};
    return unit;
}

/// What was unique without the key may be so no more.
Error not_unique(const QualifiedName& table, const std::string& index, const Error& cause) {
    return Error(ExitCode::refused,
                 fmt::format("{} has rows that {} of the old table does not accept", sql::quoted(table), index),
                 "since the cut-over it is unique only together with the partition key, or within a partition: change "
                 "or delete one of the rows, and run this again")
        .with_sqlstate(cause.sqlstate())
        .with_detail(cause.detail());
}

void sync_old_table(job::Session& server, const backfill::Transfer& back) {
    const bool was_emptied = server.session().flag(
        fmt::format("SELECT EXISTS (SELECT FROM {} WHERE truncated)", sql::quoted(back.capture.log)));
    try {
        if (was_emptied)
            server.executor().run(copy_all_back(back));
        job::run_catch_up(server, back);
    } catch (const Error& error) {
        if (error.sqlstate() != "23505")
            throw;
        throw not_unique(back.capture.source, "a unique index", error);
    }
}

void follow_to_old_table(job::Session& server, job::State& state, const backfill::Transfer& back) {
    const db::OwnTriggers own = job::own_capture(state, server.state_schema());
    db::OwnTriggerChanges found = db::read_own_trigger_changes(server.session(), own, server.state_schema(), state.job);
    if (!found.is_recorded && !old_table_is_equal(server, state, back))
        found.changes = {"the old table differs from the new one"};
    if (state.copy().must_compare)
        found.changes.emplace_back("`swap verify` found differences");
    if (!found.changes.empty()) {
        job::tell_altered(server, state, found.changes, "and all rows are copied back again");
        Unit unit = renew_reverse_unit(server, state, back.capture);
        unit.steps.insert(unit.steps.begin(), backfill::mark_incomplete(back.capture));
        job::run_step(server, unit);
    }
    sync_old_table(server, back);
    if (state.copy().must_compare)
        job::require_no_difference(server, state);
}

}  // namespace tripmig::swap
