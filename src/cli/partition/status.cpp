#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/migrate/migration_target.hpp"
#include "cli/partition/metrics.hpp"
#include "cli/partition/partition.hpp"
#include "db/connection_parameters.hpp"
#include "partition/status.hpp"
#include "view/json_text.hpp"
#include "view/partition_status.hpp"

namespace tripmig::cli {

ExitCode partition_status(Context& context, const StatusOptions& options) {
    constexpr const char* role = "partition-status";
    const ChosenPolicies chosen = chosen_policies(context, options.only);
    partition::StatusResult result;
    if (!chosen.policies.empty() || chosen.unreadable.empty()) {
        const config::DatabaseConfig database = db::direct_connection(context.config.database);
        const auto connection = connect(context, database, role);
        db::Executor executor(*connection, database, {}, context.reporter, context.clock, context.stop);
        partition::SessionOnDemand session(database, role);
        partition::Server server{executor, session, context.reporter, context.clock, context.stop};
        result = partition::read_status(server, chosen.policies, [&](const config::PartitionPolicy& policy) {
            return partition::limits_of(context.config, policy);
        });
    }
    for (const config::PolicyFile& file : chosen.unreadable) {
        partition::TableStatus status;
        status.file = file.file;
        status.problem = file.error;
        result.tables.push_back(std::move(status));
    }
    if (context.json)
        context.out << view::json_text(view::partition_status_json(result)) << '\n';
    else if (result.tables.empty())
        context.out << fmt::format("no policies in {}\n", context.config.partitions.dir.string());
    else
        context.out << view::partition_status_text(result);
    context.metrics = table_metrics(result);
    const bool is_well = std::all_of(result.tables.begin(), result.tables.end(),
                                     [](const partition::TableStatus& status) { return status.is_well(); });
    return options.tells_by_exit_code && !is_well ? ExitCode::pending : ExitCode::ok;
}

}  // namespace tripmig::cli
