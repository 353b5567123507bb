#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/policy.hpp"
#include "db/catalog/event_trigger.hpp"
#include "db/session.hpp"
#include "job/finding.hpp"
#include "swap/preflight/checks.hpp"
#include "swap/preflight/preflight.hpp"
#include "swap/preflight/statement_risk.hpp"

namespace tripmig::swap {

/// A statement of pg_stat_statements that names the table.
struct SeenStatement {
    std::string query;
    std::int64_t calls = 0;
    double mean_ms = 0;
};

/// What a piece of the table took, copied into a temporary table and indexed there.
struct Sample {
    std::int64_t blocks = 0;
    std::int64_t rows = 0;
    double load_seconds = 0;
    double index_seconds = 0;
    std::int64_t table_bytes = 0;
    std::int64_t index_bytes = 0;
};

/// What is around a table, as far as this role may see.
struct Environment {
    std::int64_t block_size = 8192;
    std::int64_t max_locks_per_transaction = 64;
    std::int64_t max_connections = 100;
    std::int64_t max_prepared_transactions = 0;
    std::int64_t database_bytes = 0;
    bool sees_all_statistics = false;        ///< pg_read_all_stats
    bool may_make_state = true;              ///< the state schema is there, or can be made
    std::vector<std::string> blockers;       ///< old transactions on the table, a line each
    std::vector<std::string> followers;      ///< standby servers that read the WAL, by name
    std::vector<std::string> idle_slots;     ///< that nobody reads from, with what they keep
    std::vector<std::string> logical_slots;  ///< of this database, with plugin and whether somebody reads
    std::vector<db::EventTrigger> event_triggers;
    bool has_statement_statistics = false;  ///< pg_stat_statements can be read
    std::int64_t hidden_statements = 0;     ///< of other roles, whose text this role may not see
    std::vector<SeenStatement> statements;
    std::vector<FunctionText> functions;  ///< whose text may name the table, and its row triggers'
    std::optional<Sample> sample;
    bool is_refused = false;  ///< the swap, by preflight: no sample was tried
};

/// Reads all of it; changes nothing that lasts.
Environment read_environment(db::Session& session, const db::TableInfo& table, const config::Config& config);

/// Copies up to 1000 blocks out of the middle of the table into a temporary table, which goes at once, and builds the
/// table's indexes on it. nullopt when the role may make none.
std::optional<Sample> take_sample(db::Session& session, const db::TableInfo& table);

/// What the swap will take, with one worker and nothing in its way. nullopt: not known, or not part of it.
struct Estimate {
    std::optional<std::int64_t> rows;  ///< by the sample, else by the planner
    std::int64_t bytes = 0;            ///< of the table, with indexes and TOAST, now
    std::int64_t blocks = 0;
    std::int64_t sampled_blocks = 0;     ///< 0: no sample, so neither times nor disk
    std::optional<double> load_seconds;  ///< copy
    std::optional<double> index_seconds;
    std::optional<std::int64_t> disk_bytes;  ///< needed beside what is there; copy writes about as much WAL
    std::int64_t database_bytes = 0;         ///< now
};

Estimate estimate(const db::TableInfo& table, const Environment& around, bool is_copy);

/// Statements of pg_stat_statements and in functions that will fail, change or slow down, each with how often it ran
/// and what to write instead. Pure.
void check_statements(const db::TableInfo& table, const Environment& around, const config::PartitionPolicy& policy,
                      job::Report& report);

/// What of the surroundings matters to the swap. `leaves`: how many there will be. Pure.
std::vector<job::Finding> check_environment(const db::TableInfo& table, const Environment& around,
                                            const config::PartitionPolicy& policy, const config::SwapConfig& config,
                                            std::size_t leaves);

}  // namespace tripmig::swap
