#include "app/partition/status.hpp"

#include <algorithm>

#include "app/partition/policies.hpp"
#include "db/connection_parameters.hpp"

namespace tripmig::app {

bool PartitionStatus::has_enough() const {
    return std::all_of(tables.begin(), tables.end(), [](const auto& table) { return table.has_enough(); });
}

PartitionStatus partition_status(const Context& context) {
    const auto policies = chosen_policies(context.config, {});
    db::Session session(db::direct_connection(context.config.database), "partition-status");
    PartitionStatus status{session.now(), context.config.partitions.dir, {}};
    for (const config::PartitionPolicy& policy : policies) {
        context.stop.check();
        status.tables.push_back(partition::table_status(session, policy, status.now));
    }
    return status;
}

}  // namespace tripmig::app
