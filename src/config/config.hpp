#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tripmig::config {

/// How to reach a server. Nothing here but `password_file` and `password_command` outlives parsing with a secret in it;
/// what is printed goes through redacted().
struct DatabaseConfig {
    /// libpq's keyword/value pairs (manual 34.1.2), from a URI, key=value or ADO.NET string. Empty: libpq's own PG*
    /// rules.
    std::map<std::string, std::string> parameters;
    /// The same for a connection past the pooler; empty: none given.
    std::map<std::string, std::string> direct_parameters;
    std::filesystem::path password_file;  ///< re-read at every connect; its last line end is not part of the password
    std::string password_command;         ///< run at every connect; prints the password
    enum class Pooler { detect, none, session } pooler = Pooler::detect;
    std::chrono::seconds connect_timeout{10};

    friend bool operator==(const DatabaseConfig&, const DatabaseConfig&) = default;
};

struct StateConfig {
    std::string schema = "tripmig";

    friend bool operator==(const StateConfig&, const StateConfig&) = default;
};

struct MigrationsConfig {
    std::filesystem::path dir = "migrations";
    std::string dialect = "auto";  ///< auto, flyway, golang-migrate, dbmate, goose
    bool allow_empty = false;      ///< a directory without any migration is no error
    std::map<std::string, std::string> placeholders;
    std::chrono::milliseconds lock_timeout{500};
    std::chrono::milliseconds lock_deadline{std::chrono::minutes(5)};   ///< tries and retries of one unit together
    std::chrono::milliseconds run_lock_wait{std::chrono::minutes(15)};  ///< how long a waiter polls for the run lock
    std::int64_t inline_swap_rows = 100'000;
    enum class CheckDrift { off, warn, refuse } check_drift = CheckDrift::off;

    friend bool operator==(const MigrationsConfig&, const MigrationsConfig&) = default;
};

struct PartitionsConfig {
    std::filesystem::path dir = "partitions";
    int max_create = 60;
    int max_drop = 12;

    friend bool operator==(const PartitionsConfig&, const PartitionsConfig&) = default;
};

struct SwapConfig {
    int workers = 0;  ///< 0: one for two cores
    std::chrono::milliseconds chunk_target{500};
    std::chrono::hours margin{72};  ///< fewer left of this month than that: the cut is a month later
    int final_keys = 100;
    std::chrono::milliseconds max_lock_hold{1000};
    std::chrono::milliseconds lock_budget{100};
    std::chrono::milliseconds blocker_age{500};
    std::chrono::milliseconds cutover_deadline{std::chrono::minutes(10)};
    std::chrono::milliseconds max_replica_lag{std::chrono::seconds(10)};
    int max_active_backends = 0;  ///< 0: no limit
    int rest = 0;                 ///< percent of the time that a chunk or step took; 0: none
    int rest_when_busy = 0;       ///< the same while others keep the server busy, if it is more
    std::string probe;            ///< a SELECT of one boolean: true to go on; empty: none

    friend bool operator==(const SwapConfig&, const SwapConfig&) = default;
};

struct ReportConfig {
    std::filesystem::path metrics_file;
    std::string color = "auto";  ///< auto, always, never

    friend bool operator==(const ReportConfig&, const ReportConfig&) = default;
};

/// Who is told before and after a change: a shell command, or the URL of an HTTP POST; empty: nobody.
struct HooksConfig {
    std::string before;
    std::string after;
    std::chrono::milliseconds timeout{std::chrono::seconds(30)};  ///< of one call
    int attempts = 3;                                             ///< of an after-hook

    friend bool operator==(const HooksConfig&, const HooksConfig&) = default;
};

/// Everything tripmig was told, after defaults < tripmig.toml < environment < flags. Const from load_config() on.
struct Config {
    std::filesystem::path file;  ///< the tripmig.toml that was read; empty: none was found
    DatabaseConfig database;
    StateConfig state;
    MigrationsConfig migrations;
    PartitionsConfig partitions;
    SwapConfig swap;
    ReportConfig report;
    HooksConfig hooks;

    friend bool operator==(const Config&, const Config&) = default;
};

/// What comes from outside the file, handed in by cli: nothing here reads argv or the environment itself.
struct Sources {
    std::optional<std::filesystem::path> config_file;  ///< --config
    std::filesystem::path working_directory;           ///< where the search for tripmig.toml starts, upwards
    std::map<std::string, std::string> environment;    ///< all of it; TRIPMIG_*, DATABASE_URL and PG* count
    std::map<std::string, std::string> flags;          ///< by key: "database.url", "migrations.dir"
};

/// Throws Error{usage}: file:line:column, the unknown key with the nearest known one, the bad value with what it may
/// be.
Config load_config(const Sources& sources);

}  // namespace tripmig::config
