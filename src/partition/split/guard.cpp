#include "partition/split/guard.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ddl/leaf.hpp"
#include "job/cleanup.hpp"
#include "job/copy/bounds.hpp"
#include "job/locks/attempts.hpp"
#include "job/replacement.hpp"
#include "job/source/source_table.hpp"

namespace tripmig::partition {

std::optional<db::PartitionInfo> default_beside(db::Session& session, const job::State& state) {
    if (!state.is<job::PartitionJob>())
        return std::nullopt;
    if (const auto partitioning = db::read_partitioning(session, state.parent()))
        for (const db::PartitionInfo& partition : partitioning->partitions)
            if (partition.is_default() && partition.name != state.table)
                return partition;
    return std::nullopt;
}

bool has_split_guard(const db::PartitionInfo& default_partition) {
    const std::vector<std::string>& checks = default_partition.checks;
    return std::find(checks.begin(), checks.end(), split_guard_name) != checks.end();
}

void guard_default_beside(job::Session& server, const job::State& state) {
    const std::optional<db::PartitionInfo> partition = default_beside(server.session(), state);
    if (!partition || state.is_default())
        return;
    const auto bounds = state.does(job::PartitionVerb::merge)
                            ? std::optional(job::merged_bounds(state))
                            : ddl::parse_bounds(job::key_type_of(state), state.bound());
    if (!bounds)
        return;
    ddl::ParentFacts parent = ddl::parent_facts(job::require_table(server, state.parent()), state.key);
    parent.default_partition = partition->name;
    for (Unit& unit : ddl::guard_default(parent, {{state.table, *bounds}}, split_guard_name).before) {
        server.reporter().info("swap.step", unit.name);
        const LockRequest lock = unit.steps.front().locks.front();
        if (lock.mode != LockMode::access_exclusive) {
            server.executor().run(unit);
            continue;
        }
        unit.lock_first = {lock};
        job::run_protected(server, unit);
    }
}

void drop_split_guard_quietly(job::Session& server, const job::State& state) noexcept {
    const auto drop = [&](db::Session& session) {
        const std::optional<db::PartitionInfo> partition = default_beside(session, state);
        if (!partition || !has_split_guard(*partition))
            return;
        session.transact(db::Isolation::read_committed, [&](db::Work& work) {
            work.change(fmt::format("SET LOCAL lock_timeout = {}", server.config().swap.lock_budget.count()));
            for (const Step& step : ddl::drop_default_guard(partition->name, split_guard_name).steps)
                work.change(step.sql);
        });
    };
    job::clean_up_quietly(server, drop, "the DEFAULT partition still has the CHECK " + std::string(split_guard_name));
}

}  // namespace tripmig::partition
