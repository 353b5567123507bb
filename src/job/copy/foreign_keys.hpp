#pragma once

#include <vector>
#include "base/qualified_name.hpp"
#include "base/step.hpp"
#include "db/catalog/table_info.hpp"

namespace tripmig::job {

/// The outgoing foreign keys of a table.
std::vector<db::ConstraintInfo> outgoing_keys(const db::TableInfo& table);

/// A leaf's own foreign key, which was made without a look at the rows.
Unit validate_leaf_key(const QualifiedName& leaf, const db::ConstraintInfo& key);

/// The new table's foreign key over its leaves' validated ones: catalog only.
Unit adopt_foreign_key(const QualifiedName& table, const std::vector<QualifiedName>& leaves,
                       const db::ConstraintInfo& key);

}  // namespace tripmig::job
