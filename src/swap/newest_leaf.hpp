#pragma once

#include <string>
#include <vector>

#include "db/parent_facts.hpp"
#include "db/session.hpp"
#include "db/table_info.hpp"

namespace tripmig::swap {

/// The unique indexes without the key that the partitioned table's newest leaf has: what the next one is to have.
/// DEFAULT and leaves that are partitioned themselves do not count.
std::vector<db::LeafIndex> leaf_indexes_of_newest(db::Session& session, const db::TableInfo& table,
                                                  const std::string& key);

}  // namespace tripmig::swap
