#include "app/partition/maintain.hpp"

#include <fmt/format.h>

#include <utility>

#include "app/partition/maintain_events.hpp"
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

/// What a run needs of the server, held together.
struct MaintainRun {
    explicit MaintainRun(const Context& context)
        : database(db::direct_connection(context.config.database)),
          connection(database, maintain_role, context.reporter, context.stop, db::SessionSettings::own),
          executor(connection, lock_policy(context.config), context.reporter, context.clock, context.stop),
          session(database, maintain_role),
          server{executor, session, context.reporter, context.clock, context.stop} {}

    config::DatabaseConfig database;
    db::Connection connection;
    db::Executor executor;
    partition::SessionOnDemand session;
    partition::Server server;
};

auto limits_with(const Context& context, const MaintainOptions& options) {
    return [&config = context.config, &options](const config::PartitionPolicy& policy) {
        partition::Limits limits = partition::limits_of(config, policy);
        if (options.max_create)
            limits.max_create = *options.max_create;
        return limits;
    };
}

ChosenPolicies require_policies(const Context& context, const MaintainOptions& options) {
    ChosenPolicies chosen = choose_policies(context, options.only);
    if (chosen.policies.empty() && chosen.unreadable.empty())
        context.reporter.warning("maintain.no_policy", fmt::format("there is no policy (*.toml) in {}",
                                                                   context.config.partitions.dir.string()));
    return chosen;
}

/// Nothing but policies that can't be read: no server is needed to say so.
bool needs_server(const ChosenPolicies& chosen) {
    return !chosen.policies.empty() || chosen.unreadable.empty();
}

partition::TableOutcome outcome_of(const config::PolicyFile& unreadable) {
    partition::TableOutcome outcome;
    outcome.file = unreadable.file;
    outcome.errors.push_back(*unreadable.error);
    return outcome;
}

void tell(Reporter& reporter, const std::vector<Event>& events) {
    for (const Event& event : events)
        reporter.emit(event);
}

partition::MaintainResult maintain_tables(const Context& context, const MaintainOptions& options,
                                          const std::vector<config::PartitionPolicy>& policies) {
    MaintainRun run(context);
    const std::string& schema = context.config.state.schema;
    db::require_usable(run.connection, schema, run.database.pooler);
    const db::AdvisoryLock lock(run.connection, db::lock_key(schema, "maintain"), "the maintain lock",
                                context.config.migrations.run_lock_wait, context.reporter, context.clock, context.stop);
    return partition::maintain(run.server, policies, limits_with(context, options), options.now);
}

}  // namespace

partition::MaintainResult maintain_partitions(const Context& context, const MaintainOptions& options) {
    const ChosenPolicies chosen = require_policies(context, options);
    partition::MaintainResult result{context.clock.now(), {}};
    if (needs_server(chosen))
        result = maintain_tables(context, options, chosen.policies);
    for (const config::PolicyFile& file : chosen.unreadable)
        result.tables.push_back(outcome_of(file));
    for (const partition::TableOutcome& table : result.tables)
        tell(context.reporter, error_events(table));
    tell(context.reporter, deed_events(result));
    return result;
}

partition::MaintainPreview preview_maintenance(const Context& context, const MaintainOptions& options) {
    const ChosenPolicies chosen = require_policies(context, options);
    partition::MaintainPreview preview{context.clock.now(), {}};
    if (needs_server(chosen)) {
        MaintainRun run(context);
        preview = partition::preview(run.server, chosen.policies, limits_with(context, options), options.now);
    }
    for (const config::PolicyFile& file : chosen.unreadable)
        preview.tables.push_back({outcome_of(file), {}});
    for (const partition::TablePreview& table : preview.tables)
        for (const std::string& note : table.outcome.notes)
            context.reporter.warning("maintain.note", note);
    for (const partition::TablePreview& table : preview.tables)
        tell(context.reporter, error_events(table.outcome));
    return preview;
}

}  // namespace tripmig::app
