#include "swap/plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ddl/leaf.hpp"
#include "ddl/staged.hpp"
#include "ddl/statement_step.hpp"
#include "move/catch_up.hpp"
#include "move/load.hpp"
#include "sql/identifier.hpp"
#include "swap/attach_units.hpp"
#include "swap/composite.hpp"
#include "swap/copy_cut_over.hpp"
#include "swap/copy_units.hpp"
#include "swap/cut_over.hpp"
#include "swap/matviews.hpp"
#include "swap/new_job.hpp"
#include "swap/run.hpp"
#include "swap/succession_of.hpp"
#include "swap/transfer_of.hpp"

namespace tripmig::swap {

namespace {

/// The columns of referencing tables, each filled before the next one comes.
std::vector<Unit> composite_units(AttachContext context) {
    std::vector<Unit> units;
    for (const ddl::CompositeKey& key : context.succession.composite) {
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

bool has_column_to_come(const AttachContext& context) {
    return std::any_of(context.succession.composite.begin(), context.succession.composite.end(),
                       [](const ddl::CompositeKey& key) { return !key.column.empty(); });
}

/// What goes before the cut-over of a table that has rows.
std::vector<Unit> preparation(const AttachContext& context) {
    std::vector<Unit> units;
    const auto add = [&](Action action) { units.push_back(unit_of(action, context)); };
    if (context.state.key_was_nullable)
        for (const Action action : {Action::add_null_check, Action::validate_null_check, Action::set_not_null})
            add(action);
    if (!context.succession.leaf_index.empty())
        add(Action::build_index);
    for (const auto& [name, wider] : context.succession.wider)
        units.push_back(unit_of(Action::build_unique, {context.succession, context.state, context.state_schema, name}));
    for (Unit& unit : composite_units(context))
        units.push_back(std::move(unit));
    if (context.succession.registry) {
        const move::Transfer transfer = transfer_of(context.succession, context.state, context.state_schema);
        add(Action::begin_registry);
        Unit load;
        load.name = "load the registry, in chunks";
        load.steps = {move::load_blocks(transfer.projections.front(), {0, context.succession.table.pages})};
        units.push_back(std::move(load));
        units.push_back(move::vacuum_loaded(context.succession.registry->table, true, 0));
        add(Action::index_registry);
        units.push_back(move::catch_up_round(transfer, catch_up_batch));
    }
    for (const Action action : {Action::note_ready, Action::add_bound, Action::validate_bound})
        add(action);
    return units;
}

/// The same of strategy copy, with its cut-over.
std::vector<Unit> copy_units(const AttachContext& context, const std::vector<ddl::Leaf>& leaves,
                             const config::SwapConfig& config) {
    std::vector<Unit> units;
    if (context.state.key_was_nullable)
        for (const Action action : {Action::add_null_check, Action::validate_null_check, Action::set_not_null})
            units.push_back(unit_of(action, context));
    if (has_column_to_come(context))
        units.push_back(unit_of(Action::build_index, context));
    for (Unit& unit : composite_units(context))
        units.push_back(std::move(unit));
    const move::Transfer transfer = transfer_of(context.succession, context.state, context.state_schema);
    units.push_back(begin_copy(context, leaves));
    units.push_back(capture_copy(context));
    Unit load;
    load.name = "load the copy, in chunks, by several workers";
    for (const move::Projection& projection : transfer.projections)
        load.steps.push_back(move::load_blocks(projection, {0, context.succession.table.pages}));
    units.push_back(std::move(load));
    units.push_back(copy_is_loaded(context));
    CopyFacts facts;
    facts.staged.name = ddl::staged_name(context.succession.table.name);
    for (const ddl::Leaf& leaf : leaves) {
        facts.leaves.push_back(leaf.name);
        units.push_back(move::vacuum_loaded(leaf.name, false, 0));
        units.push_back(index_copy_leaf(context, leaf.name));
    }
    if (context.succession.registry)
        units.push_back(move::vacuum_loaded(context.succession.registry->table, true, 0));
    units.push_back(index_copy(context));
    units.push_back(move::catch_up_round(transfer, catch_up_batch));
    units.push_back(copy_is_ready(context, facts.leaves));
    units.push_back(copy_cut_over_unit(context, facts, config));
    const std::vector<db::ConstraintInfo> outgoing = outgoing_keys(context.succession.table);
    for (const QualifiedName& leaf : facts.leaves)
        for (const db::ConstraintInfo& key : outgoing)
            units.push_back(validate_leaf_key(leaf, key));
    for (const db::ConstraintInfo& key : outgoing)
        units.push_back(adopt_foreign_key(context.succession.table.name, facts.leaves, key));
    return units;
}

std::vector<ddl::Leaf> later_leaves(const SwapState& state, const std::vector<ddl::Leaf>& at_once, const Facts& facts,
                                    const config::PartitionPolicy& policy, const config::Config& config) {
    std::vector<ddl::Bounds> present;
    if (!state.was_empty)
        present.push_back({ddl::Bound::minvalue(), at_once.front().bounds.lower});
    for (const ddl::Leaf& leaf : at_once)
        present.push_back(leaf.bounds);
    return ddl::name_leaves(policy.name, state.table, key_type_of(state),
                            bounds_to_come(state, present, policy, facts.now, config.partitions.max_create),
                            facts.taken);
}

}  // namespace

PlanResult plan(const Facts& facts, const config::PartitionPolicy& policy, const config::Config& config) {
    PlanResult result;
    const db::TableInfo& table = *facts.table;
    result.findings = preflight(table, facts, policy, config.swap);
    if (exit_code_of(result.findings) != ExitCode::ok)
        return result;
    SwapState state = new_state(facts, policy, config.swap);
    state.matviews = bound_matviews(table);
    require_leaf_names(state, policy, facts, config.partitions.max_create);
    result.cut = state.cut;
    result.state = state;
    AttachContext context{succession_of(table, state), state, config.state.schema};
    if (state.is_copy() && !state.was_empty) {
        const auto bounds = copy_bounds(state, facts.key, facts.now, policy, config.partitions.max_create);
        result.units = copy_units(
            context, ddl::name_leaves(policy.name, state.table, key_type_of(state), bounds, facts.taken), config.swap);
    } else {
        if (!state.was_empty) {
            result.units = preparation(context);
            context.succession.dropped_checks = {state.bound_check()};
        }
        const std::vector<ddl::Leaf> leaves = leaves_at_once(state, policy, facts.taken, facts.now);
        result.units.push_back(cut_over_unit(context, leaves));
        for (const ddl::Leaf& leaf : later_leaves(state, leaves, facts, policy, config))
            result.units.push_back(ddl::create_leaf(facts_for_leaves(context.succession), leaf));
    }
    for (Unit& unit : ddl::validate_incoming(context.succession))
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
