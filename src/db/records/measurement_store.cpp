#include "db/records/measurement_store.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "db/state/with_state.hpp"
#include "db/statements.hpp"

namespace tripmig::db {

namespace {

std::optional<std::string> parameter(const std::optional<std::int64_t>& number) {
    return number ? std::optional(fmt::format("{}", *number)) : std::nullopt;
}

}  // namespace

void measure_table(Connection& connection, std::string_view state_schema, const QualifiedName& table) {
    try {
        connection.execute("BEGIN; SET LOCAL lock_timeout = '100ms'; SET LOCAL statement_timeout = '60s'");
        connection.execute(with_state(statements::measure_table, state_schema), {table.schema, table.name});
        connection.execute("COMMIT");
    } catch (const Error& error) {
        connection.rollback_quietly();
        if (error.sqlstate() != "55P03" && error.sqlstate() != "57014")
            throw;
    }
}

void measure_database(Connection& connection, std::string_view state_schema) {
    connection.execute(with_state(statements::measure_database, state_schema));
}

void measure_job(Connection& connection, std::string_view state_schema, const QualifiedName& table,
                 const JobMeasurement& job) {
    connection.execute(with_state(statements::measure_job, state_schema),
                       {table.schema, table.name, parameter(job.rate), parameter(job.backlog), parameter(job.wait_ms)});
}

void forget_old_records(Connection& connection, std::string_view state_schema) {
    connection.execute(with_state(statements::forget_old_audit, state_schema));
    connection.execute(with_state(statements::forget_old_measurements, state_schema));
}

std::string growth_sql(std::string_view state_schema) {
    return with_state(statements::growth, state_schema);
}

}  // namespace tripmig::db
