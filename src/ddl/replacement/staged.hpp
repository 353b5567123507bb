#pragma once

#include <string>
#include <vector>

#include "base/step.hpp"
#include "ddl/leaf.hpp"
#include "ddl/replacement/replacement.hpp"

namespace tripmig::ddl {

/// A partitioned table that is made and filled beside the old one, under a name of its own, and takes the old one's
/// name in the cut-over. Where a Replacement makes its parent under the locks, here only names change there.
///
/// `succession.leaf` is what the old table is called afterwards; it becomes no leaf.

/// The name that something of the table's has until the cut-over.
QualifiedName staged_name(const QualifiedName& name);

/// The partitioned table: columns, defaults, CHECKs, comments, owner; no sequence, no index, no foreign key. Nobody but
/// the owner may touch it yet.
std::vector<Step> create_staged(const Replacement& replacement);

/// What its leaves take over until they have a key: REPLICA IDENTITY FULL, or a publication FOR ALL TABLES would refuse
/// to delete from them.
ParentFacts staged_leaf_facts(const Replacement& replacement);

/// Primary key, unique constraints and indexes of a loaded leaf, and its replica identity: bulk builds, with no one
/// else using the leaf.
std::vector<Step> index_leaf(const Replacement& replacement, const QualifiedName& leaf);
/// The name of an index that index_leaf() makes; empty when there is none.
std::string last_leaf_index(const Replacement& replacement, const QualifiedName& leaf);

/// The same on the staged parent, under staged names: it adopts the leaves'.
std::vector<Step> index_staged(const Replacement& replacement);

/// ANALYZE of the staged table as a whole, in a transaction with what says that it is done. PostgreSQL before 18 can't
/// spare the leaves (manual, ANALYZE): here they get next to no statistics, which takes next to no time, and what gives
/// each its own comes after it. They have no statistics targets of their own yet.
std::vector<Step> analyze_staged(const Replacement& replacement);

/// In the cut-over, after step_aside(): the staged table and its indexes take their names, sequences and statistics
/// come along. `staged`: as it is now.
std::vector<Step> unstage(const Replacement& replacement, const db::TableInfo& staged);

/// Foreign keys to other tables, on each leaf, NOT VALID: until now rows that the service has deleted could stand in
/// the target, and a key would have made its own deletes fail.
std::vector<Step> leaf_foreign_keys(const std::vector<db::ConstraintInfo>& keys, const QualifiedName& leaf);

}  // namespace tripmig::ddl
