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
#include "job/copy/row_hash.hpp"
#include "job/copy/units.hpp"
#include "job/replacement.hpp"
#include "job/state/journal.hpp"
#include "job/state/state.hpp"
#include "job/transfer.hpp"
#include "job/triggers/own_triggers.hpp"
#include "partition/split/drain.hpp"
#include "partition/split/guard.hpp"
#include "sql/identifier.hpp"

namespace tripmig::partition {

using ddl::append;
using ddl::statement;

namespace {

/// Nobody but autovacuum waits for the staged table; then parents before leaves, then the tables of foreign keys.
std::vector<LockRequest> locks_of(const CutOverFacts& facts, const std::string& key, const QualifiedName& log) {
    std::vector<LockRequest> locks{{facts.staged.name, LockMode::access_exclusive}};
    for (const ddl::Leaf& month : facts.target_partitions)
        locks.push_back({month.name, LockMode::access_exclusive});
    if (facts.rest)
        locks.push_back({facts.rest->name, LockMode::access_exclusive});
    locks.push_back({facts.parent.name, LockMode::access_exclusive});
    for (const db::TableInfo& source : facts.sources)
        locks.push_back({source.name, LockMode::access_exclusive});
    for (const QualifiedName& leaf : facts.others)
        locks.push_back({leaf, LockMode::access_exclusive});
    for (const QualifiedName& table : ddl::parent_facts(facts.parent, key).references)
        locks.push_back({table, LockMode::access_exclusive});
    locks.push_back({log, LockMode::access_exclusive});
    return locks;
}

std::vector<Step> take_out(const CutOverFacts& facts, const std::vector<db::ConstraintInfo>& keys) {
    std::vector<Step> steps;
    for (const db::ConstraintInfo& key : keys)
        steps.push_back(statement(fmt::format("ALTER TABLE {} DROP CONSTRAINT {}", sql::quoted(facts.parent.name),
                                              sql::quote_ident(key.name)),
                                  "each partition gets it in this transaction; the table's key follows"));
    for (const db::TableInfo& source : facts.sources) {
        steps.push_back(statement(
            fmt::format("ALTER TABLE {} DETACH PARTITION {}", sql::quoted(facts.parent.name), sql::quoted(source.name)),
            "the partition stays as a table", {{facts.parent.name, LockMode::access_exclusive}}));
        for (const db::TriggerInfo& trigger : source.triggers)
            if (trigger.on_truncate && !trigger.is_inherited)
                steps.push_back(statement(fmt::format("DROP TRIGGER IF EXISTS {} ON {}", sql::quote_ident(trigger.name),
                                                      sql::quoted(source.name)),
                                          "no longer a partition of the table"));
    }
    return steps;
}

std::vector<Step> put_in(const job::WorkContext& context, const CutOverFacts& facts, const ddl::Leaf& month) {
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

/// The old DEFAULT leaves its name to the new one.
Step rename_old(const job::WorkContext& context, const db::TableInfo& old) {
    return statement(
        fmt::format("ALTER TABLE {} RENAME TO {}", sql::quoted(old.name), sql::quote_ident(context.state.old_name)),
        "the rows as they were");
}

/// DEFAULT is there again before anybody sees that it was gone: new, empty, under its name.
std::vector<Step> put_empty_default(const job::WorkContext& context, const CutOverFacts& facts) {
    const db::TableInfo& old = facts.sources.front();
    ddl::ParentFacts parent = ddl::parent_facts(facts.parent, context.state.key);
    parent.options = old.options;
    parent.tablespace = old.tablespace;
    parent.leaf_indexes = ddl::per_leaf_indexes(context.replacement);
    std::vector<Step> steps{rename_old(context, old)};
    append(steps, make_room(old, parent.leaf_indexes, context.state.old_name));
    append(steps, ddl::default_steps(parent, old.name));
    return steps;
}

/// The replacement's indexes get names as if it always had its own.
std::vector<Step> rename_indexes(const db::TableInfo& old, const db::TableInfo& rest, const std::string& old_now) {
    std::vector<Step> steps;
    for (const db::IndexInfo& index : rest.indexes) {
        const std::size_t at = index.name.name.find(rest.name.name);
        if (at == std::string::npos)
            continue;  // its name was shortened
        std::string name = index.name.name;
        name.replace(at, rest.name.name.size(), old.name.name);
        for (const db::IndexInfo& taken : old.indexes)
            if (taken.name.name == name)
                steps.push_back(ddl::rename_index(
                    taken.name, sql::truncated_name(old_now + "_" + std::to_string(steps.size() + 1), "_idx"),
                    "makes room"));
        steps.push_back(ddl::rename_index(index.name, name, "under the name of DEFAULT's"));
    }
    return steps;
}

/// The same with the rows that stay. Its CHECK implies what ATTACH would look for.
std::vector<Step> put_rest(const job::WorkContext& context, const CutOverFacts& facts, const db::TableInfo& rest) {
    const db::TableInfo& old = facts.sources.front();
    const std::string parent = sql::quoted(facts.parent.name);
    const std::string name = sql::quoted(old.name);
    std::vector<Step> steps{
        statement(
            fmt::format("ALTER TABLE {} DETACH PARTITION {}", sql::quoted(facts.staged.name), sql::quoted(rest.name)),
            "filled and indexed"),
        rename_old(context, old),
        statement(fmt::format("ALTER TABLE {} RENAME TO {}", sql::quoted(rest.name), sql::quote_ident(old.name.name)),
                  "in its place")};
    append(steps, rename_indexes(old, rest, context.state.old_name));
    steps.push_back(statement(fmt::format("ALTER TABLE {} ATTACH PARTITION {} DEFAULT", parent, name),
                              "its CHECK implies that no other partition takes its rows: no scan"));
    steps.push_back(ddl::drop_check(old.name, std::string(rest_check_name), "DEFAULT itself says it now"));
    return steps;
}

std::vector<Step> put_default_back(const job::WorkContext& context, const CutOverFacts& facts) {
    if (!context.state.is_default())
        return {};
    return facts.rest ? put_rest(context, facts, *facts.rest) : put_empty_default(context, facts);
}

/// The new partitions, and a new DEFAULT.
Step check_made(const job::WorkContext& context, const CutOverFacts& facts) {
    const ddl::ParentFacts parent = ddl::parent_facts(facts.parent, context.state.key);
    std::vector<ddl::TableSettings> made;
    for (const ddl::Leaf& month : facts.target_partitions)
        made.push_back(ddl::settings_of(parent, month.name));
    if (context.state.is_default())
        made.push_back(ddl::settings_of(parent, facts.sources.front().name));
    return ddl::check_settings(made);
}

}  // namespace

Unit partition_cut_over(const job::WorkContext& context, const CutOverFacts& facts, const config::SwapConfig& config) {
    const backfill::Transfer transfer = job::build_transfer(context.replacement, context.state, context.state_schema);
    job::State state = context.state;
    state.edit_copy().outgoing = job::outgoing_keys(facts.parent);
    Unit unit;
    unit.name = fmt::format("cut over {}", sql::quoted(state.table));
    unit.lock_first = locks_of(facts, state.key, transfer.capture.log);
    std::vector<Step>& steps = unit.steps;
    steps = {db::unchanged_since(facts.parent)};
    for (const db::TableInfo& source : facts.sources)
        steps.push_back(db::unchanged_since(source));
    steps.push_back(job::not_truncated(transfer.capture));
    steps.push_back(job::require_small_backlog(transfer.capture, config.final_keys));
    append(steps, job::require_own(context.state, context.state_schema));
    append(steps, backfill::last_catch_up(transfer));
    append(steps, backfill::end_transfer(transfer));
    append(steps, job::drop_row_hash_indexes(state));
    append(steps, take_out(facts, state.copy().outgoing));
    for (const ddl::Leaf& month : facts.target_partitions)
        append(steps, put_in(context, facts, month));
    if (facts.guarded)
        append(steps, ddl::drop_default_guard(*facts.guarded, split_guard_name).steps);
    append(steps, put_default_back(context, facts));
    for (const ddl::Leaf& month : facts.target_partitions)
        append(steps, ddl::leaf_foreign_keys(state.copy().outgoing, month.name));
    if (state.is_default())
        append(steps, ddl::leaf_foreign_keys(state.copy().outgoing, facts.sources.front().name));
    for (const QualifiedName& leaf : facts.others)
        append(steps, ddl::leaf_foreign_keys(state.copy().outgoing, leaf));
    steps.push_back(
        statement(fmt::format("DROP TABLE {}", sql::quoted(facts.staged.name)), "it has no partitions left"));
    steps.push_back(check_made(context, facts));
    steps.push_back(job::journal(state, job::Stage::cut_over, context.state_schema));
    return unit;
}

}  // namespace tripmig::partition
