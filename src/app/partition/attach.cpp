#include "app/partition/attach.hpp"

#include <fmt/format.h>

#include "app/partition/connections.hpp"
#include "app/partition/policies.hpp"
#include "base/error.hpp"
#include "db/state/history.hpp"
#include "partition/maintain.hpp"
#include "sql/identifier.hpp"

namespace tripmig::app {

namespace {

QualifiedName parent_of(db::Connection& connection, const std::string& schema, const QualifiedName& name) {
    const auto found = db::find_detached(connection, schema, name);
    if (!found)
        throw Error(
            ExitCode::refused, fmt::format("nothing is known of a detached partition {}", sql::quoted(name)),
            "`tripmig partition status` lists those that `partition maintain` detached; attach another table by "
            "ALTER TABLE ... ATTACH PARTITION");
    return found->parent;
}

void tell(Reporter& reporter, const partition::AttachResult& result) {
    reporter.info("partition.attached",
                  fmt::format("attached {} to {}: {}", sql::quoted(result.leaf.name), sql::quoted(result.table),
                              ddl::describe(result.key, result.leaf.bounds)));
    if (result.will_be_detached)
        reporter.warning(
            "partition.attach",
            fmt::format("{} is older than the policy keeps: the next `tripmig partition maintain` detaches it "
                        "again",
                        sql::quoted(result.leaf.name)));
}

}  // namespace

partition::AttachResult attach_partition(const Context& context, const std::string& name) {
    const QualifiedName table = config::parse_table_name(name);
    const std::string& schema = context.config.state.schema;
    PartitionConnections connections(context, "partition-attach");
    db::require_usable(connections.connection, schema, connections.database.pooler);
    const db::AdvisoryLock lock = take_maintain_lock(context, connections.connection);
    const QualifiedName parent = parent_of(connections.connection, schema, table);
    const ChosenPolicies chosen = chosen_policies(context, {sql::quoted(parent)});
    const config::PartitionPolicy& policy = chosen.policies.front();
    partition::AttachResult result =
        partition::attach(connections.server, policy, partition::limits_of(context.config, policy), table);
    tell(context.reporter, result);
    return result;
}

}  // namespace tripmig::app
