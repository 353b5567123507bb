#include "swap/plan_units.hpp"

#include <fmt/format.h>

#include "backfill/catch_up.hpp"
#include "backfill/load.hpp"
#include "ddl/composite_steps.hpp"
#include "ddl/leaf.hpp"
#include "ddl/replacement/matview.hpp"
#include "ddl/replacement/staged.hpp"
#include "job/copy/catch_up.hpp"
#include "job/copy/foreign_keys.hpp"
#include "job/copy/units.hpp"
#include "job/replacement.hpp"
#include "job/transfer.hpp"
#include "sql/identifier.hpp"
#include "swap/attach/cut_over.hpp"
#include "swap/attach/units.hpp"
#include "swap/composite/composite.hpp"
#include "swap/copy/cut_over.hpp"
#include "swap/matviews.hpp"
#include "swap/new_job.hpp"

namespace tripmig::swap {

namespace {

job::WorkContext work_context(const PlanContext& plan, const job::State& state, const job::Observation& seen) {
    job::WorkContext context{job::build_replacement(*plan.facts.table, state), state, plan.config.state.schema};
    context.index = seen.missing_unique.empty() ? std::string() : seen.missing_unique.front();
    context.composite = seen.composite;
    return context;
}

backfill::Transfer transfer_for(const job::WorkContext& context) {
    return job::build_transfer(context.replacement, context.state, context.state_schema);
}

Unit fill_composite_unit(const job::WorkContext& context) {
    const ddl::CompositeKey& key = context.replacement.composite.at(context.composite);
    Unit unit;
    unit.name =
        fmt::format("fill column {} of {}, in chunks", sql::quote_ident(key.column), sql::quoted(key.key.table));
    unit.steps = {ddl::fill_composite(key, 0, 64, false)};
    return unit;
}

Unit load_unit(const job::WorkContext& context, std::string name) {
    Unit unit;
    unit.name = std::move(name);
    for (const backfill::Projection& projection : transfer_for(context).projections)
        unit.steps.push_back(backfill::load_blocks(projection, {0, context.replacement.table.pages}));
    return unit;
}

std::vector<QualifiedName> names_of(const std::vector<ddl::Leaf>& leaves) {
    std::vector<QualifiedName> names;
    for (const ddl::Leaf& leaf : leaves)
        names.push_back(leaf.name);
    return names;
}

/// All partitions of the copy.
std::vector<QualifiedName> copy_names(const PlanContext& plan, const job::State& state) {
    std::vector<QualifiedName> names = names_of(plan.copy_leaves);
    if (state.makes_default())
        names.push_back(state.default_name());
    return names;
}

std::vector<Unit> index_copy_units(const PlanContext& plan, const job::WorkContext& context) {
    std::vector<Unit> units;
    for (const QualifiedName& leaf : copy_names(plan, context.state)) {
        units.push_back(backfill::vacuum_loaded(leaf, false, 0));
        units.push_back(job::index_copy_leaf(context, leaf));
    }
    if (context.replacement.registry)
        units.push_back(backfill::vacuum_loaded(context.replacement.registry->table, true, 0));
    units.push_back(job::index_copy(context));
    return units;
}

Unit cut_over(const PlanContext& plan, job::WorkContext context) {
    context.state.edit_swap().matviews = dependent_matviews(*plan.facts.table);
    if (context.state.copies()) {
        CopyFacts facts;
        facts.staged.name = ddl::staged_name(context.replacement.table.name);
        facts.leaves = copy_names(plan, context.state);
        return copy_cut_over_unit(context, facts, plan.config.swap);
    }
    if (context.state.is<job::AttachJob>())
        context.replacement.dropped_checks = {context.state.range_check()};
    return cut_over_unit(context, leaves_at_once(context.state, plan.policy, plan.facts.taken, plan.facts.now));
}

/// Partitions that need not be there at once; copy has made all of its own.
std::vector<Unit> later_leaves(const PlanContext& plan, const job::WorkContext& context) {
    const job::State& state = context.state;
    std::vector<Unit> units;
    if (state.copies())
        return units;
    const std::vector<ddl::Leaf> at_once = leaves_at_once(state, plan.policy, plan.facts.taken, plan.facts.now);
    std::vector<ddl::Bounds> present;
    if (!state.is<job::EmptyJob>())
        present.push_back({ddl::Bound::minvalue(), at_once.front().bounds.lower});
    for (const ddl::Leaf& leaf : at_once)
        present.push_back(leaf.bounds);
    for (const ddl::Leaf& leaf : ddl::name_leaves(
             plan.policy.name, state.table, job::key_type_of(state),
             bounds_to_come(state, present, plan.policy, plan.facts.now, plan.config.partitions.max_create),
             plan.facts.taken))
        units.push_back(ddl::create_leaf(job::facts_for_leaves(context.replacement), leaf));
    if (state.makes_default())
        units.push_back(ddl::create_default(job::facts_for_leaves(context.replacement), state.default_name()));
    return units;
}

std::vector<Unit> validate_keys(const PlanContext& plan, const job::WorkContext& context) {
    std::vector<Unit> units;
    if (context.state.copies()) {
        const QualifiedName& table = context.replacement.table.name;
        const std::vector<db::ConstraintInfo> outgoing = job::outgoing_keys(context.replacement.table);
        const std::vector<QualifiedName> leaves = copy_names(plan, context.state);
        for (const QualifiedName& leaf : leaves)
            for (const db::ConstraintInfo& key : outgoing)
                units.push_back(job::validate_leaf_key(leaf, key));
        for (const db::ConstraintInfo& key : outgoing)
            units.push_back(job::adopt_foreign_key(table, leaves, key));
    }
    for (Unit& unit : ddl::validate_incoming(context.replacement))
        units.push_back(std::move(unit));
    return units;
}

std::vector<Unit> follow_up(const PlanContext& plan, const job::WorkContext& context) {
    std::vector<Unit> units = later_leaves(plan, context);
    for (Unit& unit : validate_keys(plan, context))
        units.push_back(std::move(unit));
    for (const ddl::Matview& matview : plan.facts.matviews) {
        units.push_back(ddl::build_matview(matview));
        units.push_back(ddl::exchange_matview(matview));
    }
    if (context.state.is<job::EmptyJob>() && !dependent_matviews(*plan.facts.table).empty())
        units.push_back(drop_empty(context.state));
    if (Unit analyze = analyze_whole(context.state, *plan.facts.table); !analyze.steps.empty())
        units.push_back(std::move(analyze));
    return units;
}

}  // namespace

std::vector<Unit> plan_units(const PlanContext& plan, job::Action action, const job::State& state,
                             const job::Observation& seen) {
    const job::WorkContext context = work_context(plan, state, seen);
    switch (action) {
        case job::Action::fill_composite:
            return {fill_composite_unit(context)};
        case job::Action::validate_composite:
            return {validate_composite_unit(context)};
        case job::Action::load_registry:
            return {load_unit(context, "load the registry, in chunks")};
        case job::Action::index_registry:
            return {backfill::vacuum_loaded(context.replacement.registry->table, true, 0), unit_of(action, context)};
        case job::Action::note_ready:
            if (context.replacement.registry && state.is<job::AttachJob>())
                return {backfill::catch_up_round(transfer_for(context), job::catch_up_batch), unit_of(action, context)};
            return {unit_of(action, context)};
        case job::Action::begin_copy:
            return {job::begin_copy(context, plan.copy_leaves)};
        case job::Action::capture_copy:
            return {job::capture_copy(context)};
        case job::Action::load_copy:
            return {load_unit(context, "load the copy, in chunks, by several workers"), job::mark_copy_loaded(context)};
        case job::Action::index_copy:
            return index_copy_units(plan, context);
        case job::Action::prepare_cut_over:
            return {backfill::catch_up_round(transfer_for(context), job::catch_up_batch),
                    job::mark_copy_ready(context, copy_names(plan, state))};
        case job::Action::cut_over:
            return {cut_over(plan, context)};
        case job::Action::follow_up:
            return follow_up(plan, context);
        default:
            return {unit_of(action, context)};
    }
}

}  // namespace tripmig::swap
