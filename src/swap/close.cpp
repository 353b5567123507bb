#include "swap/close.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "db/table_catalog.hpp"
#include "ddl/constraint_phases.hpp"
#include "ddl/index_definition.hpp"
#include "ddl/registry.hpp"
#include "ddl/staged.hpp"
#include "ddl/statement_step.hpp"
#include "sql/identifier.hpp"
#include "swap/attempts.hpp"
#include "swap/composite.hpp"
#include "swap/disk_full.hpp"
#include "swap/run.hpp"
#include "swap/run_copy.hpp"
#include "swap/split_guard.hpp"
#include "swap/succession_of.hpp"
#include "swap/transfer_of.hpp"
#include "swap/validate_keys.hpp"

namespace tripmig::swap {

namespace {

Unit closing_unit(Server& server, const SwapState& state, std::vector<Step> steps) {
    Unit unit;
    unit.name = fmt::format("close the swap of {}", sql::quoted(state.table));
    unit.steps = std::move(steps);
    unit.steps.push_back(db::finish_job_step(server.state_schema(), to_job(state)));
    return unit;
}

/// Leaves and all; their triggers call what goes next.
std::vector<Step> drop_staged(const SwapState& state) {
    if (!state.is_copy())
        return {};
    return {ddl::statement(fmt::format("DROP TABLE IF EXISTS {}", sql::quoted(ddl::staged_name(state.table))),
                           "the copy, with its leaves")};
}

/// The table is gone: what the job made beside it is left.
std::vector<Step> sweep_up(const SwapState& state, const std::string& state_schema) {
    db::TableInfo gone;
    gone.name = state.table;
    const ddl::Registry registry = ddl::registry_of(gone, state.key);
    std::vector<Step> steps = drop_staged(state);
    ddl::append(steps, move::end_transfer(transfer_of(succession_of(gone, state), state, state_schema)));
    if (state.has_registry && !state.was_empty)
        ddl::append(steps, ddl::drop_registry(registry));
    return steps;
}

std::vector<Step> undo_preparation(const db::TableInfo& table, const SwapState& state,
                                   const std::string& state_schema) {
    std::vector<Step> steps;
    const bool has_begun = !state.was_empty && state.stage >= Stage::capturing;
    const bool has_begun_registry = state.has_registry && has_begun;
    const ddl::Succession succession = succession_of(table, state);
    ddl::append(steps, drop_staged(state));
    if (has_begun_registry || (has_begun && state.is_copy()))
        ddl::append(steps, move::end_transfer(transfer_of(succession, state, state_schema)));
    for (const std::string& check : {state.bound_check(), state.null_check()})
        steps.push_back(ddl::drop_check(table.name, check, "the swap is given up"));
    if (has_begun_registry)
        ddl::append(steps, ddl::drop_registry(*succession.registry));
    if (const db::ColumnInfo* column = table.column(state.key);
        column != nullptr && state.key_was_nullable && column->not_null)
        steps.push_back(ddl::statement(fmt::format("ALTER TABLE {} ALTER COLUMN {} DROP NOT NULL",
                                                   sql::quoted(table.name), sql::quote_ident(state.key)),
                                       "as it was before"));
    return steps;
}

/// The old table goes, and what kept it in step.
Unit closing_copy(Server& server, const SwapState& state) {
    const db::TableInfo table = require_table(server, state.table);
    const move::Transfer back = transfer_back(table, state, server.state_schema());
    std::vector<Step> steps;
    std::vector<LockRequest> locks{{state.table, LockMode::access_exclusive}};
    for (const QualifiedName& leaf : leaves_of(server, state.table)) {
        locks.push_back({leaf, LockMode::access_exclusive});
        steps.push_back(ddl::statement(fmt::format("DROP TRIGGER IF EXISTS {} ON {}",
                                                   sql::quote_ident(back.capture.truncate_trigger), sql::quoted(leaf)),
                                       "nothing follows any more"));
    }
    ddl::append(steps, move::end_transfer(back));
    const QualifiedName old{state.table.schema, state.leaf};
    steps.push_back(ddl::statement(fmt::format("DROP TABLE IF EXISTS {}", sql::quoted(old)),
                                   "the old table: from here there is no way back"));
    Unit unit = closing_unit(server, state, std::move(steps));
    unit.lock_first = std::move(locks);
    return unit;
}

}  // namespace

SwapState require_job(Server& server, const QualifiedName& table) {
    const std::optional<db::Job> job = server.open_job(table);
    if (!job)
        throw Error(ExitCode::refused, fmt::format("no swap of {} is under way", sql::quoted(table)),
                    "tripmig swap status TABLE says what was");
    return from_job(*job);
}

SwapState finish(Server& server, const QualifiedName& table) {
    SwapState state = require_job(server, table);
    if (state.stage != Stage::complete)
        throw Error(
            ExitCode::refused,
            fmt::format("the swap of {} is not complete ({})", sql::quoted(table), to_string(state.stage)),
            state.is_cut() ? "tripmig swap run TABLE goes on" : "tripmig swap run TABLE goes on, abort gives it up");
    state.stage = Stage::finished;
    validate_keys(server, state);  // nobody tries again
    if (state.is_copy() && !state.was_empty)
        run_protected(server, closing_copy(server, state));
    else
        server.executor().run(closing_unit(server, state, {}));
    return state;
}

namespace {

void require_abortable(const SwapState& state) {
    if (state.is_cut())
        throw Error(ExitCode::refused, fmt::format("{} is cut over already", sql::quoted(state.table)),
                    "tripmig swap revert TABLE goes back");
}

void drop_own_indexes(Server& server, const db::TableInfo& table, const SwapState& state) {
    const auto drop = [&](const QualifiedName& index) {
        server.executor().run(ddl::drop_index_concurrently(table.name, index, "the swap is given up"));
    };
    if (!state.primary_key.empty() && (!state.is_copy() || state.incoming == config::IncomingForeignKeys::composite))
        drop({table.name.schema, state.leaf_index()});
    for (const db::IndexInfo& index : table.indexes)
        if (is_wider_index(index.name.name))
            drop(index.name);
}

/// Drops what takes space. Deleted catalog rows need none of their own, as updated ones and the job's record may.
void free_space(Server& server, const SwapState& state) {
    Unit unit;
    unit.name = fmt::format("free the space that the swap of {} takes", sql::quoted(state.table));
    if (db::read_table(server.session(), state.table))
        unit.lock_first = {{state.table, LockMode::access_exclusive}};
    unit.steps = sweep_up(state, server.state_schema());
    run_step(server, unit);
}

SwapState give_up(Server& server, SwapState state) {
    const QualifiedName name = state.table;
    const std::optional<db::TableInfo> table = db::read_table(server.session(), name);
    db::TableInfo gone;
    gone.name = name;
    undo_composite(server, table ? *table : gone, state);
    if (table)
        drop_own_indexes(server, *table, state);
    std::vector<Step> steps;
    std::vector<LockRequest> locks;
    if (!table) {
        steps = sweep_up(state, server.state_schema());
    } else {
        steps = undo_preparation(*table, state, server.state_schema());
        locks = {{name, LockMode::access_exclusive}};
    }
    if (const auto partition = default_beside(server.session(), state); partition && has_split_guard(*partition)) {
        ddl::append(steps, ddl::drop_default_guard(partition->name, split_guard_name).steps);
        locks.push_back({partition->name, LockMode::access_exclusive});
    }
    state.stage = Stage::aborted;
    Unit unit = closing_unit(server, state, std::move(steps));
    unit.lock_first = std::move(locks);
    run_protected(server, unit);
    return state;
}

}  // namespace

SwapState abort(Server& server, const QualifiedName& name) {
    const SwapState state = require_job(server, name);
    require_abortable(state);
    try {
        return give_up(server, state);
    } catch (const Error& error) {
        if (!is_disk_full(error))
            throw;
    }
    free_space(server, state);
    return give_up(server, state);
}

}  // namespace tripmig::swap
