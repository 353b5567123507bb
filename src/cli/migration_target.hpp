#pragma once

#include <chrono>
#include <optional>

#include "cli/command.hpp"
#include "db/connection.hpp"
#include "db/history.hpp"
#include "migrate/comparison.hpp"
#include "migrate/migration.hpp"

namespace tripmig::cli {

/// A database and the files that it should agree with, looked at once.
struct MigrationTarget {
    migrate::Directory directory;
    config::DatabaseConfig database;  ///< past the pooler
    std::unique_ptr<db::Connection> connection;
    db::History history;
    migrate::Comparison comparison;

    /// Reads the history and compares anew: after a lock was waited for.
    void look_again(const Context& context, bool is_strict);
};

/// A connection under our own settings. `role` shows in application_name.
std::unique_ptr<db::Connection> connect(const Context& context, const config::DatabaseConfig& database,
                                        std::string_view role);

/// The migrations directory, in the dialect that the configuration says. Without `may_be_empty`, and without
/// --allow-empty, a directory that has no migration is an Error{usage}.
migrate::Directory read_migrations(const Context& context, bool may_be_empty = false);

/// Reads files and history: two round trips with the connection, one query. Tries again until `patience` is over while
/// the database is not reachable. The connection has the role's settings: it is for users' SQL.
MigrationTarget look_at(const Context& context, std::string_view role, bool is_strict = false,
                        std::chrono::milliseconds patience = {});

/// Tells the findings that are no errors.
void tell_warnings(const Context& context, const migrate::Comparison& comparison);

/// "3" or "20240131.2": the newest version that counts as applied; empty for none.
std::string newest_version(const db::History& history);

}  // namespace tripmig::cli
