#include "partition/maintain.hpp"

#include <fmt/format.h>

#include "sql/identifier.hpp"

namespace tripmig::partition {

namespace {

void tell(const MaintenancePlan& plan, const Act& act, TableOutcome& outcome, Reporter& reporter) {
    if (act.kind == Act::Kind::around)
        return;
    const bool is_new = act.kind == Act::Kind::create;
    (is_new ? outcome.created : outcome.detached).push_back(act.leaf);
    const std::string name = sql::quoted(act.leaf.name);
    Event event{Severity::info, is_new ? "leaf.created" : "leaf.detached", {}, {}, {}};
    event.message =
        fmt::format("{} {} {}", is_new ? "created" : "detached", name, ddl::describe(plan.key, act.leaf.bounds));
    event.fields = {{"table", sql::quoted(plan.table)},
                    {"leaf", name},
                    {"from", ddl::describe(plan.key, act.leaf.bounds.lower)},
                    {"to", ddl::describe(plan.key, act.leaf.bounds.upper)}};
    reporter.emit(event);
}

void clean_up(const Unit& unit, db::Executor& executor, Reporter& reporter) {
    try {
        executor.run(unit);
    } catch (const Error& error) {
        reporter.warning("maintain.cleanup",
                         fmt::format("{}: {}; the next maintain does it", unit.name, error.message()));
    }
}

}  // namespace

bool concerns_every_table(const Error& error) {
    return error.code() == ExitCode::interrupted || error.code() == ExitCode::terminated ||
           error.code() == ExitCode::unreachable;
}

Limits limits_of(const config::Config& config, const config::PartitionPolicy& policy) {
    Limits limits;
    limits.max_create = policy.max_create.value_or(config.partitions.max_create);
    limits.max_drop = policy.max_drop.value_or(config.partitions.max_drop);
    limits.lock_budget = config.swap.lock_budget;
    limits.max_lock_hold = config.swap.max_lock_hold;
    return limits;
}

TableOutcome maintain(const MaintenancePlan& plan, db::Executor& executor, Reporter& reporter) {
    TableOutcome outcome;
    outcome.table = plan.table;
    outcome.key = plan.key;
    for (const std::string& note : plan.notes)
        reporter.warning("maintain.note", note);
    for (const Act& act : plan.acts) {
        try {
            for (const Unit& unit : act.units)
                executor.run(unit);
            tell(plan, act, outcome, reporter);
        } catch (const Error& error) {
            if (act.on_failure && !executor.connection().is_broken())
                clean_up(*act.on_failure, executor, reporter);
            if (concerns_every_table(error))
                throw;
            outcome.errors.push_back(error);
            break;
        }
    }
    outcome.errors.insert(outcome.errors.end(), plan.refusals.begin(), plan.refusals.end());
    return outcome;
}

ExitCode exit_code_of(const std::vector<TableOutcome>& outcomes) {
    ExitCode code = ExitCode::ok;
    bool is_first = true;
    for (const TableOutcome& outcome : outcomes) {
        const ExitCode own = outcome.errors.empty() ? ExitCode::ok : outcome.errors.front().code();
        if (!is_first && own != code)
            return ExitCode::partly_failed;
        code = own;
        is_first = false;
    }
    return code;
}

}  // namespace tripmig::partition
