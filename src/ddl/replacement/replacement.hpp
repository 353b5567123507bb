#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/qualified_name.hpp"
#include "base/step.hpp"
#include "db/catalog/table_info.hpp"
#include "ddl/composite_key.hpp"
#include "ddl/registry/registry.hpp"

namespace tripmig::ddl {

/// A plain table to which a partitioned one of the same name succeeds: the old table becomes a leaf, or goes.
/// The steps of succession are for one transaction that holds all their locks (succession_locks) and has read `table`
/// just before: names in its definitions mean the new table as soon as that has the name.
struct Replacement {
    db::TableInfo table;  ///< as it is now, without what the caller has added for the time of the work
    std::string key;      ///< the partition key
    QualifiedName leaf;   ///< what the old table is called from then on
    std::string
        leaf_index;  ///< unique index on (primary key, key), made before; empty: the primary key has the key in it
    std::map<std::string, std::string>
        unique_with_key;                      ///< by unique index without the key: the one with it, made before
    bool unique_per_leaf = false;             ///< instead of that: each leaf keeps such an index, the table has none
    std::vector<std::string> dropped_checks;  ///< the caller's CHECKs on the old table, which LIKE copies
    std::optional<Registry> registry;         ///< what incoming foreign keys point to from then on
    std::vector<CompositeKey> composite;      ///< what incoming foreign keys become that point to it itself
    bool keeps_old = true;                    ///< false: the old table is empty and goes
};

/// Every lock of the succession, in the one order in which they are taken: views, the table, tables that reference it,
/// tables it references, each group by name; sequences of identity columns, the registry. Views and sequences are
/// locked by a change that changes nothing: LOCK TABLE would lock the tables below a view as well, and takes no
/// sequence.
std::vector<LockRequest> replacement_locks(const Replacement& replacement);
/// ACCESS EXCLUSIVE on a view alone.
LockRequest view_lock(const db::DependentInfo& view);

// In this order. What comes along is named in docs/swap.md, one file here for each subject.

/// Takes from the old table what only one table may have: incoming keys, triggers, names.
std::vector<Step> step_aside(const Replacement& replacement);
/// The partitioned table with its columns, defaults, CHECKs, comments, sequences, owner.
std::vector<Step> create_parent(const Replacement& replacement);
/// Primary key, unique constraints and indexes under the old names, outgoing foreign keys.
std::vector<Step> parent_keys(const Replacement& replacement);
/// Row security, policies, grants, triggers, statistics, publications.
std::vector<Step> parent_rights(const Replacement& replacement);
std::vector<Step> parent_triggers(const Replacement& replacement);
std::vector<Step> parent_statistics(const Replacement& replacement);
std::vector<Step> parent_publications(const Replacement& replacement);
/// DEFAULT is what a new table has. Its index must have its name.
std::vector<Step> parent_replica_identity(const Replacement& replacement);
/// The functions that set_functions_aside() made room for, with the new row type: once the new table has its name.
std::vector<Step> renew_functions(const Replacement& replacement);
/// Views, functions and rules elsewhere that are bound to the old table by OID are bound to the new one; the old
/// functions with the row type go. Materialized views are not among them: they are built anew (ddl/matview.hpp).
std::vector<Step> rebind_dependents(const Replacement& replacement);
/// The table's rules as they were, with their state and comment: once all that they may name is there.
std::vector<Step> create_rules(const QualifiedName& table, const std::vector<db::RuleInfo>& rules);
/// Foreign keys of other tables, now to the registry, or to the new table with its key, NOT VALID: the rows that are
/// there were checked by the old ones, and nobody wrote since. Nothing when there is neither.
std::vector<Step> redirect_incoming(const Replacement& replacement);
/// The scan that follows, without blocking writers, a unit a key.
std::vector<Unit> validate_incoming(const Replacement& replacement);

// Parts that the way back uses as well.

/// Sets the grants of a new relation to what the old one's were. `kind`: "TABLE" or "SEQUENCE".
std::vector<Step> grant_alike(const std::string& kind, const QualifiedName& name, const std::string& owner,
                              bool has_acl, const std::vector<db::Grant>& grants,
                              const std::vector<std::string>& default_grantees);
/// The grants of single columns.
std::vector<Step> column_grants(const db::TableInfo& table, const QualifiedName& target);
/// CREATE TRIGGER as it was, with its state and comment, on whatever has the table's name now.
std::vector<Step> create_trigger(const QualifiedName& table, const db::TriggerInfo& trigger);
/// Takes the rules from a table.
std::vector<Step> drop_rules(const db::TableInfo& table);
/// Functions with the row type get names that nobody calls, until what is bound to them is bound anew.
std::vector<Step> set_functions_aside(const db::TableInfo& table);
/// "DISABLE" and so on of a trigger or rule (pg_trigger.tgenabled, pg_rewrite.ev_enabled); empty: as it is created.
std::string state_words(char enabled);
/// State and comment of what was just created. `kind`: "TRIGGER" or "RULE".
std::vector<Step> state_and_comment(const std::string& kind, const QualifiedName& table, const std::string& name,
                                    char enabled, const std::optional<std::string>& comment);
Step comment_on_constraint(const QualifiedName& table, const std::string& name, const std::string& comment);
/// A foreign key that points to `target`.
Step add_incoming_key(const db::IncomingKey& key, const QualifiedName& target,
                      const std::vector<std::string>& target_columns);
Step drop_incoming_key(const db::IncomingKey& key);
/// Moves an identity column's sequence, its next value with it, from one table to another; the name stays. `parked` is
/// its name while there are two.
std::vector<Step> move_identity(const db::SequenceInfo& sequence, const db::TableInfo& definition,
                                const QualifiedName& from, const QualifiedName& to);

/// Statistics targets and options of columns, which LIKE leaves behind, for a table like `table`.
std::vector<Step> column_settings(const db::TableInfo& table, const QualifiedName& target);
/// LIKE copies a CHECK that is NOT VALID as one that no row may violate (manual, CREATE TABLE: LIKE), and rows that do
/// are there. It is taken from `target`, and comes back NOT VALID, as it was, once the rows are in their place.
std::vector<Step> drop_unvalidated_checks(const db::TableInfo& table, const QualifiedName& target);
std::vector<Step> add_unvalidated_checks(const db::TableInfo& table, const QualifiedName& target);
/// The sequences of the old table's columns belong to the new one's.
std::vector<Step> pass_on_sequences(const Replacement& replacement);
/// Target, comment and owner of extended statistics.
std::vector<Step> statistics_settings(const db::StatisticsInfo& statistics, const std::string& current_role);
/// The definition of a primary key or unique constraint on the new table: widened by the partition key when the old one
/// lacks it.
std::string widened_key(const Replacement& replacement, const db::ConstraintInfo& constraint);

/// Whether the index is each leaf's own, and none of the new table's.
bool is_per_leaf(const Replacement& replacement, const db::IndexInfo& index);
/// All that are.
std::vector<db::LeafIndex> per_leaf_indexes(const Replacement& replacement);

/// Takes SHARE UPDATE EXCLUSIVE on the index (manual 13.3.1): the table notices nothing.
Step rename_index(const QualifiedName& index, const std::string& name, std::string why);

/// The names that indexes, statistics and the primary key of the old table have once it is a leaf.
std::string leaf_object_name(const std::string& name, const QualifiedName& leaf);

}  // namespace tripmig::ddl
