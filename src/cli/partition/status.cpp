#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/partition/partition.hpp"
#include "db/connection_parameters.hpp"
#include "partition/status.hpp"
#include "view/json_text.hpp"
#include "view/partition_status.hpp"

namespace tripmig::cli {

ExitCode partition_status(Context& context, bool tells_by_exit_code) {
    const auto policies = chosen_policies(context, {});
    db::Session session(db::direct_connection(context.config.database), "partition-status");
    const Instant now = session.now();
    std::vector<partition::TableStatus> tables;
    for (const config::PartitionPolicy& policy : policies) {
        context.stop.check();
        tables.push_back(partition::table_status(session, policy, now));
    }
    if (context.json) {
        nlohmann::json document{{"now", format_timestamp(now)}, {"tables", nlohmann::json::array()}};
        for (const partition::TableStatus& status : tables)
            document["tables"].push_back(view::partition_status_json(status));
        context.out << view::json_text(document) << '\n';
    } else {
        for (std::size_t i = 0; i < tables.size(); ++i)
            context.out << (i == 0 ? "" : "\n") << view::partition_status_text(tables[i]);
        if (tables.empty())
            context.out << fmt::format("no policies in {}\n", context.config.partitions.dir.string());
    }
    const bool is_enough =
        std::all_of(tables.begin(), tables.end(), [](const partition::TableStatus& t) { return t.has_enough(); });
    return tells_by_exit_code && !is_enough ? ExitCode::pending : ExitCode::ok;
}

}  // namespace tripmig::cli
