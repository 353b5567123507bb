#include "swap/plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "backfill/catch_up.hpp"
#include "backfill/load.hpp"
#include "ddl/composite_steps.hpp"
#include "ddl/leaf.hpp"
#include "ddl/replacement/staged.hpp"
#include "ddl/statement_step.hpp"
#include "job/context.hpp"
#include "job/copy/bounds.hpp"
#include "job/copy/catch_up.hpp"
#include "job/copy/foreign_keys.hpp"
#include "job/copy/units.hpp"
#include "job/next_step.hpp"
#include "job/replacement.hpp"
#include "job/transfer.hpp"
#include "sql/identifier.hpp"
#include "swap/attach/cut_over.hpp"
#include "swap/attach/units.hpp"
#include "swap/composite/composite.hpp"
#include "swap/copy/cut_over.hpp"
#include "swap/matviews.hpp"
#include "swap/new_job.hpp"
#include "swap/run.hpp"

namespace tripmig::swap {

namespace {

/// The columns of referencing tables, each filled before the next one comes.
std::vector<Unit> composite_units(job::WorkContext context) {
    std::vector<Unit> units;
    for (const ddl::CompositeKey& key : context.replacement.composite) {
        if (!key.column.empty()) {
            units.push_back(begin_composite_unit(context));
            Unit fill;
            fill.name =
                fmt::format("fill {} of {}, in chunks", sql::quote_ident(key.column), sql::quoted(key.key.table));
            fill.steps = {ddl::fill_composite(key, 0, 64, false)};
            units.push_back(std::move(fill));
            units.push_back(validate_composite_unit(context));
        }
        ++context.composite;
    }
    return units;
}

bool has_column_to_come(const job::WorkContext& context) {
    return std::any_of(context.replacement.composite.begin(), context.replacement.composite.end(),
                       [](const ddl::CompositeKey& key) { return !key.column.empty(); });
}

/// What goes before the cut-over of a table that has rows.
std::vector<Unit> preparation(const job::WorkContext& context) {
    std::vector<Unit> units;
    const auto add = [&](job::Action action) { units.push_back(unit_of(action, context)); };
    if (context.state.key_was_nullable)
        for (const job::Action action :
             {job::Action::add_null_check, job::Action::validate_null_check, job::Action::set_not_null})
            add(action);
    if (!context.replacement.leaf_index.empty())
        add(job::Action::build_index);
    for (const auto& [name, wider] : context.replacement.unique_with_key)
        units.push_back(
            unit_of(job::Action::build_unique, {context.replacement, context.state, context.state_schema, name}));
    for (Unit& unit : composite_units(context))
        units.push_back(std::move(unit));
    if (context.replacement.registry) {
        const backfill::Transfer transfer =
            job::build_transfer(context.replacement, context.state, context.state_schema);
        add(job::Action::begin_registry);
        Unit load;
        load.name = "load the registry, in chunks";
        load.steps = {backfill::load_blocks(transfer.projections.front(), {0, context.replacement.table.pages})};
        units.push_back(std::move(load));
        units.push_back(backfill::vacuum_loaded(context.replacement.registry->table, true, 0));
        add(job::Action::index_registry);
        units.push_back(backfill::catch_up_round(transfer, job::catch_up_batch));
    }
    for (const job::Action action :
         {job::Action::note_ready, job::Action::add_range_check, job::Action::validate_range_check})
        add(action);
    return units;
}

/// The same of strategy copy, with its cut-over.
std::vector<Unit> copy_units(const job::WorkContext& context, const std::vector<ddl::Leaf>& leaves,
                             const config::SwapConfig& config) {
    std::vector<Unit> units;
    if (context.state.key_was_nullable)
        for (const job::Action action :
             {job::Action::add_null_check, job::Action::validate_null_check, job::Action::set_not_null})
            units.push_back(unit_of(action, context));
    if (has_column_to_come(context))
        units.push_back(unit_of(job::Action::build_index, context));
    for (Unit& unit : composite_units(context))
        units.push_back(std::move(unit));
    const backfill::Transfer transfer = job::build_transfer(context.replacement, context.state, context.state_schema);
    units.push_back(job::begin_copy(context, leaves));
    units.push_back(job::capture_copy(context));
    Unit load;
    load.name = "load the copy, in chunks, by several workers";
    for (const backfill::Projection& projection : transfer.projections)
        load.steps.push_back(backfill::load_blocks(projection, {0, context.replacement.table.pages}));
    units.push_back(std::move(load));
    units.push_back(job::mark_copy_loaded(context));
    CopyFacts facts;
    facts.staged.name = ddl::staged_name(context.replacement.table.name);
    for (const ddl::Leaf& leaf : leaves) {
        facts.leaves.push_back(leaf.name);
        units.push_back(backfill::vacuum_loaded(leaf.name, false, 0));
        units.push_back(job::index_copy_leaf(context, leaf.name));
    }
    if (context.replacement.registry)
        units.push_back(backfill::vacuum_loaded(context.replacement.registry->table, true, 0));
    units.push_back(job::index_copy(context));
    units.push_back(backfill::catch_up_round(transfer, job::catch_up_batch));
    units.push_back(job::mark_copy_ready(context, facts.leaves));
    units.push_back(copy_cut_over_unit(context, facts, config));
    const std::vector<db::ConstraintInfo> outgoing = job::outgoing_keys(context.replacement.table);
    for (const QualifiedName& leaf : facts.leaves)
        for (const db::ConstraintInfo& key : outgoing)
            units.push_back(job::validate_leaf_key(leaf, key));
    for (const db::ConstraintInfo& key : outgoing)
        units.push_back(job::adopt_foreign_key(context.replacement.table.name, facts.leaves, key));
    return units;
}

std::vector<ddl::Leaf> later_leaves(const job::State& state, const std::vector<ddl::Leaf>& at_once,
                                    const job::Facts& facts, const config::PartitionPolicy& policy,
                                    const config::Config& config) {
    std::vector<ddl::Bounds> present;
    if (!state.was_empty)
        present.push_back({ddl::Bound::minvalue(), at_once.front().bounds.lower});
    for (const ddl::Leaf& leaf : at_once)
        present.push_back(leaf.bounds);
    return ddl::name_leaves(policy.name, state.table, job::key_type_of(state),
                            bounds_to_come(state, present, policy, facts.now, config.partitions.max_create),
                            facts.taken);
}

}  // namespace

PlanResult plan(const job::Facts& facts, const config::PartitionPolicy& policy, const config::Config& config) {
    PlanResult result;
    const db::TableInfo& table = *facts.table;
    result.findings = preflight(table, facts, policy, config.swap);
    if (job::exit_code_of(result.findings) != ExitCode::ok)
        return result;
    job::State state = new_state(facts, policy, config.swap);
    state.matviews = dependent_matviews(table);
    require_leaf_names(state, policy, facts, config.partitions.max_create);
    result.boundary = state.boundary;
    result.state = state;
    job::WorkContext context{job::build_replacement(table, state), state, config.state.schema};
    if (state.is_copy() && !state.was_empty) {
        const auto bounds = job::copy_bounds(state, facts.key, facts.now, policy, config.partitions.max_create);
        result.units = copy_units(
            context, ddl::name_leaves(policy.name, state.table, job::key_type_of(state), bounds, facts.taken),
            config.swap);
    } else {
        if (!state.was_empty) {
            result.units = preparation(context);
            context.replacement.dropped_checks = {state.range_check()};
        }
        const std::vector<ddl::Leaf> leaves = leaves_at_once(state, policy, facts.taken, facts.now);
        result.units.push_back(cut_over_unit(context, leaves));
        for (const ddl::Leaf& leaf : later_leaves(state, leaves, facts, policy, config))
            result.units.push_back(ddl::create_leaf(job::facts_for_leaves(context.replacement), leaf));
    }
    for (Unit& unit : ddl::validate_incoming(context.replacement))
        result.units.push_back(std::move(unit));
    for (const ddl::Matview& matview : facts.matviews) {
        result.units.push_back(ddl::build_matview(matview));
        result.units.push_back(ddl::exchange_matview(matview));
    }
    if (state.was_empty && !state.matviews.empty())
        result.units.push_back(drop_empty(state));
    if (Unit analyze = analyze_whole(state, table); !analyze.steps.empty())
        result.units.push_back(std::move(analyze));
    return result;
}

}  // namespace tripmig::swap
