#include "app/partition/maintain.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/hooks/hooks.hpp"
#include "app/partition/connections.hpp"
#include "app/partition/deeds.hpp"
#include "app/partition/drain_defaults.hpp"
#include "app/partition/policies.hpp"
#include "db/records/measurement_store.hpp"
#include "db/state/history.hpp"
#include "db/state/state_schema.hpp"

namespace tripmig::app {

namespace {

constexpr const char* maintain_role = "partition-maintain";

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

/// Without a policy that can be read there is nothing to ask a server.
bool needs_server(const ChosenPolicies& chosen) {
    return !chosen.policies.empty() || chosen.unreadable.empty();
}

/// What is detached is recorded. Where that can't be, partitions are created all the same.
void prepare_state(PartitionConnections& connections, const std::string& schema,
                   const std::vector<config::PartitionPolicy>& policies) {
    if (std::none_of(policies.begin(), policies.end(), [](const auto& policy) { return policy.retention.has_value(); }))
        return;
    try {
        db::ensure_state(connections.connection, schema);
    } catch (const Error& error) {
        if (connections.connection.is_broken() || error.code() == ExitCode::interrupted ||
            error.code() == ExitCode::terminated)
            throw;
        connections.server.state_error = error;
    }
}

/// What the tables take now, for growth; and what is too old goes. Where that can't be, the partitions are there all
/// the same.
void keep_records(const Context& context, db::Connection& connection,
                  const std::vector<config::PartitionPolicy>& policies) {
    const std::string& schema = context.config.state.schema;
    try {
        for (const config::PartitionPolicy& policy : policies)
            db::measure_table(connection, schema, policy.table);
        db::measure_database(connection, schema);
        db::forget_old_records(connection, schema);
    } catch (const Error& error) {
        context.stop.check();
        if (connection.is_broken())
            throw;
        context.reporter.debug("measure.failed", error.message());
    }
}

partition::MaintainResult maintain_chosen(const Context& context, const MaintainOptions& options,
                                          const ChosenPolicies& chosen) {
    PartitionConnections connections(context, maintain_role);
    const std::string& schema = context.config.state.schema;
    db::require_usable(connections.connection, schema, connections.database.pooler);
    const db::AdvisoryLock lock = take_maintain_lock(context, connections.connection);
    prepare_state(connections, schema, chosen.policies);
    partition::MaintainResult result =
        partition::maintain(connections.server, chosen.policies, limits_function(context, options), options.now);
    keep_records(context, connections.connection, chosen.policies);
    return result;
}

partition::MaintainResult maintain_all(const Context& context, const MaintainOptions& options) {
    const ChosenPolicies chosen = require_policies(context, options);
    partition::MaintainResult result;
    if (needs_server(chosen)) {
        result = maintain_chosen(context, options, chosen);
        drain_defaults(context, chosen.policies, result);
    } else {
        result.now = context.clock.now();
    }
    for (const config::PolicyFile& file : chosen.unreadable)
        result.tables.push_back(unreadable(file));
    return result;
}

}  // namespace

partition::MaintainResult maintain_partitions(const Context& context, const MaintainOptions& options) {
    const HookEvent event{"partition maintain", {}, {}, {}, {}};
    run_before_hook(context, event);
    partition::MaintainResult result;
    try {
        result = maintain_all(context, options);
    } catch (const Error& error) {
        run_after_hook(context, event, error.code(), error.message());
        throw;
    }
    tell_errors(context.reporter, result.tables);
    tell_deeds(context.reporter, result);
    run_after_hook(context, event, result.exit_code(), {});
    return result;
}

partition::MaintainPreview preview_maintenance(const Context& context, const MaintainOptions& options) {
    const ChosenPolicies chosen = require_policies(context, options);
    partition::MaintainPreview preview;
    if (needs_server(chosen)) {
        PartitionConnections connections(context, maintain_role);
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
