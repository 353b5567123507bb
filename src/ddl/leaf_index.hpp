#pragma once

#include <string>
#include <vector>

#include "base/qualified_name.hpp"
#include "base/step.hpp"
#include "db/catalog/parent_facts.hpp"
#include "db/catalog/table_info.hpp"

namespace tripmig::ddl {

/// Unique indexes that each leaf has for itself, since they lack the partition key (manual 5.11.2.3). No parent knows
/// of them: ATTACH does not make them, a new leaf gets what its siblings have.

/// The table's unique indexes beside the primary key that lack the partition key.
std::vector<db::LeafIndex> leaf_indexes(const db::TableInfo& table, const std::string& key);

/// Those of a leaf, under names without the leaf's: what its next sibling is to have.
std::vector<db::LeafIndex> leaf_indexes_of(const db::TableInfo& leaf, const std::string& key);

/// Those of a leaf that have these names, whatever they keep unique: indexes that its parent knows nothing of. No
/// exclusion constraints.
std::vector<db::LeafIndex> own_indexes_of(const db::TableInfo& leaf, const std::vector<std::string>& names);

/// What a leaf calls it: as leaf_object_name() says.
std::string name_on(const QualifiedName& leaf, const db::LeafIndex& index);

/// Makes it on a leaf that nobody else uses yet, or that is loaded: one build, in its tablespace, with its comments.
std::vector<Step> leaf_index_steps(const db::LeafIndex& index, const QualifiedName& leaf);

}  // namespace tripmig::ddl
