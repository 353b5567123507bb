#include "app/partition/status.hpp"

#include <algorithm>

#include "app/partition/policies.hpp"
#include "db/connection.hpp"
#include "db/connection_parameters.hpp"

namespace tripmig::app {

namespace {

partition::StatusResult read_status(const Context& context, const std::vector<config::PartitionPolicy>& policies) {
    constexpr const char* role = "partition-status";
    const config::DatabaseConfig database = db::direct_connection(context.config.database);
    db::Connection connection(database, role, context.reporter, context.stop, db::SessionSettings::own);
    db::Executor executor(connection, {}, context.reporter, context.clock, context.stop);
    partition::SessionOnDemand session(database, role);
    partition::Server server{executor,      session,      context.reporter,
                             context.clock, context.stop, context.config.state.schema};
    return partition::read_status(server, policies, [&](const config::PartitionPolicy& policy) {
        return partition::limits_of(context.config, policy);
    });
}

}  // namespace

bool PartitionStatus::is_well() const {
    return std::all_of(result.tables.begin(), result.tables.end(),
                       [](const partition::TableStatus& table) { return table.is_well(); });
}

PartitionStatus partition_status(const Context& context, const std::vector<std::string>& only) {
    const ChosenPolicies chosen = chosen_policies(context, only);
    PartitionStatus status;
    status.policies = context.config.partitions.dir;
    if (!chosen.policies.empty() || chosen.unreadable.empty())
        status.result = read_status(context, chosen.policies);
    else
        status.result.now = context.clock.now();
    for (const config::PolicyFile& file : chosen.unreadable) {
        partition::TableStatus table;
        table.file = file.file;
        table.problem = file.error;
        status.result.tables.push_back(std::move(table));
    }
    return status;
}

}  // namespace tripmig::app
