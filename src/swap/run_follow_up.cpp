#include <fmt/format.h>

#include "base/error.hpp"
#include "db/partition_catalog.hpp"
#include "db/table_catalog.hpp"
#include "ddl/leaf.hpp"
#include "ddl/statement_step.hpp"
#include "sql/identifier.hpp"
#include "swap/attach_units.hpp"
#include "swap/attempts.hpp"
#include "swap/matviews.hpp"
#include "swap/new_job.hpp"
#include "swap/newest_leaf.hpp"
#include "swap/observe.hpp"
#include "swap/run.hpp"
#include "swap/succession_of.hpp"
#include "swap/validate_keys.hpp"

namespace tripmig::swap {

namespace {

std::vector<ddl::Bounds> present_leaves(db::Session& session, const SwapState& state) {
    std::vector<ddl::Bounds> leaves;
    if (const auto partitioning = db::read_partitioning(session, state.table))
        for (const db::PartitionInfo& partition : partitioning->partitions)
            if (const auto bounds = ddl::parse_bounds(key_type_of(state), partition.bound))
                leaves.push_back(*bounds);
    return leaves;
}

void make_leaves(Server& server, const config::PartitionPolicy& policy, const SwapState& state) {
    const db::TableInfo parent = require_table(server, state.table);
    ddl::ParentFacts facts = ddl::parent_facts(parent, state.key);
    if (const auto past = db::read_table(server.session(), {state.table.schema, state.leaf}))
        facts.options = past->options;
    facts.leaf_indexes = leaf_indexes_of_newest(server.session(), parent, state.key);
    const Facts names = read_facts(server.session(), state.table);
    const std::vector<ddl::Bounds> missing = bounds_to_come(state, present_leaves(server.session(), state), policy,
                                                            names.now, server.config().partitions.max_create);
    for (const ddl::Leaf& leaf : ddl::name_leaves(policy.name, state.table, key_type_of(state), missing, names.taken)) {
        server.executor().run(ddl::create_leaf(facts, leaf));
        server.reporter().info("swap.leaf", fmt::format("leaf {} for {}", sql::quoted(leaf.name),
                                                        ddl::describe(key_type_of(state), leaf.bounds)));
    }
}

/// The old table of an empty one stays until nothing reads it any more.
void renew_matviews(Server& server, const SwapState& state) {
    carry_matviews(server, state, {state.table.schema, state.leaf});
    if (state.was_empty && !state.matviews.empty())
        server.executor().run(drop_empty(state));
}

}  // namespace

void run_follow_up(Server& server, const config::PartitionPolicy& policy, SwapState& state) {
    make_leaves(server, policy, state);
    validate_keys(server, state);
    renew_matviews(server, state);
    Unit unit = analyze_whole(state, require_table(server, state.table));
    if (!unit.steps.empty())
        server.reporter().info("swap.step", unit.name);
    unit.steps.push_back(journal(state, Stage::complete, server.state_schema()));
    server.executor().run(unit);
    state.stage = Stage::complete;
}

}  // namespace tripmig::swap
