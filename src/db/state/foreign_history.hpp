#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/qualified_name.hpp"
#include "base/step.hpp"
#include "db/connection.hpp"

namespace tripmig::db {

/// The tools whose history can be taken over, in the order of config::dialect_names.
enum class ForeignTool { flyway, golang_migrate, dbmate, goose };

/// "Flyway", "golang-migrate", ...: as people call them.
std::string_view display_name(ForeignTool tool);

/// A table that a tool keeps in a database what it applied there.
struct ForeignTable {
    ForeignTool tool = ForeignTool::flyway;
    QualifiedName name;
};

/// Those of the database, told by their columns. `table`: one name to look for, with a schema or without, where the
/// tool was told to use another than its own. Throws Error{usage} when that is no name.
std::vector<ForeignTable> find_foreign_tables(Connection& connection, const std::string& table = {});

/// One row of such a table.
struct ForeignRow {
    std::string version;      ///< empty: none (Flyway's repeatable ones)
    std::string description;  ///< Flyway only, as the two below
    std::string type;         ///< SQL, JDBC, BASELINE, UNDO_SQL, DELETE, SCHEMA ...
    std::string script;
    std::optional<std::int64_t> checksum;
    bool is_good = true;  ///< Flyway: success; golang-migrate: not dirty; goose: is_applied
};

/// All rows in the order of application; of goose's several rows for a version the last one.
struct ForeignHistory {
    ForeignTable table;
    std::vector<ForeignRow> rows;
    std::string fingerprint;  ///< of all rows: another when one changed
};
ForeignHistory read_foreign_history(Connection& connection, const ForeignTable& table);

/// A check that the table still has these rows.
Step unchanged_step(const ForeignHistory& history);

/// The advisory locks that keep the tool itself out, pg_advisory_lock's 64-bit keys. Flyway: 77431708279161 + Java's
/// hash of "schema"."table"; golang-migrate: CRC-32 of schema, table and database, times its salt, for the database's
/// name as its library and as its command line has it; goose: the one it may be told to take; dbmate: none.
std::vector<std::int64_t> foreign_lock_keys(const ForeignTable& table, std::string_view database);

}  // namespace tripmig::db
