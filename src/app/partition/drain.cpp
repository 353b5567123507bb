#include "app/partition/drain.hpp"

#include <fmt/format.h>

#include "app/job_watch.hpp"
#include "job/session.hpp"
#include "job/state/journal.hpp"
#include "partition/split/drain.hpp"
#include "sql/identifier.hpp"
#include "swap/run.hpp"

namespace tripmig::app {

PartitionJobResult drain_partition(const Context& context, const DrainOptions& options, const CutOverTime& time) {
    time.check();
    const config::Config config = with_workers(context.config, options.run);
    job::Session server(config, context.reporter, context.clock, context.stop);
    const QualifiedName partition =
        partition::default_partition_of(server, config::parse_table_name(options.run.table));
    const JobWatch watch(context, server);
    server.take_job(partition);
    SwapOptions run = options.run;
    run.table = sql::quoted(partition);
    if (run.accepts_changes)
        swap::accept_changes(server, partition);
    if (const auto job = server.open_job(partition))
        return run_partition_job(context, server, job_policy(config, run, server), job::from_job(*job), time);
    const config::PartitionPolicy policy = parent_policy(config, run, server, partition);
    const partition::PartitionPlan plan =
        partition::plan_drain(server, policy, partition, {options.limit, options.keeps_old});
    if (!plan.is_refused() && plan.targets.empty()) {
        context.reporter.info("drain.done", fmt::format("{} has no rows that another partition could hold: nothing to "
                                                        "do",
                                                        sql::quoted(partition)));
        return {{partition, plan.state, {}}, true};
    }
    PartitionJobResult result = run_partition_job(context, server, policy, partition::begin_job(server, plan), time);
    if (result.job.state.value().stage == job::Stage::finished)
        result.rows_left = server.session().number(fmt::format(
            "SELECT pg_catalog.count(*) FROM (SELECT FROM ONLY {} LIMIT 100000) AS r", sql::quoted(partition)));
    return result;
}

partition::PartitionPlan plan_drain(const Context& context, const DrainOptions& options) {
    job::Session server(context.config, context.reporter, context.clock, context.stop);
    const QualifiedName partition =
        partition::default_partition_of(server, config::parse_table_name(options.run.table));
    const config::PartitionPolicy policy = parent_policy(context.config, options.run, server, partition);
    return partition::plan_drain(server, policy, partition, {options.limit, options.keeps_old});
}

}  // namespace tripmig::app
