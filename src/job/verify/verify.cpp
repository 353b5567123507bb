#include "job/verify/verify.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/counted.hpp"
#include "base/error.hpp"
#include "db/catalog/partition_catalog.hpp"
#include "db/catalog/table_catalog.hpp"
#include "ddl/leaf.hpp"
#include "ddl/registry/registry.hpp"
#include "ddl/replacement/staged.hpp"
#include "job/replacement.hpp"
#include "job/source/source_table.hpp"
#include "job/state/journal.hpp"
#include "job/transfer.hpp"
#include "job/verify/compared_partitions.hpp"
#include "sql/identifier.hpp"

namespace tripmig::job {

namespace {

backfill::Comparison comparison_of(Session& server, const State& state) {
    const bool is_cut_over = state.is_cut_over();
    const QualifiedName plain = is_cut_over ? QualifiedName{state.table.schema, state.old_name} : state.table;
    const QualifiedName whole = is_cut_over ? state.table : ddl::staged_name(state.table);
    const db::TableInfo table = is_cut_over ? require_table(server, plain) : source_of(server, state);
    const ddl::KeyType type = key_type_of(state);
    const backfill::Transfer transfer =
        is_cut_over ? transfer_back(require_table(server, whole), state, server.state_schema())
                    : build_transfer(build_replacement(table, state), state, server.state_schema());
    backfill::Comparison comparison;
    comparison.plain = plain;
    comparison.blocks = table.pages;
    for (const SourcePartition& source : state.partition().more)
        comparison.more.push_back({source.name, read_file(server.session(), source.name).blocks});
    comparison.leaves = compared_leaves(server, whole, type);
    const auto partitioning = db::read_partitioning(server.session(), whole);
    if (partitioning && comparison.leaves.size() != partitioning->partitions.size())
        comparison.leaves = {compared_whole(whole, type)};
    comparison.partition_key = state.key;
    comparison.partition_key_type = std::string(ddl::type_name(type));
    comparison.key = transfer.capture.key();
    comparison.row_hash = backfill::row_hash(table, copied_columns(table));
    comparison.log = transfer.capture.log;
    return comparison;
}

/// Before the cut-over: what is not in the log. Afterwards the triggers keep both in one transaction.
backfill::Comparison registry_before(const db::TableInfo& table, const State& state, const std::string& state_schema) {
    const ddl::Registry registry = ddl::registry_of(table, state.key);
    backfill::Comparison comparison;
    comparison.plain = table.name;
    comparison.blocks = table.pages;
    comparison.leaves = {compared_whole(registry.table, key_type_of(state))};
    comparison.partition_key = state.key;
    comparison.partition_key_type = std::string(ddl::type_name(key_type_of(state)));
    comparison.key.columns = registry.id_names();
    comparison.row_hash = backfill::row_hash(table, registry.column_names());
    comparison.log = backfill::capture_for(table.name, {}, state_schema, state.job).log;
    return comparison;
}

backfill::Comparison registry_after(Session& server, const db::TableInfo& table,
                                    const db::PartitioningInfo& partitioning, const db::TableInfo& kept) {
    const ddl::Registry registry = ddl::registry_of(table, partitioning.key);
    const ddl::KeyType type = ddl::key_type_of(ddl::parent_facts(table, partitioning.key));
    backfill::Comparison comparison;
    comparison.plain = kept.name;
    comparison.blocks = kept.pages;
    comparison.leaves = compared_leaves(server, table.name, type);
    if (comparison.leaves.size() != partitioning.partitions.size())
        comparison.leaves = {compared_whole(table.name, type)};
    comparison.partition_key = partitioning.key;
    comparison.partition_key_type = std::string(ddl::type_name(type));
    comparison.key.columns = registry.id_names();
    comparison.row_hash = backfill::row_hash(table, registry.column_names());
    return comparison;
}

std::vector<backfill::Difference> compare(Session& server, const backfill::Comparison& comparison) {
    const auto workers = server.workers();
    return backfill::verify(comparison, server.session(), *workers, server.throttle(), server.stop(),
                            server.reporter());
}

/// What is left of the other side is to be loaded anew: there is nothing to compare.
void require_not_truncated(Session& server, const State& state) {
    const backfill::Capture capture = backfill::capture_for(state.table, {}, server.state_schema(), state.job);
    if (server.session().flag(fmt::format("SELECT EXISTS (SELECT FROM {} WHERE truncated)", sql::quoted(capture.log))))
        throw Error(ExitCode::refused,
                    fmt::format("{} was truncated: the other table has not followed yet", sql::quoted(state.table)),
                    fmt::format("run first: tripmig swap run {}", sql::quoted(state.table)));
}

bool has_whole_copy(const State& state) {
    return state.copies() && ((state.stage >= Stage::indexed && state.stage <= Stage::ready) ||
                              state.stage == Stage::cut_over || state.stage == Stage::complete);
}

bool has_whole_registry(const State& state) {
    if (!state.swap().has_registry)
        return false;
    return state.is_cut_over()
               ? state.stage <= Stage::complete
               : !state.is<EmptyJob>() && state.stage >= Stage::registered && state.stage <= Stage::range_checked;
}

std::string text_of(const std::vector<backfill::Difference>& differences, std::string_view one, std::string_view other,
                    bool has_key = true) {
    std::string text;
    for (const backfill::Difference& difference : differences) {
        text += fmt::format("\n  {}: {} in {}, {} in {}", sql::quoted(difference.leaf),
                            counted(difference.plain_rows, "row"), one, difference.leaf_rows, other);
        if (!difference.keys.empty())
            text += fmt::format("; {} {}", has_key ? "keys" : "rows", fmt::join(difference.keys, "; "));
    }
    return text;
}

}  // namespace

std::vector<backfill::Difference> verify_copy(Session& server, const State& state) {
    require_not_truncated(server, state);
    server.reporter().info("swap.step", fmt::format("verify {}", sql::quoted(state.table)));
    std::vector<backfill::Difference> differences = compare(server, comparison_of(server, state));
    if (!differences.empty())
        require_not_truncated(server, state);  // TRUNCATE minds no snapshot (manual 13.6)
    return differences;
}

std::vector<backfill::Difference> verify_registry(Session& server, const QualifiedName& name) {
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

std::vector<backfill::Difference> verify_registry_of(Session& server, const State& state) {
    if (state.is_cut_over())
        return verify_registry(server, state.table);
    require_not_truncated(server, state);
    const db::TableInfo table = require_table(server, state.table);
    server.reporter().info("swap.step", fmt::format("verify {}", sql::quoted(ddl::registry_name(state.table))));
    std::vector<backfill::Difference> differences =
        compare(server, registry_before(without_own(table, state), state, server.state_schema()));
    if (!differences.empty())
        require_not_truncated(server, state);
    return differences;
}

/// No cut-over, and no way back to the old table of a copy, after a comparison that found something, until one finds
/// nothing.
void store_outcome(Session& server, State& state, bool is_equal) {
    if (state.is<EmptyJob>() || state.load().must_compare == !is_equal)
        return;
    state.edit_load().must_compare = !is_equal;
    Unit unit;
    unit.name = "record the result of the comparison";
    unit.steps = {journal(state, server.state_schema())};
    server.executor().run(unit);
}

std::string what_is_barred(const State& state) {
    const std::string table = sql::quoted(state.table);
    if (state.is_cut_over())
        return fmt::format(
            "it cannot be reverted until a comparison finds no difference (`tripmig swap verify {0}`); `tripmig swap "
            "finish {0} --yes` keeps the partitions. Somebody wrote to the old table, or this is a defect: please "
            "report it",
            table);
    return fmt::format(
        "the cut-over is blocked until a comparison finds no difference (`tripmig swap verify {0}`); `tripmig swap "
        "abort {0}` drops what was loaded. Somebody wrote to it, or this is a defect: please report it",
        table);
}

}  // namespace

Verification verify(Session& server, State& state) {
    Verification found;
    found.has_copy = has_whole_copy(state);
    found.has_registry = has_whole_registry(state);
    if (!found.has_copy && !found.has_registry)
        throw Error(ExitCode::refused,
                    fmt::format("there is nothing to compare {} with ({}, {})", sql::quoted(state.table),
                                to_string(state.strategy()), to_string(state.stage)),
                    "a copy and a registry can be verified once they are loaded and have their indexes; attach without "
                    "a registry moves no row");
    if (found.has_copy)
        found.copy = verify_copy(server, state);
    if (found.has_registry)
        found.registry = verify_registry_of(server, state);
    store_outcome(server, state, state.is_cut_over() ? found.copy.empty() : found.is_equal());
    return found;
}

void require_no_difference(Session& server, State& state) {
    const Verification found = verify(server, state);
    if (state.is_cut_over() ? found.copy.empty() : found.is_equal())
        return;  // a registry is nothing that the old table goes by
    std::string text = state.is_cut_over() ? text_of(found.copy, "the old table", "the table")
                                           : text_of(found.copy, "the table", "the copy", !goes_by_hash(state));
    if (!state.is_cut_over())
        text += text_of(found.registry, "the table", "its registry");
    throw Error(ExitCode::verification_difference,
                fmt::format("{} and {} differ:{}", sql::quoted(state.table),
                            state.is_cut_over() ? "its old table" : "what was loaded from it", text),
                what_is_barred(state));
}

}  // namespace tripmig::job
