#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "backfill/transfer.hpp"
#include "config/config.hpp"
#include "db/catalog/table_info.hpp"
#include "job/session.hpp"
#include "job/state/state.hpp"

namespace tripmig::swap {

/// Puts the old table back in its place, with everything that came to the new one since: catalog work under the
/// cut-over protocol. attach: after a unique index for the old primary key was built beside the writers; throws
/// Error{refused} when there are rows beyond the cut, naming what to do instead. copy: after the old table has caught
/// up with the new one.
job::State revert(job::Session& server, const QualifiedName& table);

/// What the way back is made from.
struct RevertFacts {
    db::TableInfo parent;
    db::TableInfo past;
    std::optional<db::TableInfo> registry;
    std::vector<QualifiedName> other_leaves;
    std::map<std::string, std::string> index_names;  ///< of the parent's indexes: their part on the past
};

/// The table that was in between, and its name from the revert on until it is dropped.
QualifiedName parked_name(const QualifiedName& table);

/// The locks of the way back.
std::vector<LockRequest> revert_locks(const RevertFacts& facts);

/// The same for copy, whose old table is no leaf: with the log's last entries, and foreign keys NOT VALID. The new
/// table stays, parked. Pure.
Unit copy_revert_unit(const RevertFacts& facts, const job::State& state, const std::string& state_schema,
                      const config::SwapConfig& config);
/// Throws Error{refused} when the new table has what the old one lacks: a column or an index that was made since.
void require_same_parts(const RevertFacts& facts, const job::State& state);
/// Drops the parked table and what was made for the job. May run again.
Unit drop_parked(const db::TableInfo& table, const job::State& state, const std::string& state_schema);

// What both ways back share.
std::vector<Step> restore_sequences(const RevertFacts& facts, const job::State& state);
std::vector<Step> restore_triggers(const RevertFacts& facts, const job::State& state);
std::vector<Step> restore_rights(const RevertFacts& facts, const job::State& state);
std::vector<Step> restore_statistics(const RevertFacts& facts, const job::State& state);
/// Indexes and statistics of the table in between make room: it keeps standing until nothing reads it any more.
std::vector<Step> park(const RevertFacts& facts);
/// What each leaf has for itself is called as before on the old table, as far as that still has it.
std::vector<Step> restore_leaf_indexes(const RevertFacts& facts, const job::State& state);
/// The keys of other tables that point to the old table again.
std::vector<db::IncomingKey> incoming_to_restore(const RevertFacts& facts, const job::State& state);
std::vector<Step> restore_incoming(const RevertFacts& facts, const job::State& state);
/// Foreign keys of the old table, NOT VALID, with their comments.
std::vector<Step> restore_keys(const std::vector<db::ConstraintInfo>& keys, const QualifiedName& table);
/// Once the indexes have their old names.
std::vector<Step> restore_replica_identity(const RevertFacts& facts, const job::State& state);
/// Rules and functions with the row type, before the tables change their names.
std::vector<Step> take_from_parent(const RevertFacts& facts, const job::State& state);
/// Functions, views and publications, from what has the parked name now.
std::vector<Step> restore_attachments(const RevertFacts& facts, const job::State& state);

/// The transaction that does it for attach. Pure.
Unit revert_unit(const RevertFacts& facts, const job::State& state, const std::string& state_schema);

}  // namespace tripmig::swap
