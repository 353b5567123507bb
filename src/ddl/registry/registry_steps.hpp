#pragma once

#include <vector>

#include "base/step.hpp"
#include "ddl/registry/registry.hpp"

namespace tripmig::ddl {

/// The empty table, without index and foreign key: it is to be loaded first. REPLICA IDENTITY FULL until it has its
/// key, or a publication FOR ALL TABLES would refuse the deletes of the catch-up. Nobody but the owner may touch it.
std::vector<Step> create_registry_table(const Registry& registry);

/// The primary key, over a loaded table: a scan and a sort, with no one else using the table.
std::vector<Step> index_registry(const Registry& registry);

std::vector<Step> create_registry_functions(const Registry& registry);

/// On the partitioned table; row triggers are cloned to its leaves, those there are and those to come.
std::vector<Step> create_registry_triggers(const Registry& registry);

/// On a leaf: statement triggers are not cloned.
std::vector<Step> create_leaf_truncate_trigger(const Registry& registry, const QualifiedName& leaf);

/// Table, functions and, with them, the triggers. What references the registry must be gone.
std::vector<Step> drop_registry(const Registry& registry);

/// The functions alone.
std::vector<Step> drop_registry_functions(const Registry& registry);

}  // namespace tripmig::ddl
