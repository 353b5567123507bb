#include "app/partition/status.hpp"

#include "app/partition/policies.hpp"
#include "db/connection.hpp"
#include "db/connection_parameters.hpp"

namespace tripmig::app {

namespace {

partition::StatusResult read_tables(const Context& context, const std::vector<config::PartitionPolicy>& policies) {
    constexpr const char* role = "partition-status";
    const config::DatabaseConfig database = db::direct_connection(context.config.database);
    db::Connection connection(database, role, context.reporter, context.stop, db::SessionSettings::own);
    db::Executor executor(connection, {}, context.reporter, context.clock, context.stop);
    partition::SessionOnDemand session(database, role);
    partition::Server server{executor, session, context.reporter, context.clock, context.stop};
    return partition::read_status(server, policies, [&](const config::PartitionPolicy& policy) {
        return partition::limits_of(context.config, policy);
    });
}

}  // namespace

PartitionStatus partition_status(const Context& context, const std::vector<std::string>& only) {
    const ChosenPolicies chosen = choose_policies(context, only);
    PartitionStatus status{context.config.partitions.dir, {context.clock.now(), {}}};
    if (!chosen.policies.empty() || chosen.unreadable.empty())
        status.result = read_tables(context, chosen.policies);
    for (const config::PolicyFile& file : chosen.unreadable) {
        partition::TableStatus& table = status.result.tables.emplace_back();
        table.file = file.file;
        table.problem = file.error;
    }
    return status;
}

}  // namespace tripmig::app
