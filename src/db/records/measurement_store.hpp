#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/qualified_name.hpp"
#include "db/connection.hpp"

namespace tripmig::db {

/// How a job on a table goes; nullopt: not known.
struct JobMeasurement {
    std::optional<std::int64_t> rate;     ///< rows a second
    std::optional<std::int64_t> backlog;  ///< changes left to apply
    std::optional<std::int64_t> wait_ms;  ///< since the last measurement
};

/// One row for each table and hour, kept for 400 days: what growth and rates are told from. Nobody waits for one: a
/// table that somebody has locked is measured the next time.
void measure_table(Connection& connection, std::string_view state_schema, const QualifiedName& table);
void measure_database(Connection& connection, std::string_view state_schema);
void measure_job(Connection& connection, std::string_view state_schema, const QualifiedName& table,
                 const JobMeasurement& job);

/// Takes away what the audit and the measurements have of more than 400 days ago.
void forget_old_records(Connection& connection, std::string_view state_schema);

/// How a table grew within the last 30 days that were measured.
struct Growth {
    std::int64_t bytes = 0;
    std::int64_t seconds = 0;
};

/// The statement of that, with $1 schema and $2 name, both empty for the whole database; its columns are Growth's.
std::string growth_sql(std::string_view state_schema);

}  // namespace tripmig::db
