#include "app/doctor/doctor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "app/doctor/gather.hpp"
#include "app/migrate/target/drift.hpp"
#include "app/partition/connections.hpp"
#include "db/connection.hpp"
#include "db/connection_parameters.hpp"
#include "db/executor.hpp"
#include "db/state/history.hpp"
#include "doctor/check_list.hpp"
#include "doctor/tripmig_checks.hpp"

namespace tripmig::app {

namespace {

constexpr const char* doctor_role = "doctor";

std::set<std::string> chosen_groups(const DoctorOptions& options) {
    const std::vector<std::string> all = doctor::groups();
    if (!options.only.empty())
        return {options.only.begin(), options.only.end()};
    if (options.checklist.empty())
        return {all.begin(), all.end()};
    std::set<std::string> groups;
    for (const doctor::ChecklistLine& line : doctor::checklist(options.checklist))
        for (const std::string_view code : line.codes)
            groups.emplace(code.substr(0, code.find('.')));
    return groups;
}

bool is_on_checklist(const DoctorOptions& options, std::string_view code) {
    if (options.checklist.empty())
        return true;
    for (const doctor::ChecklistLine& line : doctor::checklist(options.checklist))
        if (std::find(line.codes.begin(), line.codes.end(), code) != line.codes.end())
            return true;
    return false;
}

std::vector<doctor::Check> chosen_checks(std::vector<doctor::Check> checks, const DoctorOptions& options) {
    std::erase_if(checks, [&](const doctor::Check& check) { return !is_on_checklist(options, check.code); });
    return checks;
}

/// What the findings offer, but for tables that a job works on: it has its own plan for them.
std::vector<Unit> safe_fixes(const std::vector<doctor::Check>& checks, const std::vector<doctor::OpenJob>& jobs) {
    std::vector<Unit> plan;
    const auto is_busy = [&](const Unit& unit) {
        return std::any_of(jobs.begin(), jobs.end(), [&](const doctor::OpenJob& job) {
            return std::any_of(unit.steps.begin(), unit.steps.end(), [&](const Step& step) {
                return std::any_of(step.locks.begin(), step.locks.end(),
                                   [&](const LockRequest& lock) { return lock.relation == job.table; });
            });
        });
    };
    for (const doctor::Check& check : checks)
        for (const doctor::Finding& finding : check.findings)
            for (const Unit& unit : finding.fix)
                if (!is_busy(unit))
                    plan.push_back(unit);
    return plan;
}

/// One that fails does not stop the others.
std::vector<Fix> run_fixes(const Context& context, db::Connection& connection, const std::vector<Unit>& plan) {
    db::require_writable(connection, context.config.state.schema, context.config.database.pooler);
    const db::AdvisoryLock lock = take_maintain_lock(context, connection);
    db::Executor executor(connection, lock_policy(context.config), context.reporter, context.clock, context.stop);
    std::vector<Fix> fixes;
    const bool has_record = db::read_catalog_record(connection, context.config.state.schema).has_value();
    const auto drift = has_record ? db::read_catalog_differences(connection, context.config.state.schema)
                                  : std::vector<db::CatalogDifference>{};
    for (const Unit& unit : plan) {
        fixes.push_back({unit.name, std::nullopt});
        try {
            executor.run(unit);
            context.reporter.info("doctor.fixed", "done: " + unit.name);
        } catch (const Error& error) {
            if (connection.is_broken() || context.stop.is_raised())
                throw;
            fixes.back().failure = error;
            context.reporter.warning("doctor.fix_failed", fmt::format("{}: {}", unit.name, error.message()));
        }
    }
    if (has_record)
        record_schema(context, connection, drift);
    return fixes;
}

void examine_server(const Context& context, const DoctorOptions& options, DoctorResult& result) {
    const config::DatabaseConfig database = db::direct_connection(context.config.database);
    db::Connection connection(database, doctor_role, context.reporter, context.stop, db::SessionSettings::own);
    const auto look = [&] {
        Examination found = look_around(context, connection, chosen_groups(options));
        result.server = found.server;
        result.checks = chosen_checks(std::move(found.checks), options);
    };
    look();
    if (!options.fixes)
        return;
    doctor::Reader reader(connection);
    result.plan = safe_fixes(result.checks, doctor::read_open_jobs(reader, context.config.state.schema));
    if (result.plan.empty())
        context.reporter.info("doctor.nothing_to_fix", "there is nothing that --fix may change");
    if (options.is_dry_run || result.plan.empty())
        return;
    result.fixes = run_fixes(context, connection, result.plan);
    look();
}

doctor::Check unreachable(const Error& error) {
    doctor::Check check{"connection.reachable"};
    check.add(doctor::Severity::error, "",
              error.detail().empty() ? error.message() : fmt::format("{}: {}", error.message(), error.detail()),
              error.hint());
    return check;
}

}  // namespace

std::size_t DoctorResult::count(doctor::Severity severity) const {
    std::size_t found = 0;
    for (const doctor::Check& check : checks)
        found += static_cast<std::size_t>(
            std::count_if(check.findings.begin(), check.findings.end(),
                          [&](const doctor::Finding& finding) { return finding.severity == severity; }));
    return found;
}

ExitCode DoctorResult::exit_code() const {
    if (unreachable)
        return unreachable->code();
    const bool is_bad =
        count(doctor::Severity::error) > 0 || (options.is_strict && count(doctor::Severity::warning) > 0);
    return is_bad ? ExitCode::disagreement : ExitCode::ok;
}

DoctorResult examine(const Context& context, const DoctorOptions& options) {
    DoctorResult result;
    result.options = options;
    result.at = context.clock.now();
    try {
        examine_server(context, options, result);
    } catch (const Error& error) {
        if (error.code() != ExitCode::unreachable)
            throw;
        result.unreachable = error;
        std::erase_if(result.checks, [](const doctor::Check& check) { return check.code == "connection.reachable"; });
        result.checks.insert(result.checks.begin(), unreachable(error));
    }
    return result;
}

}  // namespace tripmig::app
