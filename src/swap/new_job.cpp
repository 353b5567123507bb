#include "swap/new_job.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "ddl/missing_leaves.hpp"
#include "ddl/replacement/staged.hpp"
#include "job/boundary.hpp"
#include "job/choices.hpp"
#include "job/copy/bounds.hpp"
#include "job/copy/outside_keys.hpp"
#include "job/finding.hpp"
#include "job/replacement.hpp"
#include "job/source/table_facts.hpp"
#include "job/transfer.hpp"
#include "sql/identifier.hpp"
#include "swap/composite/composite.hpp"
#include "swap/preflight/checks.hpp"

namespace tripmig::swap {

void choose_past(job::State& state, const job::Facts& facts, const config::PartitionPolicy& policy,
                 const config::SwapConfig& config) {
    const job::KeyFacts& key = facts.key;
    const bool has_begun = state.job != 0 && !state.is<job::EmptyJob>();  // then it stays what it is
    state.become(state.job == 0 ? policy.swap.strategy : state.strategy(), key.is_empty && !has_begun);
    if (state.is<job::CopyJob>() && !has_begun)
        state.edit_copy().row_key = job::row_keys(*facts.table);
    job::AttachJob* attach = std::get_if<job::AttachJob>(&state.kind);
    if (attach == nullptr)
        return;
    if (has_begun && key.is_empty && ddl::is_number(job::key_type_of(state)))
        return;  // no number tells where the next ones begin
    job::require_partitions_possible(state, key);
    const ddl::KeyType type = job::key_type_of(state);
    if (key.has_infinity)
        throw Error(ExitCode::refused,
                    fmt::format("{} has rows whose {} is infinity: they cannot be in the partition of the past",
                                sql::quoted(state.table), sql::quote_ident(state.key)),
                    "give these rows a finite key, or use --strategy copy --outliers default");
    attach->boundary =
        job::boundary_text(type, job::choose_boundary(type, policy.interval, facts.now, config.margin, key.newest));
}

job::State new_state(const job::Facts& facts, const config::PartitionPolicy& policy, const config::SwapConfig& config) {
    const db::TableInfo& table = *facts.table;
    const db::ColumnInfo& column = *table.column(policy.key);
    job::State state;
    state.table = table.name;
    state.key = policy.key;
    state.key_type = job::key_type_name(column);
    state.interval = job::interval_text(policy.interval);
    state.unique_indexes = policy.swap.unique_indexes;
    state.policy = job::kept_policy(policy);
    job::SwapPart& swap = state.edit_swap();
    swap.key_was_nullable = !column.not_null;
    swap.incoming = policy.swap.incoming_foreign_keys;
    swap.has_registry = wants_registry(table, policy);
    swap.replaces_functions = swap.has_registry && !facts.leftovers.empty();  // preflight let them pass
    state.old_name =
        sql::truncated_name(table.name.name, policy.swap.strategy == config::SwapStrategy::copy ? "_before" : "_past");
    if (const db::IndexInfo* primary = table.primary_key())
        state.primary_key = primary->columns;
    if (!swap.has_registry || swap.incoming == config::IncomingForeignKeys::composite)
        swap.dropped = table.incoming;
    if (swap.incoming == config::IncomingForeignKeys::composite)
        swap.composite = composite_parts(table, state.key, facts.children, {});
    choose_past(state, facts, policy, config);
    return state;
}

std::vector<ddl::Bounds> bounds_to_come(const job::State& state, const std::vector<ddl::Bounds>& present,
                                        const config::PartitionPolicy& policy, Instant now, int max_create) {
    ddl::Coverage coverage;
    coverage.key = job::key_type_of(state);
    if (!state.is<job::EmptyJob>())
        coverage.leaves = present;
    std::vector<ddl::Bounds> missing =
        ddl::missing_leaves(coverage, policy, now, policy.max_create.value_or(max_create));
    missing.erase(std::remove_if(missing.begin(), missing.end(),
                                 [&](const ddl::Bounds& each) {
                                     return std::any_of(present.begin(), present.end(), [&](const ddl::Bounds& leaf) {
                                         return ddl::overlap(each, leaf);
                                     });
                                 }),
                  missing.end());
    return missing;
}

std::vector<ddl::Leaf> copy_leaves(const job::State& state, const config::PartitionPolicy& policy,
                                   const job::Facts& facts, int max_create) {
    return job::name_copy_leaves(state, policy, job::copy_bounds(state, facts.key, facts.now, policy, max_create),
                                 facts.taken);
}

namespace {

/// Throws Error{refused} when the partitions cannot all have names by the policy's pattern.
void require_leaf_names(const job::State& state, const config::PartitionPolicy& policy, const job::Facts& facts,
                        int max_create) {
    const ddl::KeyType type = job::key_type_of(state);
    if (state.copies()) {
        copy_leaves(state, policy, facts, max_create);
        return;
    }
    std::vector<ddl::Bounds> present;
    if (!state.is<job::EmptyJob>())
        present.push_back({ddl::Bound::minvalue(), job::parse_boundary(type, state.boundary())});
    ddl::name_leaves(policy.name, state.table, type, bounds_to_come(state, present, policy, facts.now, max_create),
                     facts.taken);
}

/// Whether there is something to choose a boundary and partitions by.
bool is_key_usable(const job::Facts& facts, const config::PartitionPolicy& policy, const config::SwapConfig& config) {
    std::vector<job::Finding> findings;
    job::Report report(findings);
    check_relation(*facts.table, policy, report);
    check_privileges(*facts.table, report);
    check_key(*facts.table, facts, policy, config, report);
    return job::exit_code_of(findings) == ExitCode::ok;
}

}  // namespace

void check_names(const job::Facts& facts, const config::PartitionPolicy& policy, const config::Config& config,
                 std::vector<job::Finding>& findings) {
    if (!is_key_usable(facts, policy, config.swap))
        return;
    job::Report report(findings);
    const job::State state = new_state(facts, policy, config.swap);
    const auto check = [&](std::string_view what, const std::string& name) {
        if (facts.taken.count(name) != 0)
            report.refuse(fmt::format("name {}", sql::quote_ident(name)),
                          fmt::format("is taken, but {} needs it", what), "rename or drop that relation");
    };
    check("the old table", state.old_name);
    if (state.copies())
        check("the copy", ddl::staged_name(state.table).name);
    if (state.makes_default())
        check("the DEFAULT partition", state.default_name().name);
    try {
        require_leaf_names(state, policy, facts, config.partitions.max_create);
    } catch (const Error& error) {
        if (error.code() != ExitCode::refused)
            throw;
        report.refuse("partitions", error.message(), error.hint());
    }
}

std::vector<ddl::Leaf> leaves_at_once(const job::State& state, const config::PartitionPolicy& policy,
                                      const std::set<std::string>& taken, Instant now) {
    const ddl::KeyType type = job::key_type_of(state);
    const ddl::Bounds first =
        state.is<job::EmptyJob>()
            ? ddl::present_leaf({type, {}, {}}, policy, now)
            : ddl::bounds_after(type, policy.interval,
                                {ddl::Bound::minvalue(), job::parse_boundary(type, state.boundary())});
    std::vector<ddl::Bounds> bounds{first};
    if (state.is<job::EmptyJob>() && first.upper.is_finite())
        bounds.push_back(ddl::bounds_after(type, policy.interval, first));
    return ddl::name_leaves(policy.name, state.table, type, bounds, taken);
}

config::PartitionPolicy as_begun(config::PartitionPolicy policy, const job::State& state) {
    policy.swap.unique_indexes = state.unique_indexes;
    return policy;
}

}  // namespace tripmig::swap
