#include "db/executor/opening.hpp"

#include <fmt/format.h>

#include <utility>

namespace tripmig::db {

namespace {

std::string begin_sql(const Unit& unit) {
    if (!unit.user_sql)
        return "BEGIN ISOLATION LEVEL READ COMMITTED";
    return unit.transaction_modes.empty() ? "BEGIN" : "BEGIN " + unit.transaction_modes;
}

}  // namespace

std::string set_local(std::string_view name, std::chrono::milliseconds value) {
    return fmt::format("SET LOCAL {} = {}", name, value.count());
}

Step bare_step(std::string sql) {
    Step step;
    step.sql = std::move(sql);
    return step;
}

std::vector<std::string> opening_statements(const Unit& unit, const LockPolicy& policy) {
    std::vector<std::string> statements{begin_sql(unit)};
    if (unit.keeps_session)
        return statements;
    if (unit.asynchronous)
        statements.emplace_back("SET LOCAL synchronous_commit = off");
    statements.push_back(set_local("statement_timeout", policy.statement_timeout));
    statements.push_back(set_local("idle_in_transaction_session_timeout", std::chrono::milliseconds(0)));
    statements.push_back(set_local("lock_timeout", policy.lock_timeout));
    return statements;
}

std::vector<Step> pipelined_opening(const Unit& unit, const LockPolicy& policy) {
    std::vector<Step> steps{bare_step(begin_sql(unit))};
    if (unit.keeps_session)
        return steps;
    Step settings = bare_step(
        "SELECT pg_catalog.set_config('statement_timeout', $1, true), pg_catalog.set_config('lock_timeout', $2, true), "
        "pg_catalog.set_config('idle_in_transaction_session_timeout', '0', true)");
    if (unit.asynchronous)
        settings.sql += ", pg_catalog.set_config('synchronous_commit', 'off', true)";
    settings.prepare_as = unit.asynchronous ? "tripmig_open_asynchronous" : "tripmig_open";
    settings.parameters = {fmt::format("{}", policy.statement_timeout.count()),
                           fmt::format("{}", policy.lock_timeout.count())};
    steps.push_back(std::move(settings));
    return steps;
}

}  // namespace tripmig::db
