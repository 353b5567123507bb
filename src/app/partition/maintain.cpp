#include "app/partition/maintain.hpp"

#include <fmt/format.h>

#include "app/partition/policies.hpp"
#include "base/counted.hpp"
#include "db/connection.hpp"
#include "db/connection_parameters.hpp"
#include "db/run_lock.hpp"
#include "db/session.hpp"
#include "db/state/history.hpp"
#include "partition/inspect.hpp"
#include "sql/identifier.hpp"

namespace tripmig::app {

namespace {

constexpr const char* maintain_role = "partition-maintain";

partition::MaintenancePlan plan_table(const Context& context, db::Session& session,
                                      const config::PartitionPolicy& policy, Instant now) {
    const partition::Limits limits = partition::limits_of(context.config, policy);
    return partition::plan_maintenance(partition::inspect(session, policy, limits, now), policy, limits);
}

void tell_errors(Reporter& reporter, const QualifiedName& table, const std::vector<Error>& errors) {
    const std::string name = sql::quoted(table);
    for (const Error& error : errors) {
        Event event{Severity::error, "maintain.failed", describe(error), {}, {}};
        if (event.message.rfind(name, 0) != 0)
            event.message = fmt::format("{}: {}", name, event.message);
        event.fields = {
            {"table", name}, {"code", fmt::format("{}", to_int(error.code()))}, {"sqlstate", error.sqlstate()}};
        reporter.emit(event);
    }
}

std::vector<config::PartitionPolicy> require_policies(const Context& context, const MaintainOptions& options) {
    auto policies = chosen_policies(context.config, options.only);
    if (policies.empty())
        context.reporter.warning("maintain.no_policy", fmt::format("there is no policy (*.toml) in {}",
                                                                   context.config.partitions.dir.string()));
    return policies;
}

/// One table, from inspect to its end. What concerns this table alone is in the outcome.
partition::TableOutcome maintain_table(const Context& context, db::Session& session, db::Executor& executor,
                                       const config::PartitionPolicy& policy, Instant now) {
    partition::TableOutcome outcome;
    outcome.table = policy.table;
    try {
        outcome = partition::maintain(plan_table(context, session, policy, now), executor, context.reporter);
    } catch (const Error& error) {
        if (partition::concerns_every_table(error))
            throw;
        outcome.errors.push_back(error);
    }
    tell_errors(context.reporter, outcome.table, outcome.errors);
    return outcome;
}

void tell_end(Reporter& reporter, const MaintainResult& result) {
    if (result.exit_code() != ExitCode::ok)
        return;
    std::size_t changes = 0;
    for (const partition::TableOutcome& table : result.tables)
        changes += table.created.size() + table.detached.size();
    reporter.info("maintain.done",
                  fmt::format("{}: {}", counted(result.tables.size(), "table"),
                              changes == 0 ? "nothing to do" : counted(changes, "leaf changed", "leaves changed")));
}

MaintainPreview::Table preview_table(const Context& context, db::Session& session,
                                     const config::PartitionPolicy& policy, Instant now) {
    MaintainPreview::Table preview{policy.table, {}, {}};
    try {
        const partition::MaintenancePlan plan = plan_table(context, session, policy, now);
        for (const std::string& note : plan.notes)
            context.reporter.warning("maintain.note", note);
        for (const partition::Act& act : plan.acts)
            preview.units.insert(preview.units.end(), act.units.begin(), act.units.end());
        preview.errors = plan.refusals;
    } catch (const Error& error) {
        if (partition::concerns_every_table(error))
            throw;
        preview.errors.push_back(error);
    }
    tell_errors(context.reporter, preview.table, preview.errors);
    return preview;
}

}  // namespace

MaintainResult maintain_partitions(const Context& context, const MaintainOptions& options) {
    const auto policies = require_policies(context, options);
    const config::DatabaseConfig database = db::direct_connection(context.config.database);
    db::Connection connection(database, maintain_role, context.reporter, context.stop, db::SessionSettings::own);
    const std::string& schema = context.config.state.schema;
    db::require_usable(connection, schema, database.pooler);
    const db::AdvisoryLock lock(connection, db::lock_key(schema, "maintain"), "the maintain lock",
                                context.config.migrations.run_lock_wait, context.reporter, context.clock, context.stop);
    db::LockPolicy locks;
    locks.lock_timeout = context.config.migrations.lock_timeout;
    locks.lock_deadline = context.config.migrations.lock_deadline;
    locks.concurrently_timeout = context.config.migrations.lock_deadline;
    db::Executor executor(connection, locks, context.reporter, context.clock, context.stop);
    db::Session session(database, maintain_role);
    const Instant now = options.now ? *options.now : session.now();
    MaintainResult result;
    for (const config::PartitionPolicy& policy : policies) {
        context.stop.check();
        result.tables.push_back(maintain_table(context, session, executor, policy, now));
    }
    tell_end(context.reporter, result);
    return result;
}

ExitCode MaintainPreview::exit_code() const {
    std::vector<partition::TableOutcome> outcomes(tables.size());
    for (std::size_t i = 0; i < tables.size(); ++i)
        outcomes[i].errors = tables[i].errors;
    return partition::exit_code_of(outcomes);
}

MaintainPreview preview_maintenance(const Context& context, const MaintainOptions& options) {
    const auto policies = require_policies(context, options);
    db::Session session(db::direct_connection(context.config.database), maintain_role);
    MaintainPreview preview{options.now ? *options.now : session.now(), {}};
    for (const config::PartitionPolicy& policy : policies) {
        context.stop.check();
        preview.tables.push_back(preview_table(context, session, policy, preview.now));
    }
    return preview;
}

}  // namespace tripmig::app
