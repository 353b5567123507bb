#include "app/partition/split.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "job/session.hpp"
#include "job/source/source_table.hpp"
#include "partition/split/split.hpp"
#include "sql/identifier.hpp"
#include "swap/run.hpp"

namespace tripmig::app {

namespace {

/// The policy of a split that begins: its parent's.
config::PartitionPolicy parent_policy(const config::Config& config, const SwapOptions& options, job::Session& server,
                                      const QualifiedName& leaf) {
    const auto place = job::find_parent(server.session(), leaf);
    if (!place)
        throw Error(ExitCode::refused, fmt::format("{} is not a partition of a partitioned table", sql::quoted(leaf)),
                    "check the name; tripmig swap run TABLE partitions a plain table");
    SwapOptions of_parent = options;
    of_parent.table = sql::quoted(place->parent);
    of_parent.key = place->key;
    return swap_policy(config, of_parent);
}

}  // namespace

SplitResult split_partition(const Context& context, const SwapOptions& options, const CutOverTime& time) {
    const QualifiedName leaf = config::parse_table_name(options.table);
    time.check();
    const config::Config config = with_workers(context.config, options);
    job::Session server(config, context.reporter, context.clock, context.stop);
    server.take_job(leaf);
    if (options.accepts_changes)
        swap::accept_changes(server, leaf);
    const bool is_begun = server.open_job(leaf).has_value();  // then the job has its choices
    if (!is_begun) {
        if (const auto done = partition::finished_split(server, leaf)) {
            context.reporter.info("split.done", fmt::format("{} has already been split (job {}): nothing to do",
                                                            sql::quoted(leaf), done->job));
            return {{leaf, done, {}}, true};
        }
    }
    const config::PartitionPolicy policy =
        is_begun ? job_policy(config, options, server) : parent_policy(config, options, server, leaf);
    job::State state = partition::split(server, policy, leaf, time.is_until_ready || time.is_postponed());
    if (time.is_postponed() && state.stage != job::Stage::finished) {
        time.wait(context);
        state = partition::split(server, policy, leaf, false);
    }
    return {{leaf, state, {}}, false};
}

}  // namespace tripmig::app
