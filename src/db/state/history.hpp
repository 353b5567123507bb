#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/civil.hpp"
#include "base/step.hpp"
#include "db/connection.hpp"

namespace tripmig::db {

/// A row of the history that still counts: not undone.
struct AppliedMigration {
    std::int64_t id = 0;
    std::string kind;     ///< V, R, baseline, adopted
    std::string version;  ///< empty for R
    std::string description;
    std::string file;
    std::string sha256;         ///< empty: not known (baseline, adopted without the file)
    std::string sha256_tokens;  ///< of the token-normalised text
    Instant applied_at;         ///< in whole seconds
    std::string applied_by;
    std::optional<std::int64_t> duration_ms;
};

/// What the state schema tells of the migrations.
struct History {
    bool has_state = false;  ///< false: the state schema is not there, or this role can't see into it
    int state_version = 0;
    std::string state_tool_version;
    std::vector<AppliedMigration> applied;  ///< in the order of application

    /// The state schema must be made, or upgraded, before anything is written into it: ensure_state().
    [[nodiscard]] bool needs_state() const noexcept;
};

/// Reads it all with one query; a second one only where nothing was applied yet.
/// Throws Error{refused} when the state was written by a newer tripmig, Error{no_privilege} naming what to grant.
History read_history(Connection& connection, std::string_view state_schema);

/// Throws Error{refused} when a run can't start on this server, each with what to do: a standby, read-only, behind a
/// transaction pooler (which loses session locks), or a state schema that others can write (require_trusted_state()).
/// From here on no timeout of the role ends the session.
void require_writable(Connection& connection, std::string_view state_schema, config::DatabaseConfig::Pooler pooler);

/// That, and no state of a newer tripmig: what must hold before anything but a migration starts.
void require_usable(Connection& connection, std::string_view state_schema, config::DatabaseConfig::Pooler pooler);

/// What the run knows of a migration when it records it.
struct MigrationRecord {
    std::string kind;  ///< V, R or U
    std::string version;
    std::string description;
    std::string file;
    std::string sha256;
    std::string sha256_tokens;
    std::int64_t batch = 0;
    std::optional<std::int64_t> duration_ms;  ///< empty: the time since the transaction began
};

/// Steps that belong into the migration's own transaction, after its statements: back to the login role, then the
/// history row with the strongest locks this transaction holds (pg_locks, read before COMMIT: exact). `is_new`: the
/// file makes only what nobody else can know of, and leaves the role as it was; then there are no locks to read.
std::vector<Step> record_steps(const MigrationRecord& record, std::string_view state_schema, bool is_new = false);

/// Marks version as undone and records the undo file.
std::vector<Step> record_undo_steps(const MigrationRecord& record, std::string_view state_schema);

/// How far a statement is that runs in batches. Keys are in their type's text form.
struct JournalProgress {
    std::string by;                   ///< the column that the rows are taken by
    std::optional<std::string> last;  ///< rows up to this key are done; nullopt: none yet
    std::string upper;                ///< the highest key when it began: what comes above it later is not its business
    std::int64_t rows = 0;            ///< keys passed
};

/// Between two statements of a transaction, where the first may have taken a strong lock: for the time that the history
/// row says it was held.
Step mark_locks_step();

/// What one migration locked.
struct MigrationLocks {
    std::optional<std::int64_t> held_ms;                     ///< the strongest one, to the end of its transaction
    std::vector<std::pair<std::string, std::string>> modes;  ///< relation and mode, strongest first
};
/// By AppliedMigration::id; those that locked nothing that others would wait for are not in it.
std::map<std::int64_t, MigrationLocks> read_locks(Connection& connection, std::string_view state_schema);

/// The journal of a file that runs a statement at a time.
struct JournalEntry {
    int ordinal = 0;  ///< of the statement in its file, from 1
    std::string sha256;
    bool is_done = false;  ///< false: started, and nobody knows how it ended
    std::optional<JournalProgress> progress;
};
/// What a statement outside of any transaction was seen to lock, and how long it ran.
struct SampledLocks {
    std::map<std::string, std::string> modes;  ///< relation to mode, as pg_locks spells it
    std::int64_t held_ms = 0;
};

std::vector<JournalEntry> read_journal(Connection& connection, std::string_view state_schema, const std::string& file);
Step journal_step(std::string_view state_schema, const std::string& file, int ordinal, const std::string& sha256,
                  bool done, const std::optional<JournalProgress>& progress = std::nullopt,
                  const std::optional<SampledLocks>& sampled = std::nullopt);
Step forget_statement_step(std::string_view state_schema, const std::string& file, int ordinal);
Step forget_journal_step(std::string_view state_schema, const std::string& file);

/// The number that this run's rows share.
std::int64_t next_batch(Connection& connection, std::string_view state_schema);

/// A small durable write: everything that committed before with synchronous_commit = off is on disk once it is
/// (manual 30.4).
std::string flush_sql(std::string_view state_schema);

}  // namespace tripmig::db
