#include "swap/follow_up.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "db/catalog/partition_catalog.hpp"
#include "db/catalog/table_catalog.hpp"
#include "ddl/leaf.hpp"
#include "ddl/statement_step.hpp"
#include "job/copy/newest_partition.hpp"
#include "job/locks/attempts.hpp"
#include "job/replacement.hpp"
#include "job/source/source_table.hpp"
#include "job/source/table_facts.hpp"
#include "job/state/journal.hpp"
#include "job/verify/validate_keys.hpp"
#include "sql/identifier.hpp"
#include "swap/attach/units.hpp"
#include "swap/matviews.hpp"
#include "swap/new_job.hpp"

namespace tripmig::swap {

namespace {

std::vector<ddl::Bounds> present_leaves(db::Session& session, const job::State& state) {
    std::vector<ddl::Bounds> leaves;
    if (const auto partitioning = db::read_partitioning(session, state.table))
        for (const db::PartitionInfo& partition : partitioning->partitions)
            if (const auto bounds = ddl::parse_bounds(job::key_type_of(state), partition.bound))
                leaves.push_back(*bounds);
    return leaves;
}

bool has_default(const db::PartitioningInfo& partitioning) {
    return std::any_of(partitioning.partitions.begin(), partitioning.partitions.end(),
                       [](const db::PartitionInfo& partition) { return partition.bound == "DEFAULT"; });
}

void make_leaves(job::Session& server, const config::PartitionPolicy& policy, const job::State& state) {
    if (const auto partitioning = db::read_partitioning(server.session(), state.table);
        partitioning && has_default(*partitioning))
        return;  // it comes last; more partitions beside it are `partition maintain`'s work
    const db::TableInfo parent = job::require_table(server, state.table);
    ddl::ParentFacts facts = ddl::parent_facts(parent, state.key);
    if (const auto past = db::read_table(server.session(), {state.table.schema, state.old_name}))
        facts.options = past->options;
    facts.leaf_indexes = job::leaf_indexes_of_newest(server.session(), parent, state.key);
    const job::Facts names = job::read_facts(server.session(), state.table);
    const std::vector<ddl::Bounds> missing = bounds_to_come(state, present_leaves(server.session(), state), policy,
                                                            names.now, server.config().partitions.max_create);
    for (const ddl::Leaf& leaf :
         ddl::name_leaves(policy.name, state.table, job::key_type_of(state), missing, names.taken)) {
        server.executor().run(ddl::create_leaf(facts, leaf));
        server.reporter().info("swap.leaf", fmt::format("created partition {} for {}", sql::quoted(leaf.name),
                                                        ddl::describe(job::key_type_of(state), leaf.bounds)));
    }
    if (!state.makes_default())
        return;
    server.executor().run(ddl::create_default(facts, state.default_name()));
    server.reporter().info("swap.leaf", fmt::format("created DEFAULT partition {}", sql::quoted(state.default_name())));
}

/// The old table of an empty one stays until nothing reads it any more.
void renew_matviews(job::Session& server, const job::State& state) {
    carry_matviews(server, state, {state.table.schema, state.old_name});
    if (state.is<job::EmptyJob>() && !state.swap().matviews.empty())
        server.executor().run(drop_empty(state));
}

}  // namespace

void run_follow_up(job::Session& server, const config::PartitionPolicy& policy, job::State& state) {
    make_leaves(server, policy, state);
    job::validate_keys(server, state);
    renew_matviews(server, state);
    Unit unit = analyze_whole(state, job::require_table(server, state.table));
    if (!unit.steps.empty())
        server.reporter().info("swap.step", unit.name);
    unit.steps.push_back(job::journal(state, job::Stage::complete, server.state_schema()));
    server.executor().run(unit);
}

}  // namespace tripmig::swap
