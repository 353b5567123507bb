#include "partition/maintain.hpp"

#include <algorithm>
#include <deque>

#include "partition/inspect.hpp"
#include "partition/overview.hpp"
#include "partition/plan.hpp"
#include "partition/retention/detached_state.hpp"
#include "partition/table_run.hpp"

namespace tripmig::partition {

Limits limits_of(const config::Config& config, const config::PartitionPolicy& policy) {
    Limits limits;
    limits.max_create = policy.max_create.value_or(config.partitions.max_create);
    limits.max_drop = policy.max_drop.value_or(config.partitions.max_drop);
    limits.state_schema = config.state.schema;
    limits.lock_budget = config.swap.lock_budget;
    limits.max_lock_hold = config.swap.max_lock_hold;
    return limits;
}

namespace {

void advance_all(const std::vector<std::size_t>& order, std::deque<TableRun>& runs, Stage until, Server& server) {
    for (const std::size_t place : order) {
        server.stop.check();
        if (!runs[place].is_blocked())
            runs[place].advance(until);
    }
}

/// Whoever dropped, renamed or attached them has decided about them.
void forget(Server& server, const std::vector<std::uint32_t>& stale) {
    if (stale.empty())
        return;
    Unit unit;
    unit.name = "forget detached tables that are gone";
    for (const std::uint32_t oid : stale)
        unit.steps.push_back(db::forget_detached_step(server.state_schema, oid));
    server.executor.run(unit);
}

/// Whoever was put back, in the order in which it is worth a try.
void advance_blocked(std::deque<TableRun>& runs, Stage until, Server& server) {
    for (;;) {
        TableRun* next = nullptr;
        for (TableRun& run : runs)
            if (run.is_blocked() && (next == nullptr || run.not_before() < next->not_before()))
                next = &run;
        if (next == nullptr)
            return;
        const auto now = server.clock.steady();
        if (now < next->not_before())
            server.stop.wait_for(std::chrono::ceil<std::chrono::milliseconds>(next->not_before() - now));
        server.stop.check();
        next->advance(until);
    }
}

}  // namespace

MaintainResult maintain(Server& server, const std::vector<config::PartitionPolicy>& policies,
                        const std::function<Limits(const config::PartitionPolicy&)>& limits,
                        std::optional<Instant> now) {
    MaintainResult result;
    Overview overview = read_overview(server.executor.connection(), policies, now);
    result.now = overview.now;
    if (!server.state_error)
        forget(server, add_detached(server.executor.connection(), server.state_schema, overview));
    std::vector<std::size_t> order = referenced_first(overview.tables);
    std::deque<TableRun> runs;
    for (std::size_t i = 0; i < policies.size(); ++i)
        runs.emplace_back(server, policies[i], limits(policies[i]), std::move(overview.tables[i]));
    // Beside a DEFAULT partition a new one takes longer: the others don't wait for it.
    std::stable_partition(order.begin(), order.end(), [&](std::size_t place) { return !runs[place].has_default(); });
    advance_all(order, runs, Stage::ahead, server);
    advance_all(order, runs, Stage::gaps, server);
    advance_blocked(runs, Stage::gaps, server);
    // Rows that reference others go before those.
    std::reverse(order.begin(), order.end());
    advance_all(order, runs, Stage::expired, server);
    advance_blocked(runs, Stage::expired, server);
    for (TableRun& run : runs)
        result.tables.push_back(run.finish());
    return result;
}

namespace {

TablePreview preview_table(Server& server, const config::PartitionPolicy& policy, const Limits& limits,
                           TableOverview overview) {
    TablePreview preview;
    preview.outcome.table = policy.table;
    preview.outcome.file = policy.file;
    try {
        if (overview.error)
            throw Error(*overview.error);
        inspect_all(server.session.get(), policy, limits, *overview.snapshot);
        const MaintenancePlan plan = plan_maintenance(*overview.snapshot, policy, limits);
        preview.outcome.notes = plan.notes;
        preview.outcome.errors = plan.refusals;
        for (const Act& act : plan.acts)
            preview.units.insert(preview.units.end(), act.units.begin(), act.units.end());
    } catch (const Error& error) {
        if (server.concerns_every_table(error))
            throw;
        preview.outcome.errors.push_back(of_table(error));
    }
    return preview;
}

}  // namespace

std::vector<TableOutcome> MaintainPreview::outcomes() const {
    std::vector<TableOutcome> all;
    all.reserve(tables.size());
    for (const TablePreview& table : tables)
        all.push_back(table.outcome);
    return all;
}

MaintainPreview preview(Server& server, const std::vector<config::PartitionPolicy>& policies,
                        const std::function<Limits(const config::PartitionPolicy&)>& limits,
                        std::optional<Instant> now) {
    MaintainPreview result;
    Overview overview = read_overview(server.executor.connection(), policies, now);
    result.now = overview.now;
    add_detached(server.executor.connection(), server.state_schema, overview);
    for (std::size_t i = 0; i < policies.size(); ++i) {
        server.stop.check();
        result.tables.push_back(preview_table(server, policies[i], limits(policies[i]), std::move(overview.tables[i])));
    }
    return result;
}

}  // namespace tripmig::partition
