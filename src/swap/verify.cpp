#include "swap/verify.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "db/partition_catalog.hpp"
#include "ddl/staged.hpp"
#include "sql/identifier.hpp"
#include "swap/run.hpp"
#include "swap/split.hpp"
#include "swap/succession_of.hpp"
#include "swap/transfer_of.hpp"

namespace tripmig::swap {

namespace {

/// MINVALUE is no value: the least one of the type is.
std::string least_literal(ddl::KeyType type, const ddl::Bound& lower) {
    if (!lower.is_minvalue())
        return ddl::bound_literal(type, lower);
    if (type == ddl::KeyType::uuid)
        return "'00000000-0000-0000-0000-000000000000'";
    if (!ddl::is_number(type))
        return "'-infinity'";
    return type == ddl::KeyType::smallint  ? "'-32768'"
           : type == ddl::KeyType::integer ? "'-2147483648'"
                                           : "'-9223372036854775808'";
}

std::vector<move::ComparedLeaf> compared_leaves(Server& server, const QualifiedName& table, ddl::KeyType type) {
    std::vector<std::pair<ddl::Bounds, QualifiedName>> leaves;
    if (const auto partitioning = db::read_partitioning(server.session(), table))
        for (const db::PartitionInfo& partition : partitioning->partitions)
            if (const auto parsed = ddl::parse_bounds(type, partition.bound))
                leaves.emplace_back(*parsed, partition.name);
    std::sort(leaves.begin(), leaves.end(),
              [](const auto& left, const auto& right) { return left.first.lower < right.first.lower; });
    std::vector<move::ComparedLeaf> compared;
    for (const auto& [range, name] : leaves)
        compared.push_back({name, least_literal(type, range.lower),
                            range.upper.is_maxvalue() ? std::string() : ddl::bound_literal(type, range.upper)});
    return compared;
}

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

std::string text_of(const move::Difference& difference) {
    std::string text = fmt::format("{}: {} rows in the table, {} in the copy", sql::quoted(difference.leaf),
                                   difference.plain_rows, difference.leaf_rows);
    if (!difference.keys.empty())
        text += fmt::format("; keys {}", fmt::join(difference.keys, "; "));
    return text;
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

}  // namespace

std::vector<move::Difference> verify(Server& server, const SwapState& state) {
    const bool has_copy = state.is_copy() && !state.was_empty &&
                          ((state.stage >= Stage::indexed && state.stage <= Stage::ready) ||
                           state.stage == Stage::cut || state.stage == Stage::complete);
    if (!has_copy)
        throw Error(ExitCode::refused,
                    fmt::format("there is no whole copy of {} to compare with ({}, {})", sql::quoted(state.table),
                                to_string(state.strategy), to_string(state.stage)),
                    "a copy can be verified from its indexes on; attach moves no row");
    require_not_truncated(server, state);
    server.reporter().info("swap.step", fmt::format("verify {}", sql::quoted(state.table)));
    const move::Comparison comparison = comparison_of(server, state);
    const auto workers = server.workers();
    std::vector<move::Difference> differences =
        move::verify(comparison, server.session(), *workers, server.throttle(), server.stop(), server.reporter());
    if (!differences.empty())
        require_not_truncated(server, state);  // TRUNCATE minds no snapshot (manual 13.6)
    return differences;
}

void require_no_difference(Server& server, const SwapState& state) {
    const std::vector<move::Difference> differences = verify(server, state);
    if (differences.empty())
        return;
    std::string text;
    for (const move::Difference& difference : differences)
        text += "\n  " + text_of(difference);
    throw Error(
        ExitCode::verification_difference, fmt::format("{} and its copy differ:{}", sql::quoted(state.table), text),
        "the copy is not used: `tripmig swap abort` drops it. Somebody wrote to it, or this is a defect worth a "
        "report");
}

}  // namespace tripmig::swap
