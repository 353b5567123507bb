#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/context.hpp"
#include "db/connection.hpp"
#include "db/state/history.hpp"
#include "migrate/comparison.hpp"
#include "migrate/half_way.hpp"
#include "migrate/migration.hpp"

namespace tripmig::app {

/// A database and the files that it should agree with, looked at once.
struct MigrationTarget {
    migrate::Directory directory;
    config::DatabaseConfig database;  ///< past the pooler
    std::unique_ptr<db::Connection> connection;
    db::History history;
    migrate::Comparison comparison;

    /// Reads the history and compares again: after a lock was waited for.
    void read_again(const Context& context, bool is_strict) { read_again(context, *connection, is_strict); }
    void read_again(const Context& context, db::Connection& through, bool is_strict);
};

/// The migrations directory, in the dialect that the configuration says. Without `may_be_empty`, and without
/// --allow-empty, a directory that has no migration is an Error{usage}.
migrate::Directory read_migrations(const Context& context, bool may_be_empty = false);
/// The same of another directory.
migrate::Directory read_migrations(const Context& context, const std::filesystem::path& folder, bool may_be_empty);

/// Reads files and history: two round trips with the connection, one query. Tries again until `patience` is over while
/// the database is not reachable. The connection has the role's settings: it is for users' SQL.
MigrationTarget look_at(const Context& context, std::string_view role, bool is_strict = false,
                        std::chrono::milliseconds patience = {});

/// Files that stopped half way, as the journal in the state schema tells. One round trip more.
std::vector<migrate::HalfWay> read_half_way(const Context& context, const MigrationTarget& target);

/// The same, and adds what is to be said of them to the comparison's findings.
std::vector<migrate::HalfWay> find_half_way(const Context& context, MigrationTarget& target);

/// "stopped at 2/4" of that file; nullptr when it did not stop half way.
const migrate::HalfWay* half_way_of(const std::vector<migrate::HalfWay>& files, const std::string& file);

/// Tells the findings that are no errors.
void tell_warnings(const Context& context, const migrate::Comparison& comparison);

/// "3" or "20240131.2": the newest version that counts as applied; empty for none.
std::string newest_version(const db::History& history);

}  // namespace tripmig::app
