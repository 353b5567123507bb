#include "app/partition/split.hpp"

#include <fmt/format.h>

#include "app/job_watch.hpp"
#include "job/session.hpp"
#include "job/state/journal.hpp"
#include "partition/split/split.hpp"
#include "sql/identifier.hpp"
#include "swap/run.hpp"

namespace tripmig::app {

PartitionJobResult split_partition(const Context& context, const SwapOptions& options, const CutOverTime& time) {
    const QualifiedName leaf = config::parse_table_name(options.table);
    time.check();
    const config::Config config = with_workers(context.config, options);
    job::Session server(config, context.reporter, context.clock, context.stop);
    const JobWatch watch(context, server);
    server.take_job(leaf);
    if (options.accepts_changes)
        swap::accept_changes(server, leaf);
    if (const auto job = server.open_job(leaf)) {  // it has its choices
        const config::PartitionPolicy policy = job_policy(config, options, server);
        return run_partition_job(context, server, policy, job::from_job(*job), time);
    }
    if (const auto done = partition::finished_split(server, leaf)) {
        context.reporter.info("split.done", fmt::format("{} has already been split (job {}): nothing to do",
                                                        sql::quoted(leaf), done->job));
        return {{leaf, done, {}}, true};
    }
    const config::PartitionPolicy policy = parent_policy(config, options, server, leaf);
    const job::State state = partition::begin_job(server, partition::plan_split(server, policy, leaf));
    return run_partition_job(context, server, policy, state, time);
}

partition::PartitionPlan plan_split(const Context& context, const SwapOptions& options) {
    const QualifiedName leaf = config::parse_table_name(options.table);
    job::Session server(context.config, context.reporter, context.clock, context.stop);
    return partition::plan_split(server, parent_policy(context.config, options, server, leaf), leaf);
}

}  // namespace tripmig::app
