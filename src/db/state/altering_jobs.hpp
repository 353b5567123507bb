#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/qualified_name.hpp"
#include "db/connection.hpp"
#include "db/session.hpp"

namespace tripmig::db {

/// A job that is under way, during which nobody else may alter its table.
struct AlteringJob {
    std::int64_t id = 0;
    std::string kind;  ///< "swap"; "split", "merge" or "drain" of partitions
    QualifiedName table;
    std::string stage;
    std::vector<std::uint32_t> tables;  ///< through which it would be altered: itself, and what it is a partition of
};

/// None too when there is no state schema yet.
std::vector<AlteringJob> read_altering_jobs(Connection& connection, std::string_view state_schema);
std::vector<AlteringJob> read_altering_jobs(Session& session, std::string_view state_schema);

/// The advisory lock of whoever works on the job of that table.
std::int64_t job_lock_key(std::string_view state_schema, const QualifiedName& table);

/// The table that a statement alters which names this relation, under the session's search_path: the table itself, that
/// of an index, or the one that owns a sequence. `name` and `bare` are quoted; `bare` counts when there is no `name`.
std::optional<std::uint32_t> altered_table(Connection& connection, const std::string& name, const std::string& bare);

}  // namespace tripmig::db
