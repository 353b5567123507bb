#include "app/partition/maintain.hpp"

#include <fmt/format.h>

#include "app/partition/deeds.hpp"
#include "app/partition/policies.hpp"
#include "db/connection.hpp"
#include "db/connection_parameters.hpp"
#include "db/run_lock.hpp"
#include "db/state/history.hpp"

namespace tripmig::app {

namespace {

constexpr const char* maintain_role = "partition-maintain";

db::LockPolicy lock_policy(const config::Config& config) {
    db::LockPolicy locks;
    locks.lock_timeout = config.migrations.lock_timeout;
    locks.lock_deadline = config.migrations.lock_deadline;
    locks.concurrently_timeout = config.migrations.lock_deadline;
    return locks;
}

/// A policy that can't be read is an outcome like that of a table.
partition::TableOutcome unreadable(const config::PolicyFile& file) {
    partition::TableOutcome outcome;
    outcome.file = file.file;
    outcome.errors.push_back(*file.error);
    return outcome;
}

auto limits_function(const Context& context, const MaintainOptions& options) {
    return [&](const config::PartitionPolicy& policy) {
        partition::Limits limits = partition::limits_of(context.config, policy);
        if (options.max_create)
            limits.max_create = *options.max_create;
        return limits;
    };
}

ChosenPolicies require_policies(const Context& context, const MaintainOptions& options) {
    ChosenPolicies chosen = chosen_policies(context, options.only);
    if (chosen.is_empty())
        context.reporter.warning("maintain.no_policy", fmt::format("there is no policy (*.toml) in {}",
                                                                   context.config.partitions.dir.string()));
    return chosen;
}

/// What it takes to reach the server, as long as a run lasts.
struct Connections {
    config::DatabaseConfig database;
    db::Connection connection;
    db::Executor executor;
    partition::SessionOnDemand session;
    partition::Server server;

    explicit Connections(const Context& context)
        : database(db::direct_connection(context.config.database)),
          connection(database, maintain_role, context.reporter, context.stop, db::SessionSettings::own),
          executor(connection, lock_policy(context.config), context.reporter, context.clock, context.stop),
          session(database, maintain_role),
          server{executor, session, context.reporter, context.clock, context.stop} {}
};

/// Without a policy that can be read there is nothing to ask a server.
bool needs_server(const ChosenPolicies& chosen) {
    return !chosen.policies.empty() || chosen.unreadable.empty();
}

partition::MaintainResult maintain_chosen(const Context& context, const MaintainOptions& options,
                                          const ChosenPolicies& chosen) {
    Connections connections(context);
    const std::string& schema = context.config.state.schema;
    db::require_usable(connections.connection, schema, connections.database.pooler);
    const db::AdvisoryLock lock(connections.connection, db::lock_key(schema, "maintain"), "the maintain lock",
                                context.config.migrations.run_lock_wait, context.reporter, context.clock, context.stop);
    return partition::maintain(connections.server, chosen.policies, limits_function(context, options), options.now);
}

}  // namespace

partition::MaintainResult maintain_partitions(const Context& context, const MaintainOptions& options) {
    const ChosenPolicies chosen = require_policies(context, options);
    partition::MaintainResult result;
    if (needs_server(chosen))
        result = maintain_chosen(context, options, chosen);
    else
        result.now = context.clock.now();
    for (const config::PolicyFile& file : chosen.unreadable)
        result.tables.push_back(unreadable(file));
    tell_errors(context.reporter, result.tables);
    tell_deeds(context.reporter, result);
    return result;
}

partition::MaintainPreview preview_maintenance(const Context& context, const MaintainOptions& options) {
    const ChosenPolicies chosen = require_policies(context, options);
    partition::MaintainPreview preview;
    if (needs_server(chosen)) {
        Connections connections(context);
        preview =
            partition::preview(connections.server, chosen.policies, limits_function(context, options), options.now);
    } else {
        preview.now = context.clock.now();
    }
    for (const config::PolicyFile& file : chosen.unreadable)
        preview.tables.push_back({unreadable(file), {}});
    for (const partition::TablePreview& table : preview.tables)
        for (const std::string& note : table.outcome.notes)
            context.reporter.warning("maintain.note", note);
    tell_errors(context.reporter, preview.outcomes());
    return preview;
}

}  // namespace tripmig::app
