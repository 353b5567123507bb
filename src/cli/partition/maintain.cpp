#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/civil.hpp"
#include "base/error.hpp"
#include "cli/migrate/migration_target.hpp"
#include "cli/partition/partition.hpp"
#include "db/connection_parameters.hpp"
#include "db/run_lock.hpp"
#include "db/state/history.hpp"
#include "partition/inspect.hpp"
#include "partition/maintain.hpp"
#include "sql/identifier.hpp"
#include "view/json_text.hpp"
#include "view/plan.hpp"

namespace tripmig::cli {

namespace {

constexpr const char* role = "partition-maintain";

Instant time_of(const MaintainOptions& options, db::Session& session) {
    if (options.now.empty())
        return session.now();
    if (const auto now = parse_timestamp(options.now))
        return *now;
    throw Error(ExitCode::usage, fmt::format("--now {}: that is no time", options.now),
                "write 2026-01-31, 2026-01-31T12:00 or 2026-01-31T12:00+09:00; without zone it is UTC");
}

partition::MaintenancePlan plan_of(Context& context, db::Session& session, const config::PartitionPolicy& policy,
                                   Instant now) {
    const partition::Limits limits = partition::limits_of(context.config, policy);
    return partition::plan_maintenance(partition::inspect(session, policy, limits, now), policy, limits);
}

nlohmann::json to_json(const Error& error) {
    return {{"code", to_int(error.code())},
            {"message", error.message()},
            {"detail", error.detail()},
            {"hint", error.hint()},
            {"sqlstate", error.sqlstate()}};
}

nlohmann::json to_json(ddl::KeyType key, const std::vector<ddl::Leaf>& leaves) {
    nlohmann::json list = nlohmann::json::array();
    for (const ddl::Leaf& leaf : leaves)
        list.push_back({{"leaf", sql::quoted(leaf.name)},
                        {"from", ddl::describe(key, leaf.bounds.lower)},
                        {"to", ddl::describe(key, leaf.bounds.upper)}});
    return list;
}

nlohmann::json to_json(const std::vector<Error>& errors) {
    nlohmann::json list = nlohmann::json::array();
    for (const Error& error : errors)
        list.push_back(to_json(error));
    return list;
}

void tell_errors(Context& context, const partition::TableOutcome& outcome) {
    for (const Error& error : outcome.errors) {
        Event event{Severity::error, "maintain.failed", {}, {}, {}};
        event.message = describe(error);
        if (event.message.rfind(sql::quoted(outcome.table), 0) != 0)
            event.message = fmt::format("{}: {}", sql::quoted(outcome.table), event.message);
        event.fields = {{"table", sql::quoted(outcome.table)},
                        {"code", fmt::format("{}", to_int(error.code()))},
                        {"sqlstate", error.sqlstate()}};
        context.reporter.emit(event);
    }
}

std::string counted(std::size_t count, const std::string& one, const std::string& many = {}) {
    return fmt::format("{} {}", count, count == 1 ? one : many.empty() ? one + "s" : many);
}

ExitCode finish(Context& context, const std::vector<partition::TableOutcome>& outcomes) {
    std::size_t changes = 0;
    nlohmann::json document{{"tables", nlohmann::json::array()}};
    for (const partition::TableOutcome& outcome : outcomes) {
        changes += outcome.created.size() + outcome.detached.size();
        document["tables"].push_back({{"table", sql::quoted(outcome.table)},
                                      {"created", to_json(outcome.key, outcome.created)},
                                      {"detached", to_json(outcome.key, outcome.detached)},
                                      {"errors", to_json(outcome.errors)}});
    }
    const ExitCode code = partition::exit_code_of(outcomes);
    if (code == ExitCode::ok)
        context.reporter.info(
            "maintain.done",
            fmt::format("{}: {}", counted(outcomes.size(), "table"),
                        changes == 0 ? "nothing to do" : counted(changes, "leaf changed", "leaves changed")));
    if (context.json)
        context.out << view::json_text(document) << '\n';
    return code;
}

/// One table, from inspect to its end. What concerns this table alone is in the outcome.
partition::TableOutcome maintain_table(Context& context, db::Session& session, db::Executor& executor,
                                       const config::PartitionPolicy& policy, Instant now) {
    partition::TableOutcome outcome;
    outcome.table = policy.table;
    try {
        outcome = partition::maintain(plan_of(context, session, policy, now), executor, context.reporter);
    } catch (const Error& error) {
        if (partition::concerns_every_table(error))
            throw;
        outcome.errors.push_back(error);
    }
    tell_errors(context, outcome);
    return outcome;
}

ExitCode maintain_all(Context& context, const MaintainOptions& options,
                      const std::vector<config::PartitionPolicy>& policies) {
    const config::DatabaseConfig database = db::direct_connection(context.config.database);
    const auto connection = connect(context, database, role);
    const std::string& schema = context.config.state.schema;
    db::require_usable(*connection, schema, database.pooler);
    const db::AdvisoryLock lock(*connection, db::lock_key(schema, "maintain"), "the maintain lock",
                                context.config.migrations.run_lock_wait, context.reporter, context.clock, context.stop);
    db::LockPolicy locks;
    locks.lock_timeout = context.config.migrations.lock_timeout;
    locks.lock_deadline = context.config.migrations.lock_deadline;
    locks.concurrently_timeout = context.config.migrations.lock_deadline;
    db::Executor executor(*connection, locks, context.reporter, context.clock, context.stop);
    db::Session session(database, role);
    const Instant now = time_of(options, session);
    std::vector<partition::TableOutcome> outcomes;
    for (const config::PartitionPolicy& policy : policies) {
        context.stop.check();
        outcomes.push_back(maintain_table(context, session, executor, policy, now));
    }
    return finish(context, outcomes);
}

/// What a run would do to one table.
struct Preview {
    partition::TableOutcome outcome;
    std::vector<Unit> units;
};

Preview preview(Context& context, db::Session& session, const config::PartitionPolicy& policy, Instant now) {
    Preview preview;
    preview.outcome.table = policy.table;
    try {
        const partition::MaintenancePlan plan = plan_of(context, session, policy, now);
        for (const std::string& note : plan.notes)
            context.reporter.warning("maintain.note", note);
        for (const partition::Act& act : plan.acts)
            preview.units.insert(preview.units.end(), act.units.begin(), act.units.end());
        preview.outcome.errors = plan.refusals;
    } catch (const Error& error) {
        if (partition::concerns_every_table(error))
            throw;
        preview.outcome.errors.push_back(error);
    }
    tell_errors(context, preview.outcome);
    return preview;
}

void print(Context& context, const Preview& preview) {
    const bool is_idle = preview.units.empty() && preview.outcome.errors.empty();
    context.out << fmt::format("-- {}{}\n{}\n", sql::quoted(preview.outcome.table), is_idle ? ": nothing to do" : "",
                               view::plan_text(preview.units));
}

ExitCode dry_run(Context& context, const MaintainOptions& options,
                 const std::vector<config::PartitionPolicy>& policies) {
    db::Session session(db::direct_connection(context.config.database), role);
    const Instant now = time_of(options, session);
    nlohmann::json document{{"now", format_timestamp(now)}, {"tables", nlohmann::json::array()}};
    std::vector<partition::TableOutcome> outcomes;
    for (const config::PartitionPolicy& policy : policies) {
        context.stop.check();
        const Preview table = preview(context, session, policy, now);
        document["tables"].push_back({{"table", sql::quoted(policy.table)},
                                      {"units", view::plan_json(table.units)},
                                      {"errors", to_json(table.outcome.errors)}});
        if (!context.json)
            print(context, table);
        outcomes.push_back(table.outcome);
    }
    if (context.json)
        context.out << view::json_text(document) << '\n';
    return partition::exit_code_of(outcomes);
}

}  // namespace

ExitCode partition_maintain(Context& context, const MaintainOptions& options) {
    const auto policies = chosen_policies(context, options.only);
    if (policies.empty())
        context.reporter.warning("maintain.no_policy", fmt::format("there is no policy (*.toml) in {}",
                                                                   context.config.partitions.dir.string()));
    return options.is_dry_run ? dry_run(context, options, policies) : maintain_all(context, options, policies);
}

}  // namespace tripmig::cli
