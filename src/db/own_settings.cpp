#include "db/own_settings.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace tripmig::db {

namespace {

struct Setting {
    std::string_view name;
    std::string_view value;  ///< as SET takes it
    int since = 140000;      ///< the first version that has it
};

/// search_path first: what the others' values mean does not depend on it, what comes after them may.
constexpr std::array own_settings{
    Setting{"search_path", "pg_catalog, pg_temp"},
    // A part of the rows would look like all of them to an owner under FORCE ROW LEVEL SECURITY (manual 5.8).
    Setting{"row_security", "off"},
    // How values and definitions are written as text, and read.
    Setting{"TimeZone", "'UTC'"},
    Setting{"DateStyle", "'ISO, MDY'"},
    Setting{"IntervalStyle", "'postgres'"},
    Setting{"bytea_output", "'hex'"},
    Setting{"extra_float_digits", "1"},
    Setting{"xmloption", "'content'"},
    Setting{"array_nulls", "on"},
    Setting{"transform_null_equals", "off"},
    Setting{"standard_conforming_strings", "on"},
    Setting{"escape_string_warning", "on"},
    Setting{"quote_all_identifiers", "off"},
    // A job waits: for locks, for a person, for a replica. The executor has its own limits for each statement.
    Setting{"statement_timeout", "0"},
    Setting{"lock_timeout", "'500ms'"},
    Setting{"idle_in_transaction_session_timeout", "0"},
    Setting{"idle_session_timeout", "0"},
    Setting{"transaction_timeout", "0", 170000},
    Setting{"default_transaction_isolation", "'read committed'"},
    Setting{"default_transaction_deferrable", "off"},
    // What we create. A tablespace or an access method is said where a table has one of its own.
    Setting{"default_tablespace", "''"},
    Setting{"default_table_access_method", "'heap'"},
    Setting{"check_function_bodies", "on"},
    Setting{"client_min_messages", "warning"},
    // Nobody's processors but the one of this session; sessions that build indexes say how many (Workers).
    Setting{"max_parallel_workers_per_gather", "0"},
    Setting{"max_parallel_maintenance_workers", "0"},
    Setting{"jit", "off"},
    // A table is read by ranges of ctid, and looked up by its keys: without these each chunk would read all of it.
    Setting{"plan_cache_mode", "auto"},
    Setting{"enable_tidscan", "on"},
    Setting{"enable_indexscan", "on"},
    Setting{"enable_indexonlyscan", "on"},
    Setting{"enable_bitmapscan", "on"},
    Setting{"enable_seqscan", "on"},
    Setting{"enable_sort", "on"},
    Setting{"enable_hashagg", "on"},
    Setting{"enable_material", "on"},
    Setting{"enable_nestloop", "on"},
    Setting{"enable_mergejoin", "on"},
    Setting{"enable_hashjoin", "on"},
    Setting{"enable_partition_pruning", "on"},
    Setting{"constraint_exclusion", "partition"},
};

constexpr std::array session_timeouts{
    Setting{"statement_timeout", "0"},
    Setting{"idle_in_transaction_session_timeout", "0"},
    Setting{"idle_session_timeout", "0"},
    Setting{"transaction_timeout", "0", 170000},
};

std::string set_all(std::string_view verb, int server_version) {
    std::string sql;
    for (const Setting& setting : own_settings)
        if (server_version >= setting.since)
            sql += fmt::format("{}{} {} = {}", sql.empty() ? "" : "; ", verb, setting.name, setting.value);
    return sql;
}

}  // namespace

std::string own_settings_sql(int server_version) {
    return set_all("SET", server_version);
}

std::string own_settings_local_sql(int server_version) {
    return set_all("SET LOCAL", server_version);
}

std::string session_timeouts_sql(int server_version) {
    std::string sql;
    for (const Setting& setting : session_timeouts)
        if (server_version >= setting.since)
            sql += fmt::format("{} pg_catalog.set_config('{}', '{}', false)", sql.empty() ? "SELECT" : ",",
                               setting.name, setting.value);
    return sql;
}

}  // namespace tripmig::db
