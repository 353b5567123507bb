#include "migrate/job_guard.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "ddl/statement_step.hpp"
#include "sql/identifier.hpp"

namespace tripmig::migrate {

namespace {

std::string described(const db::AlteringJob& job) {
    return fmt::format("a {} of {} is in progress (job {}, {})", job.kind, sql::quoted(job.table), job.id, job.stage);
}

std::string way_out(const db::AlteringJob& job) {
    const std::string name = sql::quoted(job.table);
    if (job.stage == "complete")
        return fmt::format(
            "run `tripmig swap finish {} --yes` first (it cannot be reverted after that), then run this again", name);
    return fmt::format(
        "complete it first (`tripmig {1} {0}`; `tripmig swap status {0}` shows how far it is), or abort it with "
        "`tripmig swap abort {0}`; then run this again",
        name, job.kind == "swap" ? "swap run" : "partition " + job.kind);
}

/// "shop.orders" as the server reads it; a key without a schema is of public.
std::string quoted_key(const std::string& key) {
    const std::size_t dot = key.find('.');
    return dot == std::string::npos ? sql::quoted(QualifiedName{"public", key})
                                    : sql::quoted(QualifiedName{key.substr(0, dot), key.substr(dot + 1)});
}

std::string bare(const std::string& key) {
    return sql::quote_ident(key.substr(key.find('.') + 1));
}

/// Unqualified names mean the first schema of the search_path.
lint::KnownSchema schema_for(db::Connection& connection) {
    lint::KnownSchema schema;
    const auto current = connection.execute("SELECT pg_catalog.current_schema()").optional_text();
    if (!current)
        return schema;
    const std::string set = fmt::format("SET search_path = {}", sql::quote_ident(*current));
    schema.apply(set, sql::facts(set), true);
    return schema;
}

}  // namespace

JobGuard::JobGuard(db::Connection& connection, const std::string& state_schema)
    : m_jobs(db::read_altering_jobs(connection, state_schema)) {
}

const db::AlteringJob* JobGuard::job_in_the_way(const Altered& altered, db::Connection& connection) const {
    for (const db::AlteringJob& job : m_jobs)
        if (std::find(altered.schemas.begin(), altered.schemas.end(), job.table.schema) != altered.schemas.end())
            return &job;
    for (const std::string& relation : altered.relations) {
        const auto table = db::altered_table(connection, quoted_key(relation), bare(relation));
        for (const db::AlteringJob& job : m_jobs)
            if (table && std::find(job.tables.begin(), job.tables.end(), *table) != job.tables.end())
                return &job;
    }
    return nullptr;
}

void JobGuard::require_free(const Script& script, db::Connection& connection) const {
    if (is_idle())
        return;
    lint::KnownSchema schema = schema_for(connection);
    for (const ScriptStatement& statement : script.statements) {
        if (const db::AlteringJob* job = job_in_the_way(altered_by(statement, schema), connection))
            throw Error(ExitCode::refused, described(*job) + ": the table must not be altered meanwhile", way_out(*job))
                .at(position_of(statement));
        schema.apply(statement.sql, *statement.facts, statement.standard_conforming_strings);
    }
}

std::vector<Step> JobGuard::checks(const Script& script, std::size_t first, std::size_t last) const {
    for (std::size_t i = first; i < last; ++i)
        if (locks_without_altering(*script.statements[i].facts))
            return {};
    std::vector<Step> steps;
    for (const db::AlteringJob& job : m_jobs) {
        if (job.tables.empty())
            continue;
        steps.push_back(ddl::check(
            fmt::format("SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_locks WHERE pid = pg_catalog.pg_backend_pid() "
                        "AND locktype = 'relation' AND relation IN ({}) AND mode NOT IN ('AccessShareLock', "
                        "'RowShareLock', 'RowExclusiveLock'))",
                        fmt::join(job.tables, ", ")),
            fmt::format("{}: the table must not be altered meanwhile; {}", described(job), way_out(job))));
    }
    return steps;
}

}  // namespace tripmig::migrate
