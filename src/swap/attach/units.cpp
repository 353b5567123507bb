#include "swap/attach/units.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "backfill/load.hpp"
#include "base/error.hpp"
#include "ddl/constraint_phases.hpp"
#include "ddl/index_definition.hpp"
#include "ddl/registry/registry_steps.hpp"
#include "ddl/statement_step.hpp"
#include "job/boundary.hpp"
#include "job/replacement.hpp"
#include "job/state/journal.hpp"
#include "job/transfer.hpp"
#include "job/triggers/own_triggers.hpp"
#include "sql/identifier.hpp"
#include "swap/composite/composite.hpp"

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

Step record(const job::WorkContext& context) {
    return job::journal(context.state, context.state_schema);
}
Step record(const job::WorkContext& context, job::Stage stage) {
    return job::journal(context.state, stage, context.state_schema);
}

std::string null_expression(const job::State& state) {
    return fmt::format("{} IS NOT NULL", sql::quote_ident(state.key));
}

Unit begin_registry(const job::WorkContext& context) {
    const ddl::Registry& registry = *context.replacement.registry;
    std::vector<Step> steps = ddl::create_registry_table(registry);
    ddl::append(steps, ddl::create_registry_functions(registry));
    ddl::append(
        steps, backfill::begin_transfer(job::build_transfer(context.replacement, context.state, context.state_schema)));
    job::State captured = context.state;
    captured.stage = job::Stage::capturing;
    steps.push_back(job::journal(captured, context.state_schema));
    ddl::append(steps, job::record_own(captured, context.state_schema));
    return under_lock(fmt::format("begin the registry {}", sql::quoted(registry.table)), registry.parent,
                      LockMode::share_row_exclusive, std::move(steps));
}

/// The source has other rows in other places now. What the log names stays named.
Unit reload_registry(const job::WorkContext& context) {
    const ddl::Registry& registry = *context.replacement.registry;
    const std::string name = sql::quoted(registry.table);
    std::vector<Step> steps =
        backfill::restart_transfer(job::build_transfer(context.replacement, context.state, context.state_schema));
    steps.push_back(ddl::statement(fmt::format("ALTER TABLE {} DROP CONSTRAINT IF EXISTS {}", name,
                                               sql::quote_ident(sql::truncated_name(registry.table.name, "_pkey"))),
                                   "load first, index afterwards"));
    steps.push_back(ddl::statement(fmt::format("ALTER TABLE {} REPLICA IDENTITY FULL", name),
                                   "until it has its primary key again"));
    steps.push_back(
        ddl::statement(fmt::format("TRUNCATE {}", name), "the table was truncated or rewritten: load again"));
    steps.push_back(record(context, job::Stage::capturing));
    return inside(fmt::format("begin the registry {} again", name), std::move(steps));
}

Unit index_registry(const job::WorkContext& context) {
    const ddl::Registry& registry = *context.replacement.registry;
    std::vector<Step> steps;
    steps.push_back(backfill::purge_touched(
        job::build_transfer(context.replacement, context.state, context.state_schema), registry.table));
    ddl::append(steps, ddl::index_registry(registry));
    steps.push_back(record(context, job::Stage::registered));
    return inside(fmt::format("index the registry {}", sql::quoted(registry.table)), std::move(steps));
}

Unit null_unit(job::Action action, const job::WorkContext& context) {
    const QualifiedName& table = context.replacement.table.name;
    const std::string check = context.state.null_check();
    switch (action) {
        case job::Action::add_null_check:
            return under_lock("check that no key is null", table, LockMode::access_exclusive,
                              {ddl::add_check_not_valid(table, check, null_expression(context.state),
                                                        "so that SET NOT NULL need not scan under its lock"),
                               record(context)});
        case job::Action::validate_null_check:
            return inside(
                "validate that no key is null",
                {ddl::validate_constraint(table, check, "a scan that does not block writers"), record(context)});
        default:
            return under_lock("set the key not null", table, LockMode::access_exclusive,
                              {ddl::set_not_null(table, context.state.key),
                               ddl::drop_check(table, check, "NOT NULL replaces it"), record(context)});
    }
}

Unit build_unique_with_key(const job::WorkContext& context) {
    const db::TableInfo& table = context.replacement.table;
    for (const db::IndexInfo& index : table.indexes)
        if (index.name.name == context.index)
            return ddl::build_unique_index_like(table.name, job::State::index_with_key(index.name.name),
                                                ddl::widened(index, context.state.key));
    throw Error(ExitCode::unexpected, fmt::format("index {} does not exist", sql::quote_ident(context.index)));
}

Unit range_check_unit(job::Action action, const job::WorkContext& context) {
    const QualifiedName& table = context.replacement.table.name;
    const std::string check = context.state.range_check();
    switch (action) {
        case job::Action::add_range_check:
            return under_lock(
                "add the range check", table, LockMode::access_exclusive,
                {ddl::add_check_not_valid(table, check, range_expression(context.state),
                                          "refuses keys beyond the boundary until the cut-over, never after it"),
                 record(context, job::Stage::range_checked)});
        case job::Action::validate_range_check:
            return inside("validate the range check",
                          {ddl::validate_constraint(table, check, "so that ATTACH need not scan under its lock"),
                           record(context)});
        default:
            return under_lock("drop the range check", table, LockMode::access_exclusive,
                              {ddl::drop_check(table, check, "it must not stay without a cut-over"),
                               record(context, std::min(context.state.stage, job::Stage::ready))});
    }
}

}  // namespace

Unit analyze_whole(const job::State& state, const db::TableInfo& table) {
    Unit unit;
    unit.name = fmt::format("analyze {}", sql::quoted(state.table));
    if (!state.copies() || !table.statistics.empty())
        unit.steps.push_back(ddl::statement(fmt::format("ANALYZE {}", sql::quoted(state.table)),
                                            "autovacuum does not analyze partitioned tables"));
    return unit;
}

std::string range_expression(const job::State& state) {
    const ddl::KeyType type = job::key_type_of(state);
    return ddl::within(type, {ddl::Bound::minvalue(), job::parse_boundary(type, state.boundary())}, state.key);
}

Unit unit_of(job::Action action, const job::WorkContext& context) {
    const QualifiedName& table = context.replacement.table.name;
    switch (action) {
        case job::Action::add_null_check:
        case job::Action::validate_null_check:
        case job::Action::set_not_null:
            return null_unit(action, context);
        case job::Action::drop_broken_index:
            return ddl::drop_index_concurrently(table, {table.schema, context.state.leaf_index()},
                                                "remains of an interrupted build");
        case job::Action::build_index: {
            std::vector<std::string> columns = context.state.primary_key;
            columns.push_back(context.state.key);
            return ddl::build_unique_index(table, context.state.leaf_index(), columns);
        }
        case job::Action::drop_broken_unique:
            return ddl::drop_index_concurrently(table, {table.schema, context.index},
                                                "remains of an interrupted build");
        case job::Action::build_unique:
            return build_unique_with_key(context);
        case job::Action::begin_composite:
            return begin_composite_unit(context);
        case job::Action::begin_registry:
            return begin_registry(context);
        case job::Action::reload_registry:
            return reload_registry(context);
        case job::Action::index_registry:
            return index_registry(context);
        case job::Action::note_ready:
            return inside("ready for the cut-over", {record(context, job::Stage::ready)});
        case job::Action::drop_range_check:
        case job::Action::add_range_check:
        case job::Action::validate_range_check:
            return range_check_unit(action, context);
        case job::Action::fill_composite:
        case job::Action::validate_composite:
        case job::Action::record_triggers:
        case job::Action::renew_triggers:
        case job::Action::begin_copy:
        case job::Action::capture_copy:
        case job::Action::reload_copy:
        case job::Action::load_copy:
        case job::Action::index_copy:
        case job::Action::compare:
        case job::Action::prepare_cut_over:
        case job::Action::load_registry:
        case job::Action::cut_over:
        default:
            break;
    }
    throw Error(ExitCode::unexpected, fmt::format("\"{}\" is not one unit", to_string(action)));
}

}  // namespace tripmig::swap
