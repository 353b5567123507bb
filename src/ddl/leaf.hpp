#pragma once

#include <string_view>
#include <vector>

#include "base/step.hpp"
#include "db/catalog/parent_facts.hpp"
#include "db/catalog/table_info.hpp"
#include "ddl/bounds.hpp"
#include "ddl/leaf_name.hpp"

namespace tripmig::ddl {

using db::ParentFacts;

/// What leaves take over from that table: a partitioned one, or a plain one that leaves are to be equal to. What hangs
/// on single leaves is the caller's: `options` and `leaf_indexes` of a partitioned parent's leaves,
/// `default_partition`. Throws Error{refused} when there is no such column, or bounds cannot be made for its type.
ParentFacts parent_facts(const db::TableInfo& table, std::string_view key);

/// The index that REPLICA IDENTITY USING INDEX names; nullopt: none, or the primary key.
std::optional<db::ReplicaIdentityIndex> replica_identity_index(const db::TableInfo& table);

/// What a partition is made of, as far as its parent does not say it.
struct PartitionShape {
    char persistence = 'p';  ///< 'u': UNLOGGED
    std::string tablespace;
    std::vector<std::string> options;                        ///< as ParentFacts::options
    std::vector<db::LeafIndex> indexes;                      ///< of its own
    char replica_identity = 'd';                             ///< counts where the parent's is the default
    std::optional<db::ReplicaIdentityIndex> identity_index;  ///< that of an index which the parent has as well
    std::string key;  ///< "LIST (region)": it is partitioned itself; then none of the above but tablespace
    std::vector<PartitionShape> parts;  ///< its partitions
    std::string name;                   ///< of a part
    std::string bounds;                 ///< of a part: "FOR VALUES IN (1)", "DEFAULT"
};

/// The shape that the facts themselves tell: of siblings that are plain tables.
PartitionShape plain_shape(const ParentFacts& parent);

/// The key's type, as the column has it. Throws Error{refused} when bounds cannot be made for it.
KeyType key_type_of(const ParentFacts& parent);

/// The steps that make one empty leaf and attach it, for a transaction that may do more: a free-standing table LIKE the
/// parent with a CHECK for its bounds, made equal to the parent in owner, grants, row security, replica identity,
/// TRUNCATE triggers and settings; then ATTACH, which adds indexes, foreign keys and row triggers; then the CHECK goes,
/// since the bounds say the same. Never CREATE TABLE ... PARTITION OF: that takes ACCESS EXCLUSIVE on the parent,
/// ATTACH only SHARE UPDATE EXCLUSIVE (manual 5.11.2.2). Locks: that, ACCESS EXCLUSIVE on a DEFAULT partition, SHARE
/// ROW EXCLUSIVE on tables that the parent references.
std::vector<Step> leaf_steps(const ParentFacts& parent, const Leaf& leaf);

/// The same in two parts: the table alone, of which nobody knows, and what puts it in its place. With `shape` its
/// partitions are made as well.
std::vector<Step> new_table_steps(const ParentFacts& parent, KeyType key, const Leaf& leaf,
                                  const PartitionShape& shape);
std::vector<Step> attach_steps(const ParentFacts& parent, KeyType key, const Leaf& leaf, const PartitionShape& shape);

/// The same steps for an empty DEFAULT partition, which needs no CHECK: ATTACH looks through the table, which takes no
/// time.
std::vector<Step> default_steps(const ParentFacts& parent, const QualifiedName& name);

/// The same as a transaction of its own, the locks on the parent and on a DEFAULT partition first.
Unit create_leaf(const ParentFacts& parent, const Leaf& leaf);

/// default_steps() as a transaction of its own.
Unit create_default(const ParentFacts& parent, const QualifiedName& name);

/// reloptions as WITH (...) and SET (...) read them: a name has no quotes in PostgreSQL's own options, a value always.
std::string option_list(const std::vector<std::string>& options);

/// With a DEFAULT partition: what comes before create_leaf() of all these leaves, and what comes after them or after a
/// failure. A validated CHECK that no row of DEFAULT belongs to them lets ATTACH skip its scan under ACCESS EXCLUSIVE.
/// While it stands, rows of these ranges are refused, as they are by a table without DEFAULT.
struct DefaultGuard {
    std::vector<Unit> before;
    Unit after;
};

/// The name of that CHECK: one left by a run that was killed is found by it.
inline constexpr std::string_view default_guard_name = "tripmig_default_guard";

DefaultGuard guard_default(const ParentFacts& parent, const std::vector<Leaf>& leaves,
                           std::string_view name = default_guard_name);

/// Takes the guard away; nothing happens when there is none.
Unit drop_default_guard(const QualifiedName& default_partition, std::string_view name = default_guard_name);

}  // namespace tripmig::ddl
