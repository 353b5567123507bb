#include "swap/attach_units.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "ddl/constraint_phases.hpp"
#include "ddl/index_definition.hpp"
#include "ddl/statement_step.hpp"
#include "move/catch_up.hpp"
#include "move/load.hpp"
#include "sql/identifier.hpp"
#include "swap/composite.hpp"
#include "swap/cut.hpp"
#include "swap/own_triggers.hpp"
#include "swap/succession_of.hpp"
#include "swap/transfer_of.hpp"

namespace tripmig::swap {

namespace {

Unit inside(std::string name, std::vector<Step> steps) {
    Unit unit;
    unit.name = std::move(name);
    unit.steps = std::move(steps);
    return unit;
}

/// Steps for which writers must wait a moment: the lock comes first, under the cut-over's protocol.
Unit under_lock(std::string name, const QualifiedName& table, LockMode mode, std::vector<Step> steps) {
    Unit unit = inside(std::move(name), std::move(steps));
    unit.lock_first = {{table, mode}};
    return unit;
}

Step record(const AttachContext& context) {
    return journal(context.state, context.state_schema);
}
Step record(const AttachContext& context, Stage stage) {
    return journal(context.state, stage, context.state_schema);
}

std::string null_expression(const SwapState& state) {
    return fmt::format("{} IS NOT NULL", sql::quote_ident(state.key));
}

Unit begin_registry(const AttachContext& context) {
    const ddl::Registry& registry = *context.succession.registry;
    std::vector<Step> steps = ddl::create_registry_table(registry);
    ddl::append(steps, ddl::create_registry_functions(registry));
    ddl::append(steps, move::begin_transfer(transfer_of(context.succession, context.state, context.state_schema)));
    SwapState captured = context.state;
    captured.stage = Stage::capturing;
    steps.push_back(journal(captured, context.state_schema));
    ddl::append(steps, record_own(captured, context.state_schema));
    return under_lock(fmt::format("begin the registry {}", sql::quoted(registry.table)), registry.parent,
                      LockMode::share_row_exclusive, std::move(steps));
}

/// The source has other rows in other places now. What the log names stays named.
Unit reload_registry(const AttachContext& context) {
    const ddl::Registry& registry = *context.succession.registry;
    const std::string name = sql::quoted(registry.table);
    std::vector<Step> steps =
        move::restart_transfer(transfer_of(context.succession, context.state, context.state_schema));
    steps.push_back(ddl::statement(fmt::format("ALTER TABLE {} DROP CONSTRAINT IF EXISTS {}", name,
                                               sql::quote_ident(sql::truncated_name(registry.table.name, "_pkey"))),
                                   "load first, index after"));
    steps.push_back(
        ddl::statement(fmt::format("ALTER TABLE {} REPLICA IDENTITY FULL", name), "until it has its key again"));
    steps.push_back(
        ddl::statement(fmt::format("TRUNCATE {}", name), "the table was truncated or rewritten: load again"));
    steps.push_back(record(context, Stage::capturing));
    return inside(fmt::format("begin the registry {} again", name), std::move(steps));
}

Unit index_registry(const AttachContext& context) {
    const ddl::Registry& registry = *context.succession.registry;
    std::vector<Step> steps;
    steps.push_back(
        move::purge_touched(transfer_of(context.succession, context.state, context.state_schema), registry.table));
    ddl::append(steps, ddl::index_registry(registry));
    steps.push_back(record(context, Stage::registered));
    return inside(fmt::format("index the registry {}", sql::quoted(registry.table)), std::move(steps));
}

Unit null_unit(Action action, const AttachContext& context) {
    const QualifiedName& table = context.succession.table.name;
    const std::string check = context.state.null_check();
    switch (action) {
        case Action::add_null_check:
            return under_lock("check that no key is null", table, LockMode::access_exclusive,
                              {ddl::add_check_not_valid(table, check, null_expression(context.state),
                                                        "so that SET NOT NULL need not scan under its lock"),
                               record(context)});
        case Action::validate_null_check:
            return inside("validate that no key is null",
                          {ddl::validate_constraint(table, check, "a scan beside the writers"), record(context)});
        default:
            return under_lock("set the key not null", table, LockMode::access_exclusive,
                              {ddl::set_not_null(table, context.state.key),
                               ddl::drop_check(table, check, "NOT NULL says it now"), record(context)});
    }
}

Unit build_wider(const AttachContext& context) {
    const db::TableInfo& table = context.succession.table;
    for (const db::IndexInfo& index : table.indexes)
        if (index.name.name == context.index)
            return ddl::build_unique_index_like(table.name, SwapState::wider_index(index.name.name),
                                                ddl::widened(index, context.state.key));
    throw Error(ExitCode::unexpected, fmt::format("there is no index {}", sql::quote_ident(context.index)));
}

Unit bound_unit(Action action, const AttachContext& context) {
    const QualifiedName& table = context.succession.table.name;
    const std::string check = context.state.bound_check();
    switch (action) {
        case Action::add_bound:
            return under_lock(
                "bound the table", table, LockMode::access_exclusive,
                {ddl::add_check_not_valid(table, check, bound_expression(context.state),
                                          "later keys are refused from here to the cut-over, and never after it"),
                 record(context, Stage::bounded)});
        case Action::validate_bound:
            return inside("validate the bound",
                          {ddl::validate_constraint(table, check, "so that ATTACH need not scan under its lock"),
                           record(context)});
        default:
            return under_lock("drop the bound", table, LockMode::access_exclusive,
                              {ddl::drop_check(table, check, "without a cut-over it must not stay"),
                               record(context, std::min(context.state.stage, Stage::ready))});
    }
}

}  // namespace

Unit analyze_whole(const SwapState& state, const db::TableInfo& table) {
    Unit unit;
    unit.name = fmt::format("analyze {}", sql::quoted(state.table));
    if (!state.is_copy() || state.was_empty || !table.statistics.empty())
        unit.steps.push_back(ddl::statement(fmt::format("ANALYZE {}", sql::quoted(state.table)),
                                            "autovacuum never analyzes a partitioned table as a whole"));
    return unit;
}

std::string bound_expression(const SwapState& state) {
    const ddl::KeyType type = key_type_of(state);
    return ddl::within(type, {ddl::Bound::minvalue(), parse_cut(type, state.cut)}, state.key);
}

Unit unit_of(Action action, const AttachContext& context) {
    const QualifiedName& table = context.succession.table.name;
    switch (action) {
        case Action::add_null_check:
        case Action::validate_null_check:
        case Action::set_not_null:
            return null_unit(action, context);
        case Action::drop_broken_index:
            return ddl::drop_index_concurrently(table, {table.schema, context.state.leaf_index()},
                                                "the remains of an interrupted build");
        case Action::build_index: {
            std::vector<std::string> columns = context.state.primary_key;
            columns.push_back(context.state.key);
            return ddl::build_unique_index(table, context.state.leaf_index(), columns);
        }
        case Action::drop_broken_unique:
            return ddl::drop_index_concurrently(table, {table.schema, context.index},
                                                "the remains of an interrupted build");
        case Action::build_unique:
            return build_wider(context);
        case Action::begin_composite:
            return begin_composite_unit(context);
        case Action::begin_registry:
            return begin_registry(context);
        case Action::reload_registry:
            return reload_registry(context);
        case Action::index_registry:
            return index_registry(context);
        case Action::record_triggers:
            return record_triggers(context);
        case Action::renew_triggers:
            return renew_triggers(context);
        case Action::note_ready:
            return inside("ready for the cut-over", {record(context, Stage::ready)});
        case Action::drop_bound:
        case Action::add_bound:
        case Action::validate_bound:
            return bound_unit(action, context);
        case Action::fill_composite:
        case Action::validate_composite:
        case Action::begin_copy:
        case Action::capture_copy:
        case Action::reload_copy:
        case Action::load_copy:
        case Action::index_copy:
        case Action::compare:
        case Action::prepare_cut_over:
        case Action::load_registry:
        case Action::cut_over:
        case Action::follow_up:
        case Action::nothing:
            break;
    }
    throw Error(ExitCode::unexpected, fmt::format("\"{}\" is not one unit", to_string(action)));
}

}  // namespace tripmig::swap
