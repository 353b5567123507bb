#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/qualified_name.hpp"
#include "db/records/measurement_store.hpp"
#include "doctor/server_checks.hpp"

namespace tripmig::doctor {

struct DatabaseAge {
    std::string database;
    std::int64_t xids = 0;
    std::int64_t multixacts = 0;
};

struct FreezeFacts {
    std::vector<DatabaseAge> databases;
    std::string oldest_tables;  ///< of this database, joined
};

struct DeadRows {
    QualifiedName table;
    std::int64_t live = 0;
    std::int64_t dead = 0;
    std::optional<double> since_vacuum;  ///< seconds; nullopt: never
    bool is_off = false;                 ///< autovacuum, for this table
};

struct BloatedTable {
    QualifiedName table;
    std::int64_t bytes = 0;
    std::int64_t needed = 0;
};

struct UnanalyzedTable {
    QualifiedName table;
    bool is_partitioned = false;
    std::int64_t rows = 0;
    bool is_ours = false;  ///< this role may analyze it
};

struct OpenTransaction {
    bool is_prepared = false;
    std::string who;
    std::string id;     ///< pid or gid
    std::string state;  ///< "idle in transaction"
    double seconds = 0;
};

struct WaitingSession {
    std::int64_t pid = 0;
    double seconds = 0;
    std::string mode;
    std::string what;
    std::string blockers;
};

struct Replica {
    std::string name;
    std::string state;
    std::optional<double> lag_seconds;
    std::optional<std::int64_t> lag_bytes;
};

struct Activity {
    std::int64_t connections = 0;
    std::int64_t hits = 0;
    std::int64_t reads = 0;
};

struct Sizes {
    std::int64_t bytes = 0;
    std::int64_t hidden = 0;  ///< databases whose size this role may not know
};

struct Archiver {
    std::int64_t archived = 0;
    std::int64_t failed = 0;
    std::optional<double> since_archived;
    std::optional<double> since_failed;
    std::string failed_wal;
};

/// What the group `health` looks at.
struct HealthFacts {
    Seen<Parameters> parameters;
    Seen<FreezeFacts> freeze;
    Seen<std::vector<DeadRows>> dead_rows;
    Seen<std::vector<BloatedTable>> bloat;
    Seen<std::vector<UnanalyzedTable>> unanalyzed;
    Seen<std::vector<OpenTransaction>> transactions;
    Seen<std::vector<WaitingSession>> waiting;
    Seen<std::vector<Replica>> replicas;
    Seen<std::optional<double>> own_lag;  ///< of a standby, in seconds
    Seen<std::vector<Slot>> slots;
    Seen<Activity> activity;
    Seen<Sizes> sizes;
    Seen<Archiver> archiver;
    std::optional<db::Growth> growth;       ///< of the database, as it was measured; nullopt: less than twice
    std::optional<double> backup_file_age;  ///< seconds; nullopt: no such file
};

/// Older transactions than that are told, in seconds.
inline constexpr int old_transaction = 300;
/// Waiting for a lock for longer is told, in seconds.
inline constexpr int long_wait = 5;

HealthFacts read_health(Reader& reader);

}  // namespace tripmig::doctor
