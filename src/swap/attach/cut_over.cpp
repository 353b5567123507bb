#include "swap/attach/cut_over.hpp"

#include <fmt/format.h>

#include "backfill/catch_up.hpp"
#include "db/catalog/table_catalog.hpp"
#include "ddl/composite_steps.hpp"
#include "ddl/constraint_phases.hpp"
#include "ddl/registry/registry_steps.hpp"
#include "ddl/replacement/table_settings.hpp"
#include "ddl/statement_step.hpp"
#include "job/boundary.hpp"
#include "job/copy/catch_up.hpp"
#include "job/replacement.hpp"
#include "job/state/journal.hpp"
#include "job/state/state.hpp"
#include "job/transfer.hpp"
#include "job/triggers/own_triggers.hpp"
#include "sql/identifier.hpp"
#include "swap/composite/composite.hpp"

namespace tripmig::swap {

using ddl::append;
using ddl::statement;

namespace {

/// The log's last entries, with nobody writing; then the capture goes, since the registry's own triggers take over.
std::vector<Step> last_catch_up(const job::WorkContext& context) {
    const backfill::Transfer transfer = job::build_transfer(context.replacement, context.state, context.state_schema);
    std::vector<Step> steps{job::not_truncated(transfer.capture)};
    append(steps, job::require_own(context.state, context.state_schema));
    append(steps, backfill::last_catch_up(transfer));
    append(steps, backfill::end_transfer(transfer));
    return steps;
}

/// A table without rows needs no preparation: all of it happens here.
std::vector<Step> begin_empty(const job::WorkContext& context) {
    const QualifiedName& table = context.replacement.table.name;
    std::vector<Step> steps;
    steps.push_back(ddl::check(fmt::format("SELECT NOT EXISTS (SELECT FROM ONLY {})", sql::quoted(table)),
                               fmt::format("{} is no longer empty", sql::quoted(table))));
    if (context.state.swap().key_was_nullable)
        steps.push_back(ddl::set_not_null(table, context.state.key));
    for (const ddl::CompositeKey& composite : context.replacement.composite) {
        if (!composite.column.empty() && composite.adds_column)
            steps.push_back(column_is_free(composite));
        append(steps, ddl::begin_composite(composite));
    }
    if (!context.replacement.registry)
        return steps;
    append(steps, ddl::create_registry_table(*context.replacement.registry));
    append(steps, ddl::index_registry(*context.replacement.registry));
    append(steps, ddl::create_registry_functions(*context.replacement.registry));
    return steps;
}

std::vector<Step> attach_past(const job::WorkContext& context) {
    const ddl::Replacement& replacement = context.replacement;
    const ddl::KeyType type = job::key_type_of(context.state);
    const ddl::Bounds bounds{ddl::Bound::minvalue(), job::parse_boundary(type, context.state.boundary())};
    std::vector<Step> steps;
    if (replacement.registry)
        append(steps, ddl::create_leaf_truncate_trigger(*replacement.registry, replacement.leaf));
    steps.push_back(statement(fmt::format("ALTER TABLE {} ATTACH PARTITION {} {}", sql::quoted(replacement.table.name),
                                          sql::quoted(replacement.leaf), ddl::for_values(type, bounds)),
                              "the CHECK implies the bounds, and the indexes and foreign keys exist: no scan"));
    for (const std::string& check : replacement.dropped_checks)
        steps.push_back(ddl::drop_check(replacement.leaf, check, "the partition's bounds make it redundant"));
    return steps;
}

std::vector<LockRequest> locks_of(const job::WorkContext& context) {
    std::vector<LockRequest> locks = ddl::replacement_locks(context.replacement);
    if (context.state.captures())
        locks.push_back({job::build_transfer(context.replacement, context.state, context.state_schema).capture.log,
                         LockMode::access_exclusive});
    return locks;
}

}  // namespace

Unit cut_over_unit(const job::WorkContext& context, const std::vector<ddl::Leaf>& leaves) {
    const ddl::Replacement& replacement = context.replacement;
    Unit unit;
    unit.name = fmt::format("cut over {}", sql::quoted(replacement.table.name));
    unit.lock_first = locks_of(context);
    std::vector<Step>& steps = unit.steps;
    steps.push_back(db::unchanged_since(replacement.table));
    if (context.state.is<job::EmptyJob>())
        append(steps, begin_empty(context));
    else if (replacement.registry)
        append(steps, last_catch_up(context));
    append(steps, ddl::step_aside(replacement));
    append(steps, ddl::create_parent(replacement));
    append(steps, ddl::renew_functions(replacement));
    append(steps, ddl::parent_keys(replacement));
    append(steps, ddl::parent_triggers(replacement));
    append(steps, ddl::parent_rights(replacement));
    // Here already: ATTACH would meet what was added to the table with errors that name nothing.
    steps.push_back(ddl::check_settings({ddl::settings_of(replacement, {})}));
    append(steps, ddl::parent_statistics(replacement));
    if (!context.state.is<job::EmptyJob>())
        append(steps, attach_past(context));
    append(steps, ddl::parent_publications(replacement));
    append(steps, ddl::parent_replica_identity(replacement));
    for (const ddl::Leaf& leaf : leaves)
        append(steps, ddl::leaf_steps(job::facts_for_leaves(replacement), leaf));
    append(steps, ddl::redirect_incoming(replacement));
    append(steps, ddl::rebind_dependents(replacement));
    append(steps, ddl::create_rules(replacement.table.name, replacement.table.rules));
    std::vector<ddl::TableSettings> made{ddl::settings_of(replacement, {})};
    for (const ddl::Leaf& leaf : leaves)
        made.push_back(ddl::settings_of(job::facts_for_leaves(replacement), leaf.name));
    steps.push_back(ddl::check_settings(made));
    if (context.state.is<job::EmptyJob>() && context.state.swap().matviews.empty())
        steps.push_back(statement(fmt::format("DROP TABLE {}", sql::quoted(replacement.leaf)), "it was empty"));
    job::State cut = context.state;
    cut.stage = job::Stage::cut_over;
    steps.push_back(job::journal(cut, context.state_schema));
    append(steps, job::record_own(cut, context.state_schema));
    return unit;
}

}  // namespace tripmig::swap
