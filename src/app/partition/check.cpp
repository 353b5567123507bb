#include "app/partition/check.hpp"

#include <algorithm>
#include <array>

#include "app/partition/policies.hpp"
#include "app/partition/reading_server.hpp"
#include "partition/check.hpp"
#include "partition/inspect.hpp"
#include "partition/maintain.hpp"
#include "partition/overview.hpp"
#include "partition/plan.hpp"

namespace tripmig::app {

namespace {

/// libpq's own variables name a server too (manual 34.15).
bool has_server(const Context& context) {
    constexpr std::array<const char*, 5> variables{"PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE", "PGPORT"};
    const config::DatabaseConfig& database = context.config.database;
    return !database.parameters.empty() || !database.direct_parameters.empty() ||
           std::any_of(variables.begin(), variables.end(),
                       [&](const char* name) { return context.environment.count(name) != 0; });
}

PolicyCheck unread(const config::PolicyFile& file) {
    PolicyCheck check;
    check.outcome.file = file.file;
    check.outcome.errors.push_back(*file.error);
    return check;
}

PolicyCheck readable(const config::PartitionPolicy& policy) {
    PolicyCheck check;
    check.outcome.table = policy.table;
    check.outcome.file = policy.file;
    return check;
}

/// What a run of maintain would refuse, and what looks as if somebody meant something else.
void hold_against(ReadingServer& reading, const config::PartitionPolicy& policy, const partition::Limits& limits,
                  partition::TableOverview overview, PolicyCheck& check) {
    try {
        if (overview.error)
            throw Error(*overview.error);
        partition::Snapshot& snapshot = *overview.snapshot;
        partition::inspect_all(reading.server().session.get(), policy, limits, snapshot);
        const partition::MaintenancePlan plan = partition::plan_maintenance(snapshot, policy, limits);
        check.outcome.errors = plan.refusals;
        check.warnings = partition::policy_warnings(snapshot, policy, limits);
        check.warnings.insert(check.warnings.end(), plan.notes.begin(), plan.notes.end());
    } catch (const Error& error) {
        if (reading.server().concerns_every_table(error))
            throw;
        check.outcome.errors.push_back(partition::of_table(error));
    }
}

void ask_server(const Context& context, const std::vector<config::PartitionPolicy>& policies,
                std::vector<PolicyCheck>& checks) {
    ReadingServer reading(context, "partition-check");
    partition::Overview overview = partition::read_overview(reading.connection(), policies, std::nullopt);
    for (std::size_t i = 0; i < policies.size(); ++i) {
        context.stop.check();
        hold_against(reading, policies[i], partition::limits_of(context.config, policies[i]),
                     std::move(overview.tables[i]), checks[i]);
    }
}

}  // namespace

ExitCode PolicyChecks::exit_code() const {
    std::vector<partition::TableOutcome> outcomes;
    for (const PolicyCheck& check : policies) {
        if (check.outcome.code() == ExitCode::usage)
            return ExitCode::usage;
        outcomes.push_back(check.outcome);
    }
    return partition::exit_code_of(outcomes);
}

PolicyChecks check_policies(const Context& context, const CheckOptions& options) {
    const ChosenPolicies chosen = chosen_policies(context, options.only);
    PolicyChecks checks;
    for (const config::PartitionPolicy& policy : chosen.policies)
        checks.policies.push_back(readable(policy));
    if (!options.is_offline && !chosen.policies.empty() && has_server(context)) {
        ask_server(context, chosen.policies, checks.policies);
        checks.asked_server = true;
    }
    for (const config::PolicyFile& file : chosen.unreadable)
        checks.policies.push_back(unread(file));
    std::stable_sort(checks.policies.begin(), checks.policies.end(),
                     [](const PolicyCheck& a, const PolicyCheck& b) { return a.outcome.file < b.outcome.file; });
    return checks;
}

}  // namespace tripmig::app
