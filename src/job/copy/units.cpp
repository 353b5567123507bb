#include "job/copy/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "backfill/load.hpp"
#include "ddl/leaf.hpp"
#include "ddl/registry/registry_steps.hpp"
#include "ddl/replacement/staged.hpp"
#include "ddl/statement_step.hpp"
#include "job/copy/row_hash.hpp"
#include "job/replacement.hpp"
#include "job/state/journal.hpp"
#include "job/state/state.hpp"
#include "job/transfer.hpp"
#include "job/triggers/own_triggers.hpp"
#include "sql/identifier.hpp"

namespace tripmig::job {

using ddl::append;
using ddl::statement;

namespace {

/// TRUNCATE of a leaf counts as one of the table once the leaf is in its place.
ddl::ParentFacts leaf_facts(const WorkContext& context) {
    ddl::ParentFacts facts = ddl::staged_leaf_facts(context.replacement);
    if (context.state.is<PartitionJob>())
        return facts;  // nothing follows afterwards
    const backfill::Capture capture = build_transfer(context.replacement, context.state, context.state_schema).capture;
    facts.truncate_triggers.push_back(
        {capture.truncate_trigger, "AFTER",
         fmt::format("FOR EACH STATEMENT EXECUTE FUNCTION {}()", sql::quoted(capture.truncate_function)), 'A'});
    return facts;
}

/// A split detaches it from here and attaches it there: the CHECK spares that a scan.
std::vector<Step> range_checks(const WorkContext& context, const ddl::Leaf& leaf) {
    if (!context.state.is<PartitionJob>())
        return {};
    return {statement(
        fmt::format("ALTER TABLE {} ADD CONSTRAINT {} CHECK ({})", sql::quoted(leaf.name), partition_range_check,
                    ddl::within(key_type_of(context.state), leaf.bounds, context.state.key)),
        "implies the bounds when the partition changes its parent")};
}

constexpr std::string_view autovacuum_option = "autovacuum_enabled=";

bool is_autovacuum(const std::string& option) {
    return option.starts_with(autovacuum_option);
}

/// Of a leaf that is yet to be indexed. Autovacuum comes for many new rows (manual 25.1.6), and indexes and cut-over
/// would wait for its lock: it leaves the leaf alone until that is ready. Column settings come with its own ANALYZE:
/// see analyze_staged().
ddl::ParentFacts loading_leaf_facts(const WorkContext& context) {
    ddl::ParentFacts facts = leaf_facts(context);
    std::erase_if(facts.options, is_autovacuum);
    facts.options.push_back(std::string(autovacuum_option) + "false");
    facts.columns.clear();
    return facts;
}

Step with_autovacuum(const QualifiedName& leaf, const std::vector<std::string>& options) {
    const auto own = std::find_if(options.begin(), options.end(), is_autovacuum);
    return statement(fmt::format("ALTER TABLE {} {}", sql::quoted(leaf),
                                 own == options.end() ? "RESET (autovacuum_enabled)"
                                                      : fmt::format("SET ({})", ddl::option_list({*own}))),
                     "autovacuum works on it from now on", {{leaf, LockMode::share_update_exclusive}});
}

std::vector<Step> make_targets(const WorkContext& context, const std::vector<ddl::Leaf>& leaves) {
    std::vector<Step> steps = ddl::create_staged(context.replacement);
    const ddl::ParentFacts facts = loading_leaf_facts(context);
    for (const ddl::Leaf& leaf : leaves)
        append(steps, ddl::leaf_steps(facts, leaf));
    for (const ddl::Leaf& leaf : leaves)
        append(steps, range_checks(context, leaf));
    if (context.state.does(PartitionVerb::drain))
        append(steps, ddl::default_steps(facts, context.state.rest_name()));
    if (context.state.makes_default())
        append(steps, ddl::default_steps(facts, context.state.default_name()));
    return steps;
}

}  // namespace

Unit begin_copy(const WorkContext& context, const std::vector<ddl::Leaf>& leaves) {
    const ddl::Replacement& replacement = context.replacement;
    Unit unit;
    unit.name = fmt::format("begin the copy of {}", sql::quoted(replacement.table.name));
    if (replacement.registry) {
        append(unit.steps, ddl::create_registry_table(*replacement.registry));
        append(unit.steps, ddl::create_registry_functions(*replacement.registry));
    }
    append(unit.steps, backfill::prepare_transfer(build_transfer(replacement, context.state, context.state_schema)));
    append(unit.steps, make_targets(context, leaves));
    unit.steps.push_back(journal(context.state, Stage::staged, context.state_schema));
    return unit;
}

Unit capture_copy(const WorkContext& context) {
    const QualifiedName& table = context.replacement.table.name;
    Unit unit;
    unit.name = fmt::format("capture the changes of {}", sql::quoted(table));
    unit.steps =
        backfill::capture_triggers(build_transfer(context.replacement, context.state, context.state_schema).capture);
    State captured = context.state;
    captured.stage = Stage::capturing;
    unit.steps.push_back(journal(captured, context.state_schema));
    append(unit.steps, record_own(captured, context.state_schema));
    for (const QualifiedName& source : context.state.sources())
        unit.lock_first.push_back({source, LockMode::share_row_exclusive});
    return unit;
}

Unit reload_copy(const WorkContext& context, const std::vector<ddl::Leaf>& leaves) {
    const ddl::Replacement& replacement = context.replacement;
    Unit unit;
    unit.name = fmt::format("begin the copy of {} again", sql::quoted(replacement.table.name));
    append(unit.steps, backfill::restart_transfer(build_transfer(replacement, context.state, context.state_schema)));
    unit.steps.push_back(statement(fmt::format("DROP TABLE {}", sql::quoted(ddl::staged_name(replacement.table.name))),
                                   "everything is loaded again"));
    if (replacement.registry) {
        append(unit.steps, ddl::drop_registry(*replacement.registry));
        append(unit.steps, ddl::create_registry_table(*replacement.registry));
        append(unit.steps, ddl::create_registry_functions(*replacement.registry));
    }
    append(unit.steps, make_targets(context, leaves));
    unit.steps.push_back(journal(context.state, Stage::capturing, context.state_schema));
    return unit;
}

Unit mark_copy_loaded(const WorkContext& context) {
    Unit unit;
    unit.name = "the copy is loaded";
    if (!context.state.is<PartitionJob>()) {  // the parent of a split's leaves is another: it is analyzed in the end
        unit.name = fmt::format("analyze {}", sql::quoted(ddl::staged_name(context.replacement.table.name)));
        unit.steps = ddl::analyze_staged(context.replacement);
    }
    unit.steps.push_back(journal(context.state, Stage::loaded, context.state_schema));
    return unit;
}

Unit add_copy_leaf(const WorkContext& context, const ddl::Leaf& leaf) {
    const bool is_late = context.state.stage >= Stage::indexed;
    ddl::ParentFacts facts = is_late ? leaf_facts(context) : loading_leaf_facts(context);
    if (is_late) {
        // It has its key as soon as it is attached; nobody comes to index it and to see to this.
        const ddl::ParentFacts source = ddl::parent_facts(context.replacement.table, context.replacement.key);
        facts.replica_identity = source.replica_identity;
        facts.replica_identity_index = source.replica_identity_index;
        facts.leaf_indexes = ddl::per_leaf_indexes(context.replacement);
    }
    Unit unit = ddl::create_leaf(facts, leaf);
    append(unit.steps, range_checks(context, leaf));
    return unit;
}

Unit index_copy_leaf(const WorkContext& context, const QualifiedName& leaf) {
    Unit unit;
    unit.name = fmt::format("index {}", sql::quoted(leaf));
    unit.steps = {
        backfill::purge_touched(build_transfer(context.replacement, context.state, context.state_schema), leaf)};
    append(unit.steps, ddl::index_leaf(context.replacement, leaf));
    append(unit.steps, ddl::column_settings(context.replacement.table, leaf));
    if (goes_by_hash(context.state))
        unit.steps.push_back(index_row_hash(leaf, context.replacement.table));
    unit.steps.push_back(statement(fmt::format("ANALYZE {}", sql::quoted(leaf)),
                                   "statistics of the full table, also for its expressions",
                                   {{leaf, LockMode::share_update_exclusive}}));
    return unit;
}

Unit index_copy(const WorkContext& context) {
    const ddl::Replacement& replacement = context.replacement;
    const QualifiedName staged = ddl::staged_name(replacement.table.name);
    Unit unit;
    unit.name = fmt::format("index {}", sql::quoted(staged));
    unit.steps = ddl::index_staged(replacement);
    if (goes_by_hash(context.state))
        unit.steps.push_back(index_row_hash(staged, replacement.table));
    if (replacement.registry) {
        const QualifiedName& registry = replacement.registry->table;
        unit.steps.push_back(
            backfill::purge_touched(build_transfer(replacement, context.state, context.state_schema), registry));
        append(unit.steps, ddl::index_registry(*replacement.registry));
    }
    unit.steps.push_back(journal(context.state, Stage::indexed, context.state_schema));
    return unit;
}

Unit mark_copy_ready(const WorkContext& context, const std::vector<QualifiedName>& leaves) {
    Unit unit;
    unit.name = "ready for the cut-over";
    for (const QualifiedName& leaf : leaves)
        unit.steps.push_back(with_autovacuum(leaf, context.replacement.table.options));
    unit.steps.push_back(journal(context.state, Stage::ready, context.state_schema));
    return unit;
}

}  // namespace tripmig::job
