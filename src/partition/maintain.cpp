#include "partition/maintain.hpp"

#include <fmt/format.h>

#include <utility>

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

namespace {

bool is_detach_pending(db::StepConnection& connection, const QualifiedName& partition) {
    Step look;
    look.sql =
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_inherits AS i JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid "
        "JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2 AND "
        "i.inhdetachpending)";
    look.parameters = {partition.schema, partition.name};
    return connection.execute(look).flag();
}

std::string changed_before(const TableOutcome& outcome) {
    std::string text;
    for (const auto& [verb, leaves] :
         {std::pair("created", &outcome.created), std::pair("detached", &outcome.detached)})
        for (const ddl::Leaf& leaf : *leaves)
            text += fmt::format("{}{} {}", text.empty() ? "" : ", ", verb, sql::quoted(leaf.name));
    return text;
}

/// A lock that did not come in time leaves the table as it was only when nothing was done before it.
Error half_way(const MaintenancePlan& plan, const Act& act, bool has_begun, const TableOutcome& outcome,
               db::StepConnection& connection, const Error& error) {
    if (error.code() != ExitCode::lock_deadline)
        return error;
    const std::string name = sql::quoted(act.leaf.name);
    const bool detaches = act.kind == Act::Kind::detach || act.kind == Act::Kind::finish_detach;
    if (detaches && is_detach_pending(connection, act.leaf.name))
        return error.rewrapped(ExitCode::stopped_half_way, fmt::format("the detach of {} is pending: ", name))
            .with_hint(fmt::format("{} no longer shows the rows of {}; run `tripmig partition maintain` again when the "
                                   "transaction that it waits for has ended: it finishes the detach",
                                   sql::quoted(plan.table), name));
    const std::string before = changed_before(outcome);
    if (before.empty() && !has_begun)
        return error;
    return error.rewrapped(ExitCode::stopped_half_way)
        .with_hint(fmt::format("before that it {}; run `tripmig partition maintain` again at a quieter time, or end "
                               "what holds the lock: it does the rest",
                               before.empty() ? "began with " + name : before));
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
        bool has_begun = false;
        try {
            for (const Unit& unit : act.units) {
                executor.run(unit);
                has_begun = true;
            }
            tell(plan, act, outcome, reporter);
        } catch (const Error& error) {
            if (act.on_failure && !executor.connection().is_broken())
                clean_up(*act.on_failure, executor, reporter);
            if (concerns_every_table(error))
                throw;
            outcome.errors.push_back(half_way(plan, act, has_begun, outcome, executor.connection(), error));
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
