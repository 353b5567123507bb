#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/civil.hpp"
#include "base/error.hpp"
#include "cli/migrate/migration_target.hpp"
#include "cli/partition/metrics.hpp"
#include "cli/partition/partition.hpp"
#include "db/connection_parameters.hpp"
#include "db/run_lock.hpp"
#include "db/state/history.hpp"
#include "partition/maintain.hpp"
#include "view/json_text.hpp"
#include "view/partition_maintain.hpp"

namespace tripmig::cli {

namespace {

constexpr const char* role = "partition-maintain";

std::optional<Instant> time_of(const MaintainOptions& options) {
    if (options.now.empty())
        return std::nullopt;
    const auto now = parse_timestamp(options.now);
    if (now && civil_date(*now).year >= 1 && civil_date(*now).year <= 9999)
        return now;
    throw Error(ExitCode::usage, fmt::format("--now {}: that is not a time", options.now),
                "write 2026-01-31, 2026-01-31T12:00 or 2026-01-31T12:00+09:00; without zone it is UTC");
}

db::LockPolicy lock_policy(const config::Config& config) {
    db::LockPolicy locks;
    locks.lock_timeout = config.migrations.lock_timeout;
    locks.lock_deadline = config.migrations.lock_deadline;
    locks.concurrently_timeout = config.migrations.lock_deadline;
    return locks;
}

/// A policy that can't be read is an outcome like that of a table.
std::vector<partition::TableOutcome> outcomes_of(const std::vector<config::PolicyFile>& unreadable) {
    std::vector<partition::TableOutcome> outcomes;
    for (const config::PolicyFile& file : unreadable) {
        partition::TableOutcome outcome;
        outcome.file = file.file;
        outcome.errors.push_back(*file.error);
        outcomes.push_back(std::move(outcome));
    }
    return outcomes;
}

void tell(Context& context, const std::vector<Event>& events) {
    for (const Event& event : events)
        context.reporter.emit(event);
}

ExitCode finish(Context& context, partition::MaintainResult result, const ChosenPolicies& chosen) {
    for (partition::TableOutcome& outcome : outcomes_of(chosen.unreadable))
        result.tables.push_back(std::move(outcome));
    tell(context, view::maintain_errors(result.tables));
    tell(context, view::maintain_events(result));
    if (context.json)
        context.out << view::json_text(view::maintain_json(result)) << '\n';
    context.metrics = table_metrics(result);
    return partition::exit_code_of(result.tables);
}

ExitCode run(Context& context, const MaintainOptions& options, const ChosenPolicies& chosen) {
    const auto now = time_of(options);
    const config::DatabaseConfig database = db::direct_connection(context.config.database);
    const auto connection = connect(context, database, role);
    db::Executor executor(*connection, database, lock_policy(context.config), context.reporter, context.clock,
                          context.stop);
    partition::SessionOnDemand session(database, role);
    partition::Server server{executor, session, context.reporter, context.clock, context.stop};
    const auto limits = [&](const config::PartitionPolicy& policy) {
        partition::Limits own = partition::limits_of(context.config, policy);
        if (options.max_create)
            own.max_create = *options.max_create;
        return own;
    };
    if (options.is_dry_run) {
        partition::MaintainPreview preview = partition::preview(server, chosen.policies, limits, now);
        for (partition::TableOutcome& outcome : outcomes_of(chosen.unreadable))
            preview.tables.push_back({std::move(outcome), {}});
        std::vector<partition::TableOutcome> outcomes;
        for (const partition::TablePreview& table : preview.tables) {
            for (const std::string& note : table.outcome.notes)
                context.reporter.warning("maintain.note", note);
            outcomes.push_back(table.outcome);
        }
        tell(context, view::maintain_errors(outcomes));
        context.out << (context.json ? view::json_text(view::maintain_preview_json(preview)) + "\n"
                                     : view::maintain_preview_text(preview));
        return partition::exit_code_of(outcomes);
    }
    const std::string& schema = context.config.state.schema;
    db::require_usable(*connection, schema, database.pooler);
    const db::AdvisoryLock lock(*connection, db::lock_key(schema, "maintain"), "the maintain lock",
                                context.config.migrations.run_lock_wait, context.reporter, context.clock, context.stop);
    return finish(context, partition::maintain(server, chosen.policies, limits, now), chosen);
}

}  // namespace

ExitCode partition_maintain(Context& context, const MaintainOptions& options) {
    const ChosenPolicies chosen = chosen_policies(context, options.only);
    if (chosen.policies.empty() && !chosen.unreadable.empty()) {
        partition::MaintainResult nothing;
        nothing.now = context.clock.now();
        return finish(context, std::move(nothing), chosen);
    }
    if (chosen.policies.empty())
        context.reporter.warning("maintain.no_policy", fmt::format("there is no policy (*.toml) in {}",
                                                                   context.config.partitions.dir.string()));
    return run(context, options, chosen);
}

}  // namespace tripmig::cli
