#include "app/partition/merge.hpp"

#include <fmt/format.h>

#include "app/job_watch.hpp"
#include "base/error.hpp"
#include "job/session.hpp"
#include "job/state/journal.hpp"
#include "partition/split/merge.hpp"
#include "sql/identifier.hpp"
#include "swap/run.hpp"

namespace tripmig::app {

namespace {

partition::MergeRequest request_of(const MergeOptions& options) {
    partition::MergeRequest request;
    for (const std::string& name : options.partitions)
        request.sources.push_back(config::parse_table_name(name));
    request.into = options.into;
    return request;
}

void require_target(const MergeOptions& options) {
    if (options.into.empty())
        throw Error(ExitCode::usage, "--into NAME is missing: the partition that these become",
                    "tripmig partition merge A B --into NAME");
}

/// A merge goes by the bounds of its sources: of a policy it needs nothing but the table and its key.
config::PartitionPolicy merge_policy(const job::State& state) {
    config::PartitionPolicy policy;
    policy.table = state.parent();
    policy.key = state.key;
    policy.interval = config::parse_partition_interval(state.interval);
    return policy;
}

}  // namespace

PartitionJobResult merge_partitions(const Context& context, const MergeOptions& options, const CutOverTime& time) {
    const partition::MergeRequest request = request_of(options);
    time.check();
    const config::Config config = with_workers(context.config, options.run);
    job::Session server(config, context.reporter, context.clock, context.stop);
    std::optional<job::State> known = partition::find_merge(server, request);
    if (!known)
        require_target(options);
    const JobWatch watch(context, server);
    server.take_job(known ? known->table : partition::first_source(server, request));
    known = partition::find_merge(server, request);  // under the job's lock
    if (known && known->stage == job::Stage::finished) {
        context.reporter.info("merge.done", fmt::format("{} has already been merged (job {}): nothing to do",
                                                        sql::quoted(known->table), known->job));
        return {{known->table, known, {}}, true};
    }
    if (known && options.run.accepts_changes) {
        swap::accept_changes(server, known->table);
        known = partition::find_merge(server, request);
    }
    const job::State state = known ? *known : partition::begin_job(server, partition::plan_merge(server, request));
    return run_partition_job(context, server, merge_policy(state), state, time);
}

partition::PartitionPlan plan_merge(const Context& context, const MergeOptions& options) {
    require_target(options);
    job::Session server(context.config, context.reporter, context.clock, context.stop);
    return partition::plan_merge(server, request_of(options));
}

}  // namespace tripmig::app
