#pragma once

#include <string>
#include <vector>

#include "support/command.hpp"
#include "support/test_database.hpp"

namespace tripmig::test {

/// A database, a folder of policies, and tripmig on both.
class Place {
  public:
    TestDatabase database;
    TemporaryFolder folder;

    Place() { folder.write("partitions/.keep", ""); }

    /// By month of `at`, two ahead.
    void policy(const std::string& file, const std::string& table, const std::string& more = "") const {
        folder.write("partitions/" + file + ".toml", "table = \"" + table +
                                                         "\"\nkey = \"at\"\ninterval = \"1 month\"\npremake = 2\n"
                                                         "name = \"{table}_{start:%Y_%m}\"\n" +
                                                         more);
    }

    /// The whole of a policy.
    void write_policy(const std::string& file, const std::string& text) const {
        folder.write("partitions/" + file + ".toml", text);
    }

    [[nodiscard]] Surroundings surroundings() const { return {{{"DATABASE_URL", database.url()}}, folder.path(), {}}; }

    [[nodiscard]] CommandResult run(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), "partition");
        return run_tripmig(arguments, surroundings());
    }

    /// The names of its partitions.
    [[nodiscard]] std::string leaves(const std::string& table = "orders") const {
        return database.scalar(
            "SELECT coalesce(string_agg(inhrelid::regclass::text, ' ' ORDER BY inhrelid::regclass::text), '') "
            "FROM pg_inherits WHERE inhparent = $1::regclass",
            {table});
    }

    /// A partition's bounds, as the catalog prints them in UTC.
    [[nodiscard]] std::string bounds(const std::string& partition) const {
        database.exec("SET TimeZone = 'UTC'");
        return database.scalar("SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE oid = $1::regclass",
                               {partition});
    }
};

inline const std::string make_orders =
    "CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY, at timestamptz NOT NULL) PARTITION BY RANGE (at);";
inline const std::vector<std::string> january{"maintain", "--now", "2024-01-15"};
inline const std::string three_months = "orders_2024_01 orders_2024_02 orders_2024_03";

inline bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

inline const std::string someone_waits =
    "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'orders'::regclass)";
inline const std::string nobody_maintains =
    "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE "
    "'tripmig%')";

}  // namespace tripmig::test
