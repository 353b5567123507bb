#include "partition/split/cut_over.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "backfill/catch_up.hpp"
#include "db/catalog/table_catalog.hpp"
#include "ddl/constraint_phases.hpp"
#include "ddl/leaf.hpp"
#include "ddl/leaf_index.hpp"
#include "ddl/replacement/replacement.hpp"
#include "ddl/replacement/staged.hpp"
#include "ddl/replacement/table_settings.hpp"
#include "ddl/statement_step.hpp"
#include "job/copy/catch_up.hpp"
#include "job/copy/foreign_keys.hpp"
#include "job/copy/units.hpp"
#include "job/replacement.hpp"
#include "job/state/journal.hpp"
#include "job/state/state.hpp"
#include "job/transfer.hpp"
#include "job/triggers/own_triggers.hpp"
#include "partition/split/guard.hpp"
#include "sql/identifier.hpp"

namespace tripmig::partition {

using ddl::append;
using ddl::statement;

namespace {

/// Nobody but autovacuum waits for the staged table; then parents before leaves, then the tables of foreign keys.
std::vector<LockRequest> locks_of(const SplitFacts& facts, const std::string& key, const QualifiedName& log) {
    std::vector<LockRequest> locks{{facts.staged.name, LockMode::access_exclusive}};
    for (const ddl::Leaf& month : facts.target_partitions)
        locks.push_back({month.name, LockMode::access_exclusive});
    locks.push_back({facts.parent.name, LockMode::access_exclusive});
    locks.push_back({facts.leaf.name, LockMode::access_exclusive});
    for (const QualifiedName& leaf : facts.others)
        locks.push_back({leaf, LockMode::access_exclusive});
    for (const QualifiedName& table : ddl::parent_facts(facts.parent, key).references)
        locks.push_back({table, LockMode::access_exclusive});
    locks.push_back({log, LockMode::access_exclusive});
    return locks;
}

std::vector<Step> take_out(const SplitFacts& facts, const std::vector<db::ConstraintInfo>& keys) {
    std::vector<Step> steps;
    for (const db::ConstraintInfo& key : keys)
        steps.push_back(statement(fmt::format("ALTER TABLE {} DROP CONSTRAINT {}", sql::quoted(facts.parent.name),
                                              sql::quote_ident(key.name)),
                                  "each leaf gets it in this transaction; the table's comes back afterwards"));
    steps.push_back(statement(
        fmt::format("ALTER TABLE {} DETACH PARTITION {}", sql::quoted(facts.parent.name), sql::quoted(facts.leaf.name)),
        "the leaf stays as a table", {{facts.parent.name, LockMode::access_exclusive}}));
    for (const db::TriggerInfo& trigger : facts.leaf.triggers)
        if (trigger.on_truncate && !trigger.is_inherited)
            steps.push_back(statement(fmt::format("DROP TRIGGER IF EXISTS {} ON {}", sql::quote_ident(trigger.name),
                                                  sql::quoted(facts.leaf.name)),
                                      "no leaf of the table any more"));
    return steps;
}

std::vector<Step> put_in(const job::WorkContext& context, const SplitFacts& facts, const ddl::Leaf& month) {
    const std::string name = sql::quoted(month.name);
    return {statement(fmt::format("ALTER TABLE {} DETACH PARTITION {}", sql::quoted(facts.staged.name), name),
                      "filled and indexed"),
            statement(fmt::format("ALTER TABLE {} ATTACH PARTITION {} {}", sql::quoted(facts.parent.name), name,
                                  ddl::for_values(job::key_type_of(context.state), month.bounds)),
                      "the CHECK implies the bounds, the indexes are there: no scan"),
            ddl::drop_check(month.name, std::string(job::partition_range_check), "the bounds say it now")};
}

/// The old DEFAULT's indexes leave their names to the new one's, as far as these want them.
std::vector<Step> make_room(const db::TableInfo& leaf, const std::vector<db::LeafIndex>& wanted,
                            const std::string& now) {
    std::vector<Step> steps;
    for (const db::LeafIndex& index : wanted) {
        const QualifiedName name{leaf.name.schema, ddl::name_on(leaf.name, index)};
        if (std::any_of(leaf.indexes.begin(), leaf.indexes.end(),
                        [&](const db::IndexInfo& each) { return each.name == name; }))
            steps.push_back(ddl::rename_index(name, ddl::name_on({leaf.name.schema, now}, index), "makes room"));
    }
    return steps;
}

/// DEFAULT is there again before anybody sees that it was gone: new, empty, under its name.
std::vector<Step> put_default_back(const job::WorkContext& context, const SplitFacts& facts) {
    if (!context.state.is_default())
        return {};
    ddl::ParentFacts parent = ddl::parent_facts(facts.parent, context.state.key);
    parent.options = facts.leaf.options;
    parent.tablespace = facts.leaf.tablespace;
    parent.leaf_indexes = ddl::per_leaf_indexes(context.replacement);
    std::vector<Step> steps{statement(fmt::format("ALTER TABLE {} RENAME TO {}", sql::quoted(facts.leaf.name),
                                                  sql::quote_ident(context.state.old_name)),
                                      "the rows as they were")};
    append(steps, make_room(facts.leaf, parent.leaf_indexes, context.state.old_name));
    append(steps, ddl::default_steps(parent, facts.leaf.name));
    return steps;
}

/// The new partitions, and a new DEFAULT.
Step check_made(const job::WorkContext& context, const SplitFacts& facts) {
    const ddl::ParentFacts parent = ddl::parent_facts(facts.parent, context.state.key);
    std::vector<ddl::TableSettings> made;
    for (const ddl::Leaf& month : facts.target_partitions)
        made.push_back(ddl::settings_of(parent, month.name));
    if (context.state.is_default())
        made.push_back(ddl::settings_of(parent, facts.leaf.name));
    return ddl::check_settings(made);
}

}  // namespace

Unit split_cut_over_unit(const job::WorkContext& context, const SplitFacts& facts, const config::SwapConfig& config) {
    const backfill::Transfer transfer = job::build_transfer(context.replacement, context.state, context.state_schema);
    job::State state = context.state;
    state.edit_copy().outgoing = job::outgoing_keys(facts.parent);
    Unit unit;
    unit.name = fmt::format("cut over {}", sql::quoted(facts.leaf.name));
    unit.lock_first = locks_of(facts, state.key, transfer.capture.log);
    std::vector<Step>& steps = unit.steps;
    steps = {db::unchanged_since(facts.parent), db::unchanged_since(facts.leaf), job::not_truncated(transfer.capture),
             job::require_small_backlog(transfer.capture, config.final_keys)};
    append(steps, job::require_own(context.state, context.state_schema));
    append(steps, backfill::last_catch_up(transfer));
    append(steps, backfill::end_transfer(transfer));
    append(steps, take_out(facts, state.copy().outgoing));
    for (const ddl::Leaf& month : facts.target_partitions)
        append(steps, put_in(context, facts, month));
    if (facts.guarded)
        append(steps, ddl::drop_default_guard(*facts.guarded, split_guard_name).steps);
    append(steps, put_default_back(context, facts));
    for (const ddl::Leaf& month : facts.target_partitions)
        append(steps, ddl::leaf_foreign_keys(state.copy().outgoing, month.name));
    if (state.is_default())
        append(steps, ddl::leaf_foreign_keys(state.copy().outgoing, facts.leaf.name));
    for (const QualifiedName& leaf : facts.others)
        append(steps, ddl::leaf_foreign_keys(state.copy().outgoing, leaf));
    steps.push_back(statement(fmt::format("DROP TABLE {}", sql::quoted(facts.staged.name)), "it has no leaf any more"));
    steps.push_back(check_made(context, facts));
    steps.push_back(job::journal(state, job::Stage::cut_over, context.state_schema));
    return unit;
}

}  // namespace tripmig::partition
