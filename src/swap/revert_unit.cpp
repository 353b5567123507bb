#include <fmt/format.h>

#include <algorithm>

#include "backfill/capture.hpp"
#include "db/catalog/table_catalog.hpp"
#include "ddl/index_definition.hpp"
#include "ddl/registry/registry_steps.hpp"
#include "ddl/replacement/replacement.hpp"
#include "ddl/replacement/staged.hpp"
#include "ddl/statement_step.hpp"
#include "job/replacement.hpp"
#include "job/state/journal.hpp"
#include "job/state/state.hpp"
#include "sql/identifier.hpp"
#include "swap/composite/composite.hpp"
#include "swap/revert.hpp"

namespace tripmig::swap {

using ddl::append;
using ddl::statement;

QualifiedName parked_name(const QualifiedName& table) {
    return {table.schema, sql::truncated_name("tripmig_reverted_" + table.name)};
}

std::vector<LockRequest> revert_locks(const RevertFacts& facts) {
    ddl::Replacement back;
    back.table = facts.parent;
    if (facts.registry)
        back.table.incoming = facts.registry->incoming;
    std::vector<LockRequest> locks = ddl::replacement_locks(back);
    locks.push_back({facts.past.name, LockMode::access_exclusive});
    for (const QualifiedName& leaf : facts.other_leaves)
        locks.push_back({leaf, LockMode::access_exclusive});
    if (facts.registry)
        locks.push_back({facts.registry->name, LockMode::access_exclusive});
    return locks;
}

namespace {

std::vector<Step> checks(const RevertFacts& facts, const job::State& state) {
    std::vector<Step> steps{db::unchanged_since(facts.parent), db::unchanged_since(facts.past)};
    for (const QualifiedName& leaf : facts.other_leaves)
        steps.push_back(
            ddl::check(fmt::format("SELECT NOT EXISTS (SELECT FROM {})", sql::quoted(leaf)),
                       fmt::format("{0} has rows: {1} can no longer be reverted, since it has rows from {2} on",
                                   sql::quoted(leaf), sql::quoted(state.table), state.boundary())));
    return steps;
}

/// Foreign keys to partitioned tables. DETACH before 14.14, 15.9, 16.5 and 17.1 leaves such a key without the triggers
/// that check it (release notes of these), so they are dropped before and added again after.
std::vector<db::ConstraintInfo> keys_to_partitioned(const db::TableInfo& table) {
    std::vector<db::ConstraintInfo> keys;
    for (const db::ConstraintInfo& constraint : table.constraints)
        if (constraint.kind == 'f' && constraint.references_partitioned)
            keys.push_back(constraint);
    return keys;
}

std::vector<Step> drop_keys_to_partitioned(const db::TableInfo& table) {
    std::vector<Step> steps;
    for (const db::ConstraintInfo& key : keys_to_partitioned(table))
        steps.push_back(statement(
            fmt::format("ALTER TABLE {} DROP CONSTRAINT {}", sql::quoted(table.name), sql::quote_ident(key.name)),
            "the old table gets it again in this transaction", {{key.references, LockMode::access_exclusive}}));
    return steps;
}

/// The two tables exchange their names; the old one is a table of its own again.
std::vector<Step> change_places(const RevertFacts& facts, const job::State& state) {
    const std::string parent = sql::quoted(state.table);
    std::vector<Step> steps;
    if (facts.registry) {
        const ddl::Registry registry = ddl::registry_of(facts.parent, state.key);
        steps.push_back(
            statement(fmt::format("DROP TRIGGER IF EXISTS {} ON {}", sql::quote_ident(registry.truncate_trigger()),
                                  sql::quoted(facts.past.name)),
                      "no registry, no trigger"));
    }
    append(steps, drop_keys_to_partitioned(facts.parent));
    steps.push_back(statement(fmt::format("ALTER TABLE {} DETACH PARTITION {}", parent, sql::quoted(facts.past.name)),
                              "a separate table again", {{state.table, LockMode::access_exclusive}}));
    steps.push_back(
        statement(fmt::format("ALTER TABLE {} RENAME TO {}", parent, sql::quote_ident(parked_name(state.table).name)),
                  "frees the name"));
    steps.push_back(statement(
        fmt::format("ALTER TABLE {} RENAME TO {}", sql::quoted(facts.past.name), sql::quote_ident(state.table.name)),
        "its former name"));
    append(steps, restore_sequences(facts, state));
    return steps;
}

}  // namespace

std::vector<Step> restore_sequences(const RevertFacts& facts, const job::State& state) {
    const std::string parent = sql::quoted(state.table);
    std::vector<Step> steps;
    for (const db::SequenceInfo& sequence : facts.parent.sequences) {
        if (sequence.is_identity)
            append(steps, ddl::move_identity(sequence, facts.parent, parked_name(state.table), state.table));
        else
            steps.push_back(statement(fmt::format("ALTER SEQUENCE {} OWNED BY {}.{}", sql::quoted(sequence.name),
                                                  parent, sql::quote_ident(sequence.column)),
                                      "as it was"));
    }
    return steps;
}

std::vector<Step> restore_attachments(const RevertFacts& facts, const job::State& state) {
    ddl::Replacement back;
    back.table = facts.parent;
    back.leaf = parked_name(state.table);
    std::vector<Step> steps = ddl::renew_functions(back);
    append(steps, ddl::rebind_dependents(back));
    append(steps, ddl::parent_publications(back));
    return steps;
}

namespace {

/// The parent's triggers but for those of the swap.
std::vector<db::TriggerInfo> user_triggers(const RevertFacts& facts, const job::State& state) {
    const ddl::Registry registry = ddl::registry_of(facts.parent, state.key);
    const backfill::Capture capture = backfill::capture_for({}, {}, {}, state.job);
    std::vector<std::string> own = capture.triggers();
    if (state.swap().has_registry)
        own.insert(own.end(), {registry.keep_trigger(), registry.move_trigger(), registry.truncate_trigger()});
    std::vector<db::TriggerInfo> triggers;
    for (const db::TriggerInfo& trigger : facts.parent.triggers)
        if (std::find(own.begin(), own.end(), trigger.name) == own.end())
            triggers.push_back(trigger);
    return triggers;
}

}  // namespace

std::vector<Step> take_from_parent(const RevertFacts& facts, const job::State& state) {
    std::vector<Step> steps = ddl::drop_rules(facts.parent);
    std::vector<Step> aside = ddl::set_functions_aside(facts.parent);
    if (!aside.empty())
        for (const db::TriggerInfo& trigger : user_triggers(facts, state))
            steps.push_back(statement(
                fmt::format("DROP TRIGGER {} ON {}", sql::quote_ident(trigger.name), sql::quoted(facts.parent.name)),
                "its WHEN may call one of the functions that follow"));
    append(steps, std::move(aside));
    return steps;
}

std::vector<Step> restore_triggers(const RevertFacts& facts, const job::State& state) {
    std::vector<Step> steps;
    for (const db::TriggerInfo& trigger : user_triggers(facts, state))
        append(steps, ddl::create_trigger(state.table, trigger));
    return steps;
}

namespace {

void append_constraint_comment(const RevertFacts& facts, const job::State& state, const std::string& name,
                               std::vector<Step>& steps) {
    for (const db::ConstraintInfo& constraint : facts.parent.constraints)
        if (constraint.name == name && constraint.comment)
            steps.push_back(ddl::comment_on_constraint(state.table, name, *constraint.comment));
}

std::vector<Step> restore_primary_key(const RevertFacts& facts, const job::State& state, const db::IndexInfo& primary,
                                      const std::string& part) {
    const std::string table = sql::quoted(state.table);
    const std::string name = sql::quote_ident(primary.name.name);
    std::vector<Step> steps{statement(fmt::format("ALTER TABLE {} DROP CONSTRAINT {}", table, sql::quote_ident(part)),
                                      "the key with the partition key"),
                            statement(fmt::format("ALTER TABLE {} ADD CONSTRAINT {} PRIMARY KEY USING INDEX {}", table,
                                                  name, sql::quote_ident(state.former_key_index())),
                                      "built before, so no scan")};
    append_constraint_comment(facts, state, primary.name.name, steps);
    append(steps, ddl::index_settings(primary, primary.name));
    return steps;
}

/// `part`: the index with the key, which gives way to the one without it.
std::vector<Step> restore_unique(const RevertFacts& facts, const job::State& state, const job::UniqueWithoutKey& narrow,
                                 const std::string& part) {
    const std::string table = sql::quoted(state.table);
    const std::string name = sql::quote_ident(narrow.name);
    const QualifiedName former{state.table.schema, job::State::former_index(narrow.name)};
    std::vector<Step> steps;
    if (narrow.is_constraint) {
        steps.push_back(statement(fmt::format("ALTER TABLE {} DROP CONSTRAINT {}", table, sql::quote_ident(part)),
                                  "the widened one"));
        steps.push_back(statement(fmt::format("ALTER TABLE {} ADD CONSTRAINT {} UNIQUE USING INDEX {}", table, name,
                                              sql::quote_ident(former.name)),
                                  "built before, so no scan"));
        append_constraint_comment(facts, state, narrow.name, steps);
    } else {
        steps.push_back(statement(fmt::format("DROP INDEX {}", sql::quoted(QualifiedName{former.schema, part})),
                                  "the widened one"));
        steps.push_back(ddl::rename_index(former, narrow.name, "its former name"));
    }
    for (const db::IndexInfo& index : facts.parent.indexes)
        if (index.name.name == narrow.name)
            append(steps, ddl::index_settings(index, index.name));
    return steps;
}

const job::UniqueWithoutKey* narrow_index(const job::State& state, const std::string& name) {
    if (state.is_unique_per_leaf())
        return nullptr;
    for (const job::UniqueWithoutKey& narrow : state.swap().unique_without_key)
        if (narrow.name == name)
            return &narrow;
    return nullptr;
}

std::vector<Step> restore_names(const RevertFacts& facts, const job::State& state) {
    std::vector<Step> steps;
    const db::IndexInfo* primary = facts.parent.primary_key();
    for (const auto& [whole, part] : facts.index_names) {
        if (primary != nullptr && whole == primary->name.name && primary->columns != state.primary_key)
            append(steps, restore_primary_key(facts, state, *primary, part));
        else if (const job::UniqueWithoutKey* narrow = narrow_index(state, whole))
            append(steps, restore_unique(facts, state, *narrow, part));
        else
            steps.push_back(ddl::rename_index({state.table.schema, part}, whole, "its former name"));
    }
    append(steps, restore_leaf_indexes(facts, state));
    append(steps, restore_statistics(facts, state));
    return steps;
}

}  // namespace

std::vector<Step> restore_leaf_indexes(const RevertFacts& facts, const job::State& state) {
    std::vector<Step> steps;
    if (!state.is_unique_per_leaf())
        return steps;
    for (const job::UniqueWithoutKey& narrow : state.swap().unique_without_key) {
        const QualifiedName part{state.table.schema, ddl::leaf_object_name(narrow.name, facts.past.name)};
        if (std::any_of(facts.past.indexes.begin(), facts.past.indexes.end(),
                        [&](const db::IndexInfo& each) { return each.name == part; }))
            steps.push_back(ddl::rename_index(part, narrow.name, "its former name"));
    }
    return steps;
}

std::vector<Step> restore_statistics(const RevertFacts& facts, const job::State& /*state*/) {
    std::vector<Step> steps;
    for (const db::StatisticsInfo& statistics : facts.parent.statistics) {
        const std::string part = ddl::leaf_object_name(statistics.name.name, facts.past.name);
        const bool has_part = std::any_of(facts.past.statistics.begin(), facts.past.statistics.end(),
                                          [&](const db::StatisticsInfo& each) { return each.name.name == part; });
        steps.push_back(has_part ? statement(fmt::format("ALTER STATISTICS {} RENAME TO {}",
                                                         sql::quoted(QualifiedName{statistics.name.schema, part}),
                                                         sql::quote_ident(statistics.name.name)),
                                             "its former name")
                                 : statement(statistics.definition, "created after the cut-over"));
    }
    return steps;
}

std::vector<Step> restore_keys(const std::vector<db::ConstraintInfo>& keys, const QualifiedName& table) {
    std::vector<Step> steps = ddl::leaf_foreign_keys(keys, table);
    for (const db::ConstraintInfo& key : keys)
        if (key.comment)
            steps.push_back(ddl::comment_on_constraint(table, key.name, *key.comment));
    return steps;
}

std::vector<db::IncomingKey> incoming_to_restore(const RevertFacts& facts, const job::State& state) {
    std::vector<db::IncomingKey> keys = state.swap().dropped;
    const auto is_gone = [&](const db::IncomingKey& key) {  // somebody dropped it since the cut-over
        return std::none_of(facts.parent.incoming.begin(), facts.parent.incoming.end(),
                            [&](const db::IncomingKey& each) { return each.is_same_as(key); });
    };
    if (state.swap().incoming == config::IncomingForeignKeys::composite)
        keys.erase(std::remove_if(keys.begin(), keys.end(), is_gone), keys.end());
    if (facts.registry)
        keys.insert(keys.end(), facts.registry->incoming.begin(), facts.registry->incoming.end());
    return keys;
}

std::vector<Step> restore_incoming(const RevertFacts& facts, const job::State& state) {
    std::vector<Step> steps;
    for (const db::IncomingKey& key : incoming_to_restore(facts, state)) {
        steps.push_back(ddl::add_incoming_key(key, state.table, key.referenced));
        if (key.comment)
            steps.push_back(ddl::comment_on_constraint(key.table, key.name, *key.comment));
    }
    return steps;
}

std::vector<Step> restore_replica_identity(const RevertFacts& facts, const job::State& state) {
    if (facts.parent.replica_identity == 'd' && facts.past.replica_identity != 'd')
        return {statement(fmt::format("ALTER TABLE {} REPLICA IDENTITY DEFAULT", sql::quoted(state.table)),
                          "altered since the cut-over")};
    ddl::Replacement back;
    back.table = facts.parent;
    return ddl::parent_replica_identity(back);
}

std::vector<Step> park(const RevertFacts& facts) {
    std::vector<Step> steps;
    for (const db::IndexInfo& index : facts.parent.indexes)
        steps.push_back(ddl::rename_index(index.name, ddl::staged_name(index.name).name, "frees the name"));
    for (const db::StatisticsInfo& statistics : facts.parent.statistics)
        steps.push_back(statement(fmt::format("ALTER STATISTICS {} RENAME TO {}", sql::quoted(statistics.name),
                                              sql::quote_ident(ddl::staged_name(statistics.name).name)),
                                  "frees the name"));
    return steps;
}

/// The rights that the new table has now, in case they were changed since the cut-over.
std::vector<Step> restore_rights(const RevertFacts& facts, const job::State& state) {
    if (facts.parent.grants == facts.past.grants && facts.parent.has_acl == facts.past.has_acl)
        return {};
    std::vector<std::string> grantees;
    for (const db::Grant& grant : facts.past.grants)
        if (grant.grantee != facts.parent.owner &&
            std::find(grantees.begin(), grantees.end(), grant.grantee) == grantees.end())
            grantees.push_back(grant.grantee);
    return ddl::grant_alike("TABLE", state.table, facts.parent.owner, facts.parent.has_acl, facts.parent.grants,
                            grantees);
}

Unit revert_unit(const RevertFacts& facts, const job::State& state, const std::string& state_schema) {
    Unit unit;
    unit.name = fmt::format("put {} back", sql::quoted(state.table));
    unit.lock_first = revert_locks(facts);
    std::vector<Step>& steps = unit.steps;
    append(steps, checks(facts, state));
    if (facts.registry)
        for (const db::IncomingKey& key : facts.registry->incoming)
            steps.push_back(ddl::drop_incoming_key(key));
    append(steps, drop_composite(facts.parent, state));
    append(steps, take_from_parent(facts, state));
    append(steps, change_places(facts, state));
    append(steps, restore_attachments(facts, state));
    const bool is_read = !state.swap().matviews.empty();
    if (is_read)
        append(steps, park(facts));
    else
        steps.push_back(statement(fmt::format("DROP TABLE {}", sql::quoted(parked_name(state.table))),
                                  "it and its partitions have no rows"));
    append(steps, restore_names(facts, state));
    append(steps, restore_replica_identity(facts, state));
    append(steps, restore_triggers(facts, state));
    append(steps, ddl::create_rules(state.table, facts.parent.rules));
    append(steps, restore_rights(facts, state));
    if (facts.registry && !is_read)
        append(steps, ddl::drop_registry(ddl::registry_of(facts.parent, state.key)));
    append(steps, end_composite(facts.parent, state));
    append(steps, restore_incoming(facts, state));
    append(steps, restore_keys(keys_to_partitioned(facts.parent), state.table));
    if (state.swap().key_was_nullable)
        steps.push_back(statement(fmt::format("ALTER TABLE {} ALTER COLUMN {} DROP NOT NULL", sql::quoted(state.table),
                                              sql::quote_ident(state.key)),
                                  "as it was before"));
    steps.push_back(job::journal(state, job::Stage::reverting, state_schema));
    return unit;
}

}  // namespace tripmig::swap
