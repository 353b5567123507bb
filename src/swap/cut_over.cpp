#include "swap/cut_over.hpp"

#include <fmt/format.h>

#include "db/table_catalog.hpp"
#include "ddl/constraint_phases.hpp"
#include "ddl/statement_step.hpp"
#include "ddl/table_settings.hpp"
#include "move/catch_up.hpp"
#include "sql/identifier.hpp"
#include "swap/composite.hpp"
#include "swap/cut.hpp"
#include "swap/own_triggers.hpp"
#include "swap/succession_of.hpp"
#include "swap/transfer_of.hpp"

namespace tripmig::swap {

using ddl::append;
using ddl::statement;

namespace {

/// The log's last entries, with nobody writing; then the capture goes, since the registry's own triggers take over.
std::vector<Step> last_catch_up(const AttachContext& context) {
    const move::Transfer transfer = transfer_of(context.succession, context.state, context.state_schema);
    std::vector<Step> steps{not_truncated(transfer.capture)};
    append(steps, require_own(context.state, context.state_schema));
    append(steps, move::last_catch_up(transfer));
    append(steps, move::end_transfer(transfer));
    return steps;
}

/// A table without rows needs no preparation: all of it happens here.
std::vector<Step> begin_empty(const AttachContext& context) {
    const QualifiedName& table = context.succession.table.name;
    std::vector<Step> steps;
    steps.push_back(ddl::check(fmt::format("SELECT NOT EXISTS (SELECT FROM ONLY {})", sql::quoted(table)),
                               fmt::format("{} is not empty any more", sql::quoted(table))));
    if (context.state.key_was_nullable)
        steps.push_back(ddl::set_not_null(table, context.state.key));
    for (const ddl::CompositeKey& composite : context.succession.composite) {
        if (!composite.column.empty() && composite.adds_column)
            steps.push_back(column_is_free(composite));
        append(steps, ddl::begin_composite(composite));
    }
    if (!context.succession.registry)
        return steps;
    append(steps, ddl::create_registry_table(*context.succession.registry));
    append(steps, ddl::index_registry(*context.succession.registry));
    append(steps, ddl::create_registry_functions(*context.succession.registry));
    return steps;
}

std::vector<Step> attach_past(const AttachContext& context) {
    const ddl::Succession& succession = context.succession;
    const ddl::KeyType type = key_type_of(context.state);
    const ddl::Bounds bounds{ddl::Bound::minvalue(), parse_cut(type, context.state.cut)};
    std::vector<Step> steps;
    if (succession.registry)
        append(steps, ddl::create_leaf_truncate_trigger(*succession.registry, succession.leaf));
    steps.push_back(statement(fmt::format("ALTER TABLE {} ATTACH PARTITION {} {}", sql::quoted(succession.table.name),
                                          sql::quoted(succession.leaf), ddl::for_values(type, bounds)),
                              "the CHECK implies the bounds, indexes and foreign keys are there: no scan"));
    for (const std::string& check : succession.dropped_checks)
        steps.push_back(ddl::drop_check(succession.leaf, check, "the bounds say it now"));
    return steps;
}

std::vector<LockRequest> locks_of(const AttachContext& context) {
    std::vector<LockRequest> locks = ddl::succession_locks(context.succession);
    if (context.succession.registry && !context.state.was_empty)
        locks.push_back({transfer_of(context.succession, context.state, context.state_schema).capture.log,
                         LockMode::access_exclusive});
    return locks;
}

}  // namespace

Step not_truncated(const move::Capture& capture) {
    return ddl::check(fmt::format("SELECT NOT EXISTS (SELECT FROM {} WHERE truncated)", sql::quoted(capture.log)),
                      fmt::format("{} was truncated meanwhile", sql::quoted(capture.source)));
}

ddl::ParentFacts facts_for_leaves(const ddl::Succession& succession) {
    ddl::ParentFacts facts = ddl::parent_facts(succession.table, succession.key);
    facts.leaf_indexes = ddl::per_leaf_indexes(succession);
    if (succession.registry)
        facts.truncate_triggers.push_back({succession.registry->truncate_trigger(), "AFTER",
                                           fmt::format("FOR EACH STATEMENT EXECUTE FUNCTION {}()",
                                                       sql::quoted(succession.registry->truncate_function())),
                                           'A'});
    return facts;
}

Unit cut_over_unit(const AttachContext& context, const std::vector<ddl::Leaf>& leaves) {
    const ddl::Succession& succession = context.succession;
    Unit unit;
    unit.name = fmt::format("cut over {}", sql::quoted(succession.table.name));
    unit.lock_first = locks_of(context);
    std::vector<Step>& steps = unit.steps;
    steps.push_back(db::unchanged_since(succession.table));
    if (context.state.was_empty)
        append(steps, begin_empty(context));
    else if (succession.registry)
        append(steps, last_catch_up(context));
    append(steps, ddl::step_aside(succession));
    append(steps, ddl::create_parent(succession));
    append(steps, ddl::renew_functions(succession));
    append(steps, ddl::parent_keys(succession));
    append(steps, ddl::parent_triggers(succession));
    append(steps, ddl::parent_rights(succession));
    // Here already: ATTACH would meet what was added to the table with errors that name nothing.
    steps.push_back(ddl::check_settings({ddl::settings_of(succession, {})}));
    append(steps, ddl::parent_statistics(succession));
    if (!context.state.was_empty)
        append(steps, attach_past(context));
    append(steps, ddl::parent_publications(succession));
    append(steps, ddl::parent_replica_identity(succession));
    for (const ddl::Leaf& leaf : leaves)
        append(steps, ddl::leaf_steps(facts_for_leaves(succession), leaf));
    append(steps, ddl::redirect_incoming(succession));
    append(steps, ddl::rebind_dependents(succession));
    append(steps, ddl::create_rules(succession.table.name, succession.table.rules));
    std::vector<ddl::TableSettings> made{ddl::settings_of(succession, {})};
    for (const ddl::Leaf& leaf : leaves)
        made.push_back(ddl::settings_of(facts_for_leaves(succession), leaf.name));
    steps.push_back(ddl::check_settings(made));
    if (context.state.was_empty && context.state.matviews.empty())
        steps.push_back(statement(fmt::format("DROP TABLE {}", sql::quoted(succession.leaf)), "it was empty"));
    SwapState cut = context.state;
    cut.stage = Stage::cut;
    steps.push_back(journal(cut, context.state_schema));
    append(steps, record_own(cut, context.state_schema));
    return unit;
}

}  // namespace tripmig::swap
