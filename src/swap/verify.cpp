#include "swap/verify.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "db/partition_catalog.hpp"
#include "db/table_catalog.hpp"
#include "ddl/leaf.hpp"
#include "ddl/registry.hpp"
#include "ddl/staged.hpp"
#include "sql/identifier.hpp"
#include "swap/compared_leaves.hpp"
#include "swap/run.hpp"
#include "swap/split.hpp"
#include "swap/succession_of.hpp"
#include "swap/transfer_of.hpp"

namespace tripmig::swap {

namespace {

move::Comparison comparison_of(Server& server, const SwapState& state) {
    const bool is_cut = state.is_cut();
    const QualifiedName plain = is_cut ? QualifiedName{state.table.schema, state.leaf} : state.table;
    const QualifiedName whole = is_cut ? state.table : ddl::staged_name(state.table);
    const db::TableInfo table = is_cut ? require_table(server, plain) : source_of(server, state);
    const ddl::KeyType type = key_type_of(state);
    const move::Transfer transfer = is_cut ? transfer_back(require_table(server, whole), state, server.state_schema())
                                           : transfer_of(succession_of(table, state), state, server.state_schema());
    move::Comparison comparison;
    comparison.plain = plain;
    comparison.blocks = table.pages;
    comparison.leaves = compared_leaves(server, whole, type);
    comparison.partition_key = state.key;
    comparison.partition_key_type = std::string(ddl::type_name(type));
    comparison.keys = transfer.capture.key_names();
    comparison.row_hash = move::row_hash(table, copied_columns(table));
    comparison.log = transfer.capture.log;
    return comparison;
}

/// Before the cut-over: what is not in the log. Afterwards the triggers keep both in one transaction.
move::Comparison registry_before(const db::TableInfo& table, const SwapState& state, const std::string& state_schema) {
    const ddl::Registry registry = ddl::registry_of(table, state.key);
    move::Comparison comparison;
    comparison.plain = table.name;
    comparison.blocks = table.pages;
    comparison.leaves = {compared_whole(registry.table, key_type_of(state))};
    comparison.partition_key = state.key;
    comparison.partition_key_type = std::string(ddl::type_name(key_type_of(state)));
    comparison.keys = registry.id_names();
    comparison.row_hash = move::row_hash(table, registry.column_names());
    comparison.log = move::capture_for(table.name, {}, state_schema, state.job).log;
    return comparison;
}

move::Comparison registry_after(Server& server, const db::TableInfo& table, const db::PartitioningInfo& partitioning,
                                const db::TableInfo& kept) {
    const ddl::Registry registry = ddl::registry_of(table, partitioning.key);
    const ddl::KeyType type = ddl::key_type_of(ddl::parent_facts(table, partitioning.key));
    move::Comparison comparison;
    comparison.plain = kept.name;
    comparison.blocks = kept.pages;
    comparison.leaves = compared_leaves(server, table.name, type);
    if (comparison.leaves.size() != partitioning.partitions.size())
        comparison.leaves = {compared_whole(table.name, type)};
    comparison.partition_key = partitioning.key;
    comparison.partition_key_type = std::string(ddl::type_name(type));
    comparison.keys = registry.id_names();
    comparison.row_hash = move::row_hash(table, registry.column_names());
    return comparison;
}

std::vector<move::Difference> compare(Server& server, const move::Comparison& comparison) {
    const auto workers = server.workers();
    return move::verify(comparison, server.session(), *workers, server.throttle(), server.stop(), server.reporter());
}

/// What is left of the other side is to be loaded anew: there is nothing to compare.
void require_not_truncated(Server& server, const SwapState& state) {
    const move::Capture capture = move::capture_for(state.table, {}, server.state_schema(), state.job);
    const auto is_marked =
        server.session().read(fmt::format("SELECT EXISTS (SELECT FROM {} WHERE truncated)", sql::quoted(capture.log)));
    if (db::flag_of(is_marked.at(0).at(0)))
        throw Error(ExitCode::refused,
                    fmt::format("{} was truncated: the other side has not followed yet", sql::quoted(state.table)),
                    "tripmig swap run TABLE brings it up");
}

bool has_whole_copy(const SwapState& state) {
    return state.is_copy() && !state.was_empty &&
           ((state.stage >= Stage::indexed && state.stage <= Stage::ready) || state.stage == Stage::cut ||
            state.stage == Stage::complete);
}

bool has_whole_registry(const SwapState& state) {
    if (!state.has_registry)
        return false;
    return state.is_cut() ? state.stage <= Stage::complete
                          : !state.was_empty && state.stage >= Stage::registered && state.stage <= Stage::bounded;
}

std::string text_of(const std::vector<move::Difference>& differences, std::string_view one, std::string_view other) {
    std::string text;
    for (const move::Difference& difference : differences) {
        text += fmt::format("\n  {}: {} rows in {}, {} in {}", sql::quoted(difference.leaf), difference.plain_rows, one,
                            difference.leaf_rows, other);
        if (!difference.keys.empty())
            text += fmt::format("; keys {}", fmt::join(difference.keys, "; "));
    }
    return text;
}

}  // namespace

std::vector<move::Difference> verify_copy(Server& server, const SwapState& state) {
    require_not_truncated(server, state);
    server.reporter().info("swap.step", fmt::format("verify {}", sql::quoted(state.table)));
    std::vector<move::Difference> differences = compare(server, comparison_of(server, state));
    if (!differences.empty())
        require_not_truncated(server, state);  // TRUNCATE minds no snapshot (manual 13.6)
    return differences;
}

std::vector<move::Difference> verify_registry(Server& server, const QualifiedName& name) {
    const db::TableInfo table = require_table(server, name);
    const auto partitioning = db::read_partitioning(server.session(), name);
    const auto kept = db::read_table(server.session(), ddl::registry_name(name));
    if (!partitioning || partitioning->key.empty() || !kept || kept->primary_key() == nullptr)
        throw Error(ExitCode::refused, fmt::format("there is nothing to compare {} with", sql::quoted(name)),
                    "a copy can be verified before `tripmig swap finish`, a registry at any time; this table has "
                    "neither");
    server.reporter().info("swap.step", fmt::format("verify {}", sql::quoted(kept->name)));
    return compare(server, registry_after(server, table, *partitioning, *kept));
}

namespace {

std::vector<move::Difference> verify_registry_of(Server& server, const SwapState& state) {
    if (state.is_cut())
        return verify_registry(server, state.table);
    require_not_truncated(server, state);
    const db::TableInfo table = require_table(server, state.table);
    server.reporter().info("swap.step", fmt::format("verify {}", sql::quoted(ddl::registry_name(state.table))));
    std::vector<move::Difference> differences =
        compare(server, registry_before(without_own(table, state), state, server.state_schema()));
    if (!differences.empty())
        require_not_truncated(server, state);
    return differences;
}

/// No cut-over after a comparison that found something, until one finds nothing.
void store_outcome(Server& server, SwapState& state, bool is_equal) {
    if (state.is_cut() || state.must_compare == !is_equal)
        return;
    state.must_compare = !is_equal;
    Unit unit;
    unit.name = "store what the comparison found";
    unit.steps = {journal(state, server.state_schema())};
    server.executor().run(unit);
}

}  // namespace

Verification verify(Server& server, SwapState& state) {
    Verification found;
    found.has_copy = has_whole_copy(state);
    found.has_registry = has_whole_registry(state);
    if (!found.has_copy && !found.has_registry)
        throw Error(ExitCode::refused,
                    fmt::format("there is nothing to compare {} with ({}, {})", sql::quoted(state.table),
                                to_string(state.strategy), to_string(state.stage)),
                    "a copy and a registry can be verified once they are loaded and have their indexes; attach without "
                    "a registry moves no row");
    if (found.has_copy)
        found.copy = verify_copy(server, state);
    if (found.has_registry)
        found.registry = verify_registry_of(server, state);
    store_outcome(server, state, found.is_equal());
    return found;
}

void require_no_difference(Server& server, SwapState& state) {
    const Verification found = verify(server, state);
    if (found.is_equal())
        return;
    std::string text = text_of(found.copy, "the table", "the copy");
    text += text_of(found.registry, "the table", "its registry");
    throw Error(ExitCode::verification_difference,
                fmt::format("{} and what was loaded from it differ:{}", sql::quoted(state.table), text),
                fmt::format("there is no cut-over before a comparison finds no difference (`tripmig swap verify {0}`); "
                            "`tripmig swap abort {0}` drops what was loaded. Somebody wrote to it, or this is a defect "
                            "worth a report",
                            sql::quoted(state.table)));
}

}  // namespace tripmig::swap
