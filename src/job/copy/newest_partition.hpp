#pragma once

#include <string>
#include <vector>

#include "db/catalog/parent_facts.hpp"
#include "db/catalog/table_info.hpp"
#include "db/session.hpp"

namespace tripmig::job {

/// The unique indexes without the key that the partitioned table's newest leaf has: what the next one is to have.
/// DEFAULT and leaves that are partitioned themselves do not count.
std::vector<db::LeafIndex> leaf_indexes_of_newest(db::Session& session, const db::TableInfo& table,
                                                  const std::string& key);

}  // namespace tripmig::job
