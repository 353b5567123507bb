#include "swap/copy_cut_over.hpp"

#include <fmt/format.h>

#include "db/table_catalog.hpp"
#include "ddl/constraint_phases.hpp"
#include "ddl/staged.hpp"
#include "ddl/statement_step.hpp"
#include "ddl/table_settings.hpp"
#include "move/catch_up.hpp"
#include "sql/identifier.hpp"
#include "swap/cut_over.hpp"
#include "swap/matviews.hpp"
#include "swap/own_triggers.hpp"
#include "swap/succession_of.hpp"
#include "swap/transfer_of.hpp"

namespace tripmig::swap {

using ddl::append;
using ddl::statement;

namespace {

/// The new table's first: nobody waits for those but autovacuum. Then as every succession.
std::vector<LockRequest> locks_of(const AttachContext& context, const CopyFacts& facts, const QualifiedName& log) {
    std::vector<LockRequest> locks{{facts.staged.name, LockMode::access_exclusive}};
    for (const QualifiedName& leaf : facts.leaves)
        locks.push_back({leaf, LockMode::access_exclusive});
    for (LockRequest& lock : ddl::succession_locks(context.succession))
        locks.push_back(std::move(lock));
    locks.push_back({log, LockMode::access_exclusive});
    return locks;
}

std::vector<Step> drop_outgoing(const ddl::Succession& succession, const std::vector<db::ConstraintInfo>& keys) {
    std::vector<Step> steps;
    for (const db::ConstraintInfo& key : keys)
        steps.push_back(statement(
            fmt::format("ALTER TABLE {} DROP CONSTRAINT {}", sql::quoted(succession.leaf), sql::quote_ident(key.name)),
            "the old table lags behind: its key would make deletes there fail"));
    return steps;
}

}  // namespace

Step few_left(const move::Capture& capture, int final_keys) {
    Step step =
        ddl::check(fmt::format("SELECT pg_catalog.count(*) <= {0} FROM (SELECT FROM {1} LIMIT {0} + 1) AS entries",
                               most_left(final_keys), sql::quoted(capture.log)),
                   "more changes came than are applied under the locks");
    step.is_passing = true;
    return step;
}

std::vector<db::ConstraintInfo> outgoing_keys(const db::TableInfo& table) {
    std::vector<db::ConstraintInfo> keys;
    for (const db::ConstraintInfo& constraint : table.constraints)
        if (constraint.kind == 'f')
            keys.push_back(constraint);
    return keys;
}

Unit copy_cut_over_unit(const AttachContext& context, const CopyFacts& facts, const config::SwapConfig& config) {
    const ddl::Succession& succession = context.succession;
    const move::Transfer transfer = transfer_of(succession, context.state, context.state_schema);
    SwapState state = context.state;
    state.outgoing = outgoing_keys(succession.table);
    state.narrow = narrow_of(succession);
    state.matviews = bound_matviews(succession.table);
    Unit unit;
    unit.name = fmt::format("cut over {}", sql::quoted(succession.table.name));
    unit.lock_first = locks_of(context, facts, transfer.capture.log);
    std::vector<Step>& steps = unit.steps;
    steps = {db::unchanged_since(succession.table), not_truncated(transfer.capture),
             few_left(transfer.capture, config.final_keys)};
    append(steps, require_own(context.state, context.state_schema));
    append(steps, move::last_catch_up(transfer));
    append(steps, move::drop_capture_triggers(transfer.capture));
    append(steps, ddl::step_aside(succession));
    append(steps, drop_outgoing(succession, state.outgoing));
    append(steps, ddl::unstage(succession, facts.staged));
    append(steps, ddl::renew_functions(succession));
    append(steps, ddl::parent_triggers(succession));
    append(steps, move::capture_triggers(transfer.capture));
    append(steps, ddl::parent_rights(succession));
    append(steps, ddl::parent_publications(succession));
    append(steps, ddl::parent_replica_identity(succession));
    for (const QualifiedName& leaf : facts.leaves)
        append(steps, ddl::leaf_foreign_keys(state.outgoing, leaf));
    append(steps, ddl::redirect_incoming(succession));
    append(steps, ddl::rebind_dependents(succession));
    append(steps, ddl::create_rules(succession.table.name, succession.table.rules));
    std::vector<ddl::TableSettings> made{ddl::settings_of(succession, transfer.capture.triggers())};
    for (const QualifiedName& leaf : facts.leaves)
        made.push_back(ddl::settings_of(facts_for_leaves(succession), leaf));
    steps.push_back(ddl::check_settings(made));
    state.stage = Stage::cut;
    steps.push_back(journal(state, context.state_schema));
    append(steps, record_own(state, context.state_schema));
    return unit;
}

Unit validate_leaf_key(const QualifiedName& leaf, const db::ConstraintInfo& key) {
    return ddl::validate_foreign_key(leaf, key.name, key.references, "a scan beside the writers");
}

Unit adopt_foreign_key(const QualifiedName& table, const std::vector<QualifiedName>& leaves,
                       const db::ConstraintInfo& key) {
    Unit unit;
    unit.name = fmt::format("foreign key {} of {}", sql::quote_ident(key.name), sql::quoted(table));
    unit.steps = {statement(fmt::format("ALTER TABLE {} ADD CONSTRAINT {} {}", sql::quoted(table),
                                        sql::quote_ident(key.name), key.definition),
                            "adopts the leaves' validated ones: no scan")};
    if (key.comment)
        unit.steps.push_back(ddl::comment_on_constraint(table, key.name, *key.comment));
    unit.lock_first = {{table, LockMode::share_row_exclusive}};
    for (const QualifiedName& leaf : leaves)
        unit.lock_first.push_back({leaf, LockMode::share_row_exclusive});
    unit.lock_first.push_back({key.references, LockMode::access_exclusive});
    return unit;
}

}  // namespace tripmig::swap
