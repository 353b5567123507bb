#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "backfill/keys.hpp"
#include "base/qualified_name.hpp"
#include "base/step.hpp"

namespace tripmig::backfill {

/// Which rows of a table change while it is copied. Row triggers append the keys of every inserted, updated and
/// deleted row to a log; the rows themselves are read again later, so the log need not be in order. Every update
/// counts, also one that changes no copied column: it moves the row to another block, and the load goes by blocks.
/// Every write of the service pays for them: docs/decisions/0009 says why there are three, of a single INSERT each.
/// docs/decisions/0014 says whom they trust.
struct Capture {
    struct Key {
        std::string name;
        std::string type;
    };

    struct Table {
        QualifiedName name;
        std::uint32_t oid = 0;
    };

    QualifiedName source;
    std::uint32_t source_oid = 0;     ///< with owner and creator: needed where the functions are created
    std::vector<Table> more;          ///< partitions of the same table whose changes go to the same log
    std::string owner;                ///< of the source
    std::string creator;              ///< the session's role
    std::vector<Key> keys;            ///< what the log names a row by
    std::vector<std::string> hashed;  ///< columns of which the one key is the hash; empty: keys are columns
    QualifiedName log;                ///< a table in the state schema
    QualifiedName function;           ///< logs the key that a row has now
    QualifiedName old_function;       ///< logs the key that it had
    QualifiedName truncate_function;
    std::string trigger;         ///< on INSERT and UPDATE
    std::string key_trigger;     ///< on an UPDATE that changes the key
    std::string delete_trigger;  ///< on DELETE
    std::string truncate_trigger;

    /// The source, then the others.
    [[nodiscard]] std::vector<QualifiedName> sources() const;
    [[nodiscard]] std::vector<std::string> key_names() const;
    [[nodiscard]] RowKey key() const;
    [[nodiscard]] std::vector<std::string> triggers() const;
    [[nodiscard]] bool is_own_trigger(const std::string& name) const;
};

/// The names for one job: log_7, capture_7 in the state schema.
Capture capture_for(const QualifiedName& source, std::vector<Capture::Key> keys, const std::string& state_schema,
                    std::int64_t job);
/// The same for rows that nothing tells apart, by the hash of these columns.
Capture capture_by_hash(const QualifiedName& source, std::vector<std::string> hashed, const std::string& state_schema,
                        std::int64_t job);

/// Log, functions and triggers, for one transaction. CREATE TRIGGER waits for the writers that are at work (SHARE ROW
/// EXCLUSIVE), so every change that commits after this transaction is in the log.
std::vector<Step> begin_capture(const Capture& capture);

/// The two halves of that: tables and functions, which nobody waits for, and the triggers.
std::vector<Step> prepare_capture(const Capture& capture);
std::vector<Step> capture_triggers(const Capture& capture);

/// The functions that the triggers call. `may_exist`: whatever has their names now is replaced.
std::vector<Step> capture_functions(const Capture& capture, bool may_exist);

/// For triggers or functions that somebody altered: both are made again. The caller holds ACCESS EXCLUSIVE on the
/// source.
std::vector<Step> renew_capture(const Capture& capture);
/// The log says, as after a TRUNCATE, that everything is to be loaded again.
Step mark_incomplete(const Capture& capture);

/// The triggers alone gone: their functions and the log serve another table next.
std::vector<Step> drop_capture_triggers(const Capture& capture);

/// All of it gone; may run twice.
std::vector<Step> end_capture(const Capture& capture);

/// One row: `entries` in the log, counted up to $1, and whether the source `is_truncated`.
std::string backlog_sql(const Capture& capture);

}  // namespace tripmig::backfill
