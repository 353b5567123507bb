#include <fmt/format.h>

#include <algorithm>

#include "backfill/catch_up.hpp"
#include "base/error.hpp"
#include "db/catalog/table_catalog.hpp"
#include "ddl/registry/registry.hpp"
#include "ddl/registry/registry_steps.hpp"
#include "ddl/replacement/replacement.hpp"
#include "ddl/statement_step.hpp"
#include "job/copy/catch_up.hpp"
#include "job/copy/foreign_keys.hpp"
#include "job/state/journal.hpp"
#include "job/state/state.hpp"
#include "job/transfer.hpp"
#include "job/triggers/own_triggers.hpp"
#include "sql/identifier.hpp"
#include "swap/composite/composite.hpp"
#include "swap/revert.hpp"

namespace tripmig::swap {

using ddl::append;
using ddl::statement;

namespace {

/// What an index of the new table is called on the old one.
std::string old_index_name(const db::IndexInfo& index, const job::State& state) {
    return index.is_primary ? sql::truncated_name(state.old_name, "_pkey")
                            : ddl::leaf_object_name(index.name.name, {state.table.schema, state.old_name});
}

/// The two tables exchange their names, and their indexes and statistics with them.
std::vector<Step> exchange_names(const RevertFacts& facts, const job::State& state) {
    const auto rename = [](const QualifiedName& table, const std::string& name) {
        return statement(fmt::format("ALTER TABLE {} RENAME TO {}", sql::quoted(table), sql::quote_ident(name)),
                         "the two tables exchange names", {{table, LockMode::access_exclusive}});
    };
    std::vector<Step> steps{rename(state.table, parked_name(state.table).name),
                            rename(facts.past.name, state.table.name)};
    append(steps, park(facts));
    for (const db::IndexInfo& index : facts.parent.indexes)
        steps.push_back(
            ddl::rename_index({state.table.schema, old_index_name(index, state)}, index.name.name, "its former name"));
    append(steps, restore_leaf_indexes(facts, state));
    return steps;
}

Error made_since(const job::State& state, const std::string& what) {
    return Error(ExitCode::refused,
                 fmt::format("{} has {}, which {} lacks", sql::quoted(state.table), what,
                             sql::quoted(QualifiedName{state.table.schema, state.old_name})),
                 "it was created after the cut-over: undo that, or finish the swap and keep the partitions");
}

}  // namespace

void require_same_parts(const RevertFacts& facts, const job::State& state) {
    for (const db::ColumnInfo& column : facts.parent.columns) {
        const db::ColumnInfo* old = facts.past.column(column.name);
        if (old == nullptr || old->type != column.type)
            throw made_since(state, fmt::format("column {} {}", sql::quote_ident(column.name), column.type));
    }
    for (const db::IndexInfo& index : facts.parent.indexes)
        if (std::none_of(facts.past.indexes.begin(), facts.past.indexes.end(),
                         [&](const db::IndexInfo& each) { return each.name.name == old_index_name(index, state); }))
            throw made_since(state, fmt::format("index {}", sql::quote_ident(index.name.name)));
}

Unit copy_revert_unit(const RevertFacts& facts, const job::State& state, const std::string& state_schema,
                      const config::SwapConfig& config) {
    const backfill::Transfer back = job::transfer_back(facts.parent, state, state_schema);
    Unit unit;
    unit.name = fmt::format("put {} back", sql::quoted(state.table));
    unit.lock_first = revert_locks(facts);
    unit.lock_first.push_back({back.capture.log, LockMode::access_exclusive});
    std::vector<Step>& steps = unit.steps;
    steps = {db::unchanged_since(facts.parent), db::unchanged_since(facts.past), job::not_truncated(back.capture),
             job::require_small_backlog(back.capture, config.final_keys),
             db::require_own_triggers(job::own_capture(state, state_schema), state_schema, state.job)};
    append(steps, backfill::last_catch_up(back));
    if (facts.registry)
        for (const db::IncomingKey& key : facts.registry->incoming)
            steps.push_back(ddl::drop_incoming_key(key));
    append(steps, drop_composite(facts.parent, state));
    append(steps, take_from_parent(facts, state));
    append(steps, exchange_names(facts, state));
    append(steps, restore_sequences(facts, state));
    append(steps, restore_attachments(facts, state));
    append(steps, restore_statistics(facts, state));
    append(steps, restore_replica_identity(facts, state));
    append(steps, restore_triggers(facts, state));
    append(steps, ddl::create_rules(state.table, facts.parent.rules));
    append(steps, restore_rights(facts, state));
    append(steps, end_composite(facts.parent, state));
    if (!state.swap().composite.empty())
        steps.push_back(statement(
            fmt::format("DROP INDEX IF EXISTS {}", sql::quoted(QualifiedName{state.table.schema, state.leaf_index()})),
            "it was for the keys with the column"));
    append(steps, restore_incoming(facts, state));
    append(steps, restore_keys(job::outgoing_keys(facts.parent), state.table));
    if (state.swap().key_was_nullable)
        steps.push_back(statement(fmt::format("ALTER TABLE {} ALTER COLUMN {} DROP NOT NULL", sql::quoted(state.table),
                                              sql::quote_ident(state.key)),
                                  "as it was before"));
    steps.push_back(job::journal(state, job::Stage::reverting, state_schema));
    return unit;
}

Unit drop_parked(const db::TableInfo& table, const job::State& state, const std::string& state_schema) {
    Unit unit;
    unit.name = fmt::format("drop {}", sql::quoted(parked_name(state.table)));
    unit.lock_first = {{table.name, LockMode::access_exclusive}};
    for (const db::ConstraintInfo& key : job::outgoing_keys(table))
        unit.lock_first.push_back({key.references, LockMode::access_exclusive});
    unit.steps = {statement(fmt::format("DROP TABLE IF EXISTS {}", sql::quoted(parked_name(state.table))),
                            "the copy with its partitions, and the triggers of its foreign keys on other tables")};
    if (state.swap().has_registry)
        append(unit.steps, ddl::drop_registry(ddl::registry_of(table, state.key)));
    if (state.copies())
        append(unit.steps, backfill::end_transfer(job::transfer_back(table, state, state_schema)));
    return unit;
}

}  // namespace tripmig::swap
