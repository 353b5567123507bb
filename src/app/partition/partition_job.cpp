#include "app/partition/partition_job.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "job/source/source_table.hpp"
#include "partition/split/partition_job.hpp"
#include "sql/identifier.hpp"

namespace tripmig::app {

PartitionJobResult run_partition_job(const Context& context, job::Session& server,
                                     const config::PartitionPolicy& policy, job::State state, const CutOverTime& time) {
    const QualifiedName table = state.table;
    state = partition::run_partition_job(server, policy, std::move(state), time.is_until_ready || time.is_postponed());
    if (time.is_postponed() && state.stage != job::Stage::finished) {
        time.wait(context);
        state = partition::run_partition_job(server, policy, std::move(state), false);
    }
    return {{table, std::move(state), {}}, false};
}

config::PartitionPolicy parent_policy(const config::Config& config, const SwapOptions& options, job::Session& server,
                                      const QualifiedName& partition) {
    const auto place = job::find_parent(server.session(), partition);
    if (!place)
        throw Error(ExitCode::refused,
                    fmt::format("{} is not a partition of a partitioned table", sql::quoted(partition)),
                    "check the name; tripmig swap run TABLE partitions a plain table");
    SwapOptions of_parent = options;
    of_parent.table = sql::quoted(place->parent);
    of_parent.key = place->key;
    return swap_policy(config, of_parent);
}

}  // namespace tripmig::app
