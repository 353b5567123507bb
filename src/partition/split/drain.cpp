#include "partition/split/drain.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "db/catalog/partition_catalog.hpp"
#include "ddl/leaf.hpp"
#include "job/replacement.hpp"
#include "job/source/source_table.hpp"
#include "partition/split/split.hpp"
#include "sql/identifier.hpp"

namespace tripmig::partition {

QualifiedName default_partition_of(job::Session& server, const QualifiedName& table) {
    if (const auto place = job::find_parent(server.session(), table); place && place->bound == "DEFAULT")
        return table;
    if (const auto partitioning = db::read_partitioning(server.session(), table))
        for (const db::PartitionInfo& partition : partitioning->partitions)
            if (partition.is_default())
                return partition.name;
    throw Error(ExitCode::refused, fmt::format("{} has no DEFAULT partition", sql::quoted(table)),
                "there is nothing to drain");
}

PartitionPlan plan_drain(job::Session& server, const config::PartitionPolicy& policy,
                         const QualifiedName& default_partition, const DrainChoices& choices) {
    job::PartitionJob drain;
    drain.verb = job::PartitionVerb::drain;
    drain.limit = choices.limit;
    drain.keeps_old = choices.keeps_old;
    return plan_by_width(server, policy, default_partition, std::move(drain));
}

void check_rest(job::Session& server, const job::State& state, const std::vector<ddl::Leaf>& targets) {
    std::vector<ddl::Leaf> leaves = targets;
    if (const auto partitioning = db::read_partitioning(server.session(), state.parent()))
        for (const db::PartitionInfo& partition : partitioning->partitions)
            if (const auto bounds = ddl::parse_bounds(job::key_type_of(state), partition.bound))
                leaves.push_back({partition.name, *bounds});
    ddl::ParentFacts parent = ddl::parent_facts(job::require_table(server, state.parent()), state.key);
    parent.default_partition = state.rest_name();
    for (const Unit& unit : ddl::guard_default(parent, leaves, rest_check_name).before)
        server.executor().run(unit);
}

}  // namespace tripmig::partition
