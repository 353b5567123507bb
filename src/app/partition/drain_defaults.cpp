#include "app/partition/drain_defaults.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/partition/drain.hpp"
#include "base/error.hpp"
#include "sql/identifier.hpp"

namespace tripmig::app {

namespace {

bool is_due(const config::PartitionPolicy& policy, const partition::TableOutcome& outcome) {
    return policy.default_partition == config::PartitionPolicy::Default::drain && outcome.health &&
           outcome.health->default_rows > 0;
}

void drain_default(const Context& context, const config::PartitionPolicy& policy, partition::TableOutcome& outcome) {
    DrainOptions options;
    options.run.table = sql::quoted(policy.table);
    options.limit = partition::limits_of(context.config, policy).max_create;
    const PartitionJobResult done = drain_partition(context, options, {});
    if (done.was_done_before)
        return;
    outcome.notes.push_back(fmt::format("{}: rows of {} were moved into their own partitions",
                                        sql::quoted(policy.table), sql::quoted(done.job.table)));
    outcome.health->default_rows = done.rows_left.value_or(0);
}

}  // namespace

void drain_defaults(const Context& context, const std::vector<config::PartitionPolicy>& policies,
                    partition::MaintainResult& result) {
    for (const config::PartitionPolicy& policy : policies) {
        const auto outcome =
            std::find_if(result.tables.begin(), result.tables.end(),
                         [&](const partition::TableOutcome& each) { return each.table == policy.table; });
        if (outcome == result.tables.end() || !is_due(policy, *outcome))
            continue;
        context.stop.check();
        try {
            drain_default(context, policy, *outcome);
        } catch (const Error& error) {
            context.stop.check();  // that concerns all
            outcome->errors.push_back(error);
        }
    }
}

}  // namespace tripmig::app
