#include "swap/copy/cut_over.hpp"

#include <fmt/format.h>

#include "backfill/catch_up.hpp"
#include "db/catalog/table_catalog.hpp"
#include "ddl/replacement/staged.hpp"
#include "ddl/replacement/table_settings.hpp"
#include "ddl/statement_step.hpp"
#include "job/copy/catch_up.hpp"
#include "job/copy/foreign_keys.hpp"
#include "job/replacement.hpp"
#include "job/state/journal.hpp"
#include "job/state/state.hpp"
#include "job/transfer.hpp"
#include "job/triggers/own_triggers.hpp"
#include "sql/identifier.hpp"
#include "swap/matviews.hpp"

namespace tripmig::swap {

using ddl::append;
using ddl::statement;

namespace {

/// The new table's first: nobody waits for those but autovacuum. Then as every succession.
std::vector<LockRequest> locks_of(const job::WorkContext& context, const CopyFacts& facts, const QualifiedName& log) {
    std::vector<LockRequest> locks{{facts.staged.name, LockMode::access_exclusive}};
    for (const QualifiedName& leaf : facts.leaves)
        locks.push_back({leaf, LockMode::access_exclusive});
    for (LockRequest& lock : ddl::replacement_locks(context.replacement))
        locks.push_back(std::move(lock));
    locks.push_back({log, LockMode::access_exclusive});
    return locks;
}

std::vector<Step> drop_outgoing(const ddl::Replacement& replacement, const std::vector<db::ConstraintInfo>& keys) {
    std::vector<Step> steps;
    for (const db::ConstraintInfo& key : keys)
        steps.push_back(statement(
            fmt::format("ALTER TABLE {} DROP CONSTRAINT {}", sql::quoted(replacement.leaf), sql::quote_ident(key.name)),
            "the old table lags behind: its foreign key would make deletes there fail"));
    return steps;
}

}  // namespace

Unit copy_cut_over_unit(const job::WorkContext& context, const CopyFacts& facts, const config::SwapConfig& config) {
    const ddl::Replacement& replacement = context.replacement;
    const backfill::Transfer transfer = job::build_transfer(replacement, context.state, context.state_schema);
    job::State state = context.state;
    state.edit_copy().outgoing = job::outgoing_keys(replacement.table);
    state.edit_swap().unique_without_key = job::unique_without_key(replacement);
    state.edit_swap().matviews = dependent_matviews(replacement.table);
    Unit unit;
    unit.name = fmt::format("cut over {}", sql::quoted(replacement.table.name));
    unit.lock_first = locks_of(context, facts, transfer.capture.log);
    std::vector<Step>& steps = unit.steps;
    steps = {db::unchanged_since(replacement.table), job::not_truncated(transfer.capture),
             job::require_small_backlog(transfer.capture, config.final_keys)};
    append(steps, job::require_own(context.state, context.state_schema));
    append(steps, backfill::last_catch_up(transfer));
    append(steps, backfill::drop_capture_triggers(transfer.capture));
    append(steps, ddl::step_aside(replacement));
    append(steps, drop_outgoing(replacement, state.copy().outgoing));
    append(steps, ddl::unstage(replacement, facts.staged));
    append(steps, ddl::renew_functions(replacement));
    append(steps, ddl::parent_triggers(replacement));
    append(steps, backfill::capture_triggers(transfer.capture));
    append(steps, ddl::parent_rights(replacement));
    append(steps, ddl::parent_publications(replacement));
    append(steps, ddl::parent_replica_identity(replacement));
    for (const QualifiedName& leaf : facts.leaves)
        append(steps, ddl::leaf_foreign_keys(state.copy().outgoing, leaf));
    append(steps, ddl::redirect_incoming(replacement));
    append(steps, ddl::rebind_dependents(replacement));
    append(steps, ddl::create_rules(replacement.table.name, replacement.table.rules));
    std::vector<ddl::TableSettings> made{ddl::settings_of(replacement, transfer.capture.triggers())};
    for (const QualifiedName& leaf : facts.leaves)
        made.push_back(ddl::settings_of(job::facts_for_leaves(replacement), leaf));
    steps.push_back(ddl::check_settings(made));
    state.stage = job::Stage::cut_over;
    steps.push_back(job::journal(state, context.state_schema));
    append(steps, job::record_own(state, context.state_schema));
    return unit;
}

}  // namespace tripmig::swap
